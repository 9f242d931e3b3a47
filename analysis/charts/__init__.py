"""Finished frame -> Altair chart, chart -> SVG. No arithmetic on the figures here; one module per analysis."""
