"""Rectangles of cells -> articles: headers, rows, what a column and a file as a whole tell."""
