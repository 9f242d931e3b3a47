"""Content columns (栏目): found from marks and clusters, named, followed over time, corrected by
the user's edits.
"""
