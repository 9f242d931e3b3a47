"""The one page of a brief put together: everything on it chosen once, in the language spoken."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.brief.front.lessons import draw_lessons
from analysis.brief.front.news import draw_news
from analysis.brief.front.picks import draw_picks
from analysis.brief.front.records import Lesson, News, Pick, Task, Who
from analysis.brief.front.tasks import draw_tasks
from analysis.brief.front.who import describe_accounts
from analysis.brief.summary import BriefSummary

__all__ = ["FrontPage", "build_front"]


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The one page: accounts, news, lessons, picks, tasks; each may be empty."""

    who: tuple[Who, ...]
    news: tuple[News, ...]
    lessons: tuple[Lesson, ...]
    picks: tuple[Pick, ...]
    tasks: tuple[Task, ...]


def build_front(brief: BriefSummary) -> FrontPage:
    """The one page of a brief with articles."""
    lessons = draw_lessons(brief)
    return FrontPage(
        describe_accounts(brief),
        draw_news(brief),
        lessons,
        draw_picks(brief),
        draw_tasks(brief, lessons),
    )
