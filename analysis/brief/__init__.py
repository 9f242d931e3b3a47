"""The competitor brief: summary.py and sections/ hold the figures, findings.py and rules/ say what they mean, drawing.py draws, page.py makes the file."""
