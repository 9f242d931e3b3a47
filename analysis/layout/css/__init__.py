"""CSS as a browser computes it: declarations, cascade, inherited values, boxes. What the values
mean is the layout package's.
"""
