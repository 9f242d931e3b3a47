"""Every floor below which the answer is 样本不足, once, each with its reason. What is counted
against it is said where it is used.

Below what size a formula, a slot or a theme of an account means anything is part of how columns
are found, and stands there.
"""

from __future__ import annotations

__all__ = [
    "MIN_ACCOUNTS",
    "MIN_ARTICLES",
    "MIN_CHANGE_WEEKS",
    "MIN_CHARS",
    "MIN_DAYS",
    "MIN_HABIT_ARTICLES",
    "MIN_HOUR_PUSHES",
    "MIN_ISSUES",
    "MIN_OUTLIER_ARTICLES",
    "MIN_PUSHES",
    "MIN_RATE_WEEKS",
    "MIN_READS",
    "MIN_REDESIGN_ARTICLES",
    "MIN_SHOWN_PUSHES",
    "MIN_TIMED",
    "MIN_USUAL_PUSHES",
]

MIN_ARTICLES = 10  # of an account, before a habit of it is named: one article is a tenth at most
MIN_CHARS = 100  # of a body: pictures with a line of thanks have no text, and no size of it
MIN_PUSHES, MIN_DAYS = 10, 56  # before a regularity is named: ten pushes over eight weeks
MIN_RATE_WEEKS = 8  # whole weeks before a rate has an interval
MIN_CHANGE_WEEKS = 26  # whole weeks before a change of rate or hour is looked for
MIN_TIMED = 20  # pushes with a known hour, before a conclusion rests on hours
MIN_SHOWN_PUSHES = 5  # before a share or a gap of pushes is shown at all, without a conclusion
MIN_USUAL_PUSHES = 8  # on ordinary days, before a holiday is compared with them
MIN_HOUR_PUSHES = 4  # pushes in one hour of the week, before it is an account's own
MIN_ISSUES = 4  # days a column appeared on, before it has an interval
MIN_REDESIGN_ARTICLES = 8  # on either side of a redesign
MIN_ACCOUNTS = 3  # of a group, before it has a median, quartiles or places
MIN_READS = 5  # articles with a count, before a column or a kind of article has a median
MIN_HABIT_ARTICLES = 20  # with counts, before an account's own habits are held against it
MIN_OUTLIER_ARTICLES = 20  # articles with a count, before one is far from the others
