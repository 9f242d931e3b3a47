"""Publishing cadence (发文节奏): pushes, when and how regularly they come, and what changed. One
function per statistic.
"""
