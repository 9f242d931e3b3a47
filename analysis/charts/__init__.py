"""Finished frame -> Altair chart -> SVG, one module per analysis. No arithmetic on the figures
here.
"""
