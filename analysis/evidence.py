"""Every floor below which the answer is 样本不足, once, each with its reason.

What is counted against it is said where it is used.
"""

from __future__ import annotations

__all__ = [
    "MIN_ACCOUNTS",
    "MIN_ARTICLES",
    "MIN_CHANGE_WEEKS",
    "MIN_CHARS",
    "MIN_DAYS",
    "MIN_HOUR_PUSHES",
    "MIN_ISSUES",
    "MIN_OUTLIER_ARTICLES",
    "MIN_PUSHES",
    "MIN_RATE_WEEKS",
    "MIN_READS",
    "MIN_TIMED",
]

MIN_ARTICLES = 10  # of an account, before a habit of it is named: one article is a tenth at most
MIN_CHARS = 100  # of a body: pictures with a line of thanks have no text, and no size of it
MIN_PUSHES, MIN_DAYS = 10, 56  # before a regularity is named: ten pushes over eight weeks
MIN_RATE_WEEKS = 8  # whole weeks before a rate has an interval
MIN_CHANGE_WEEKS = 26  # whole weeks before a change of rate or hour is looked for
MIN_TIMED = 20  # pushes with a known hour, before an hour is called usual or a map is drawn
MIN_HOUR_PUSHES = 4  # pushes in one hour of the week, before it is an account's own
MIN_ISSUES = 4  # days a column appeared on, before it has an interval
MIN_ACCOUNTS = 3  # of a group, before it has a median, quartiles or places
MIN_READS = 5  # articles with a count, before an account or a column has a median
MIN_OUTLIER_ARTICLES = 20  # articles with a count, before one is far from the others
