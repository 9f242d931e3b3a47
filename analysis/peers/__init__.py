"""Accounts beside one another: matrix, similarity, gaps, overlaps, beginnings. What one account
does is the other packages'.
"""
