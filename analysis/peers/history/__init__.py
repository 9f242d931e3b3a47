"""An account's history: whether the store reaches back to its beginning, its phases since, and
whether it grew steady.
"""
