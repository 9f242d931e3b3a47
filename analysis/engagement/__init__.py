"""Imported counts only: medians at equal age, outliers, WCI, signs of bought reads. Nothing here is
public data.
"""
