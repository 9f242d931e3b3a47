"""The three findings of the one page: what changed in the last 90 days, newest and largest first,
content before form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from analysis.brief.front.news_content import (
    find_new_columns,
    find_read_far_more,
    find_rising_topics,
    find_shifted_topics,
    find_stopped_columns,
)
from analysis.brief.front.news_form import (
    find_new_hours,
    find_new_looks,
    find_new_paces,
    find_silences,
)
from analysis.brief.front.records import News, age_in_days
from analysis.brief.summary import BriefSummary

__all__ = ["MOST_NEWS", "NEWS_DAYS", "draw_news"]

MOST_NEWS = 3
NEWS_DAYS = 90  # what is older is history
_BUCKET_DAYS = 30  # within a month, content and size count for more than a day

_RULES: tuple[Callable[[BriefSummary], Iterable[News]], ...] = (
    find_rising_topics,
    find_shifted_topics,
    find_new_columns,
    find_stopped_columns,
    find_read_far_more,
    find_new_paces,
    find_silences,
    find_new_hours,
    find_new_looks,
)


def draw_news(brief: BriefSummary) -> tuple[News, ...]:
    """At most three findings of the last 90 days of the brief's window: those of the last month
    first, then content before form, then what concerns most articles. No rule speaks twice and no
    account is spoken of twice while others have something to say.
    """
    candidates = [
        news
        for rule in _RULES
        for news in rule(brief)
        if 0 <= age_in_days(brief, news.day) <= NEWS_DAYS
    ]
    candidates.sort(
        key=lambda news: (
            age_in_days(brief, news.day) // _BUCKET_DAYS,
            not news.content,
            -news.size,
            news.sentence,
        )
    )
    chosen: list[News] = []
    for is_fresh in (_is_other, lambda news, chosen: news not in chosen):
        for news in candidates:
            if len(chosen) < MOST_NEWS and is_fresh(news, chosen):
                chosen.append(news)
    return tuple(sorted(chosen, key=candidates.index))


def _is_other(news: News, chosen: Sequence[News]) -> bool:
    return not any(
        news.rule == other.rule or (len(news.accounts) == 1 and news.accounts == other.accounts)
        for other in chosen
    )
