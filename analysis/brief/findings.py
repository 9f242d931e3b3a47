"""The conclusions a brief opens with: what was looked at, then three to five that tell most, each
by a rule of analysis/rules.

Each sentence carries its n and window. Names stand between U+2068 and U+2069 (isolates), so that
the page can set them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, zip_longest

from analysis.brief.rules.cadence import (
    find_changed,
    find_clockwork,
    find_crowded,
    find_fixed_hours,
)
from analysis.brief.rules.columns import find_column_news, find_columned, find_fixed_days
from analysis.brief.rules.compare import find_standing_apart
from analysis.brief.rules.engagement import (
    find_later_slots,
    find_other_leads,
    find_read_columns,
    find_shared,
)
from analysis.brief.rules.gaps import find_behind, find_gaps, find_good_starts, find_own_only
from analysis.brief.rules.general import describe_sample, find_pace, find_silence
from analysis.brief.rules.layout import find_group_layout, find_layout_apart, find_redesigned
from analysis.brief.rules.sending import find_formats, find_seasons
from analysis.brief.rules.words import find_self_talk, find_title_apart, find_unmet_need
from analysis.brief.summary import BriefSummary
from analysis.report.findings import Finding

__all__ = ["MOST", "draw_findings"]

MOST = 5  # conclusions besides what was looked at and whether it is old
_Rule = Callable[[BriefSummary], Iterable[Finding]]
_RULES: tuple[
    _Rule, ...
    # what a decision hangs on first: how often, what, when, which columns; then news, then habits
] = (
    find_pace,
    find_gaps,
    find_good_starts,
    find_read_columns,
    find_later_slots,
    find_self_talk,
    find_other_leads,
    find_crowded,
    find_changed,
    find_fixed_days,
    find_column_news,
    find_standing_apart,
    find_layout_apart,
    find_title_apart,
    find_seasons,
    find_formats,
    find_behind,
    find_redesigned,
    find_columned,
    find_own_only,
    find_unmet_need,
    find_group_layout,
    find_shared,
    find_clockwork,
    find_fixed_hours,
)


def draw_findings(brief: BriefSummary, *, most: int = MOST) -> tuple[Finding, ...]:
    """What was looked at (rule "sample"), whether it is old ("silence"), then at most `most`
    conclusions; () for a brief without articles.

    The first conclusion of each rule comes before the second of any; they are told in the order of
    the rules.
    """
    if not brief.articles:
        return ()
    drawn = [list(rule(brief)) for rule in _RULES]
    best = [finding for finding in chain.from_iterable(zip_longest(*drawn)) if finding is not None][
        :most
    ]
    return (
        *describe_sample(brief),
        *find_silence(brief),
        *(finding for findings in drawn for finding in findings if finding in best),
    )
