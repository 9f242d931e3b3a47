"""What is new and what changed in the watched accounts, compared with the last state. Frames and
state in, news out; no store, no clock.

A change is reported once, when it is younger than the watch (or was too young to be seen when the
watch began): statistics that move its date a little don't make it another change. What only came to
light because older articles were imported is recorded as known, and not reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.evidence import MIN_ISSUES
from analysis.labels import format_clock
from analysis.layout.words import Difference, read_difference
from analysis.rows import parts_of, plain_rows
from analysis.watch.state import Link, News, Seen

__all__ = ["WatchedFrames", "detect_news"]

_LINKS = 5
_MOST_SHOWN = 4  # differences of a redesign that are named
_LATE_DAYS = 84  # a change of rhythm needs eight weeks, and holiday weeks don't count
_NEAR_DAYS = {"rate": 84, "hour": 84, "pause": 14, "redesign": 60}
# A weekly run finds by chance what a single run does not: a change must be dated well and still
# stand where it stood two weeks later. Measured by tests/eval/watch_quiet.py.
_DATED_DAYS, _CONFIRM_DAYS, _STILL_DAYS = 84, 14, 7
_RHYTHMIC = 8  # issues from which a column can fall silent
_MIN_STRENGTH = 0.7
_BY_CHANCE, _SILENT_DAYS, _LONGEST = 0.001, 14, 1.5


@dataclass(frozen=True, slots=True, eq=False)
class WatchedFrames:
    """The frames that one run needs: articles, columns described and assigned (themes left out),
    changes of rhythm, redesigns.
    """

    articles: pd.DataFrame
    columns: pd.DataFrame
    assigned: pd.DataFrame
    changes: pd.DataFrame
    redesigns: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Fact:
    """Something that may be news: its identity (kind, what, day), its sentence and its links."""

    kind: str
    what: str
    day: date
    sentence: str
    links: tuple[Link, ...] = ()
    certain: bool = True


def detect_news(
    watched: WatchedFrames, seen: dict[str, Seen], *, today: date, after: int
) -> tuple[list[News], dict[str, Seen]]:
    """The news of every account in `watched`, numbered from `after` + 1, and what is seen now;
    `seen` itself stays as it is.

    An account's first run reports only that it is watched from now on.
    """
    news: list[News] = []
    now = dict(seen)
    frames = {
        name: parts_of(getattr(watched, name))
        for name in ("columns", "assigned", "changes", "redesigns")
    }
    for account_id, articles in sorted(parts_of(watched.articles).items()):
        own = {
            name: parts.get(account_id, getattr(watched, name).iloc[:0])
            for name, parts in frames.items()
        }
        observation = _Observation(articles, own, seen.get(account_id))
        for fact in observation.facts():
            news.append(
                News(
                    after + len(news) + 1,
                    today.isoformat(),
                    account_id,
                    str(articles["account"].iat[0]),
                    fact.kind,
                    fact.day.isoformat(),
                    fact.sentence,
                    fact.links,
                )
            )
        now[account_id] = observation.now
    return news, now


class _Observation:
    """One run over one account."""

    def __init__(
        self, articles: pd.DataFrame, frames: dict[str, pd.DataFrame], before: Seen | None
    ) -> None:
        self.articles = articles
        self.frames = frames
        self.before = before
        self.numbers = articles["article_id"].str.removeprefix("a").astype("int64")
        days = articles["published_at"].dropna()
        self.last: date | None = days.max().date() if len(days) else None
        newest = None if self.last is None else self.last.isoformat()
        previous = before or Seen(0, newest, newest)
        self.now = Seen(
            int(self.numbers.max()),
            previous.began,
            newest,
            list(previous.told),
            dict(previous.silent),
            [],
        )

    def facts(self) -> Iterator[_Fact]:
        """What is to be reported, in reading order; `now` is complete after the last one."""
        before = self.before
        if before is None:
            self._learn()
            yield _Fact(
                "begin",
                "",
                self.last or date.min,
                f"开始关注：已收录 {len(self.articles)} 篇{self._span()}，以后只报新的和变的",
            )
            return
        yield from self._articles(before)
        if self.last is not None:
            yield from self._columns(before, self.last)
            yield from self._shifts(before, self.last)

    def _learn(self) -> None:
        """Everything that is there at the first run counts as known."""
        self.now.silent = {
            row["column_id"]: row["last"].date().isoformat()
            for row in self._rhythmic()
            if self._is_silent(row)
        }
        self.now.told = [
            (fact.kind, fact.what, fact.day.isoformat())
            for fact in (*self._new_columns(), *_statistics(self.frames))
        ]

    def _span(self) -> str:
        days = self.articles["published_at"].dropna()
        return f"（{days.min():%Y-%m-%d} 至 {days.max():%Y-%m-%d}）" if len(days) else ""

    # articles

    def _articles(self, before: Seen) -> Iterator[_Fact]:
        fresh = self.articles[self.numbers > before.number].sort_values(
            ["published_at", "article_id"], ascending=[False, True]
        )
        if fresh.empty:
            return
        recent = (
            fresh["published_at"].dt.strftime("%Y-%m-%d") >= before.newest
            if before.newest
            else fresh["published_at"].notna()
        )
        sent, older = fresh[recent.to_numpy(dtype=bool)], fresh[~recent.to_numpy(dtype=bool)]
        if len(sent):
            yield _Fact(
                "articles",
                "",
                sent["published_at"].max().date(),
                f"新发 {len(sent)} 篇",
                _links(sent),
            )
        if len(older):
            yield _Fact(
                "backfill", "", self.last or date.min, f"补收 {len(older)} 篇以前的文章，不算新发"
            )

    # columns

    def _columns(self, before: Seen, last: date) -> Iterator[_Fact]:
        for fact in self._new_columns():
            if not before.knows(fact.kind, fact.what, fact.day, within=None):
                self.now.told.append((fact.kind, fact.what, fact.day.isoformat()))
                if self._is_recent(fact.day, 60):
                    yield fact
        for row in self._rhythmic():
            if row["column_id"] not in before.silent and self._is_silent(row):
                self.now.silent[row["column_id"]] = row["last"].date().isoformat()
                yield self._fell_silent(row, last)
        for row in plain_rows(self.frames["columns"]):
            rested_since = before.silent.get(row["column_id"])
            if (
                rested_since
                and row["last"] is not None
                and row["last"].date().isoformat() > rested_since
            ):
                del self.now.silent[row["column_id"]]
                sentence = (
                    f"栏目「{row['content_column']}」恢复了：{rested_since} 以后停过，"
                    f"最近一期是 {row['last']:%Y-%m-%d}"
                )
                yield _Fact(
                    "column_back",
                    row["content_column"],
                    row["last"].date(),
                    sentence,
                    self._examples(row),
                )

    def _new_columns(self) -> Iterator[_Fact]:
        for row in plain_rows(self.frames["columns"]):
            if (
                row["status"] == "new"
                and row["n"] >= MIN_ISSUES
                and row["strength"] >= _MIN_STRENGTH
                and row["first"] is not None
            ):
                came = (
                    f"，每 {row['interval_days']:g} 天一期"
                    if row["interval_days"] and row["interval_days"] > 1
                    else ""
                )
                sentence = (
                    f"新栏目「{row['content_column']}」：{row['first']:%Y-%m-%d} 起 "
                    f"{row['n']} 期{came}"
                )
                yield _Fact(
                    "column_new",
                    row["content_column"],
                    row["first"].date(),
                    sentence,
                    self._examples(row),
                )

    def _rhythmic(self) -> list[dict[str, Any]]:
        """Columns that keep a rhythm, by which they can be missed."""
        rows = plain_rows(self.frames["columns"])
        return [
            row
            for row in rows
            if row["adherence"] is not None
            and row["n"] >= _RHYTHMIC
            and row["strength"] >= _MIN_STRENGTH
            and row["last"] is not None
        ]

    def _is_silent(self, row: dict[str, Any]) -> bool:
        """More due issues missing in a row than this column's own skipping explains (chance below
        0.001), for longer than ever before.
        """
        issues = self.frames["assigned"]
        days = sorted(
            set(
                issues.loc[issues["column_id"] == row["column_id"], "published_at"].dropna().dt.date
            )
        )
        longest = max(((later - earlier).days for earlier, later in pairwise(days)), default=0)
        skipped = ((1 - row["adherence"]) * row["due"] + 1) / (row["due"] + 2)
        missing = row["silent_days"] // max(row["interval_days"], 1)
        return bool(
            row["silent_days"] > max(_SILENT_DAYS, _LONGEST * longest)
            and skipped**missing < _BY_CHANCE
        )

    def _fell_silent(self, row: dict[str, Any], last: date) -> _Fact:
        name, came = (
            row["content_column"],
            f"通常每 {row['interval_days']:g} 天一期" if row["interval_days"] > 1 else "以前天天有",
        )
        sentence = (
            f"栏目「{name}」停了：出过 {row['n']} 期，{came}，{row['last']:%Y-%m-%d} "
            f"以后到 {last} 没再出"
        )
        return _Fact("column_silent", name, row["last"].date(), sentence, self._examples(row))

    def _examples(self, row: dict[str, Any]) -> tuple[Link, ...]:
        return _links(self.articles[self.articles["article_id"].isin(row["examples"])])

    # rhythm and layout

    def _shifts(self, before: Seen, last: date) -> Iterator[_Fact]:
        for fact in _statistics(self.frames):
            if before.knows(fact.kind, fact.what, fact.day, within=_NEAR_DAYS[fact.kind]):
                continue
            waiting = self._waiting(fact, before, last)
            recent = self._is_recent(fact.day, _LATE_DAYS)
            if (
                recent
                and not fact.certain
                and (last - date.fromisoformat(waiting[3])).days < _CONFIRM_DAYS
            ):
                self.now.waiting.append(waiting)
                continue
            self.now.told.append((fact.kind, fact.what, fact.day.isoformat()))
            if recent:
                yield fact

    def _waiting(self, fact: _Fact, before: Seen, last: date) -> tuple[str, str, str, str]:
        """Where this change was first seen within a week of where it is now, and the account's last
        day then.
        """
        for kind, what, day, then in before.waiting:
            if (kind, what) == (fact.kind, fact.what) and abs(
                (date.fromisoformat(day) - fact.day).days
            ) <= _STILL_DAYS:
                return kind, what, day, then
        return fact.kind, fact.what, fact.day.isoformat(), last.isoformat()

    def _is_recent(self, day: date, late: int) -> bool:
        """Whether a change of that day is younger than the watch, or was too young to be reported
        when it began.
        """
        return self.now.began is None or day >= date.fromisoformat(self.now.began) - timedelta(
            days=late
        )


def _statistics(frames: dict[str, pd.DataFrame]) -> Iterator[_Fact]:
    for row in plain_rows(frames["changes"]):
        if (
            row["kind"] in ("rate", "hour")
            and (row["date_high"] - row["date_low"]).days > _DATED_DAYS
        ):
            continue
        if row["kind"] == "rate":
            way = "升到" if row["after"] > row["before"] else "降到"
            sentence = (
                f"发得{'勤了' if way == '升到' else '少了'}：{row['date']:%Y-%m-%d} "
                f"那周起，推送从每周 {row['before']:.1f} 次{way} {row['after']:.1f} 次（前 "
                f"{row['pushes_before']} 次、后 {row['pushes_after']} 次推送）"
            )
            yield _Fact("rate", way, row["date"].date(), sentence, certain=False)
        elif row["kind"] == "hour":
            sentence = (
                f"改了时间：{row['date']:%Y-%m-%d} 那周起，常用时刻从 "
                f"{format_clock(row['before'])} 前后改到 {format_clock(row['after'])} 前后"
            )
            yield _Fact("hour", "", row["date"].date(), sentence, certain=False)
        elif row["kind"] == "resume":
            yield _Fact(
                "pause",
                "",
                row["date"].date(),
                f"停更过一段，{row['date']:%Y-%m-%d} 恢复，之后每周 {row['after']:.1f} 次",
            )
    for row in plain_rows(frames["redesigns"]):
        changed = _describe_differences([read_difference(text) for text in row["changed"]])
        yield _Fact(
            "redesign",
            "",
            row["at"].date(),
            f"换了模板：{row['at']:%Y-%m-%d} 起{changed}"
            f"（前 {row['n_before']} 篇、后 {row['n_after']} 篇）",
            certain=False,
        )


def _describe_differences(differences: list[Difference]) -> str:
    text = "，".join(
        f"{difference.what} {difference.before or '无'} → {difference.after or '无'}"
        for difference in differences[:_MOST_SHOWN]
    )
    return f"，{text}{'等' if len(differences) > _MOST_SHOWN else ''}" if text else ""


def _links(articles: pd.DataFrame) -> tuple[Link, ...]:
    rows = plain_rows(articles.head(_LINKS)[["title", "url"]])
    return tuple(Link(row["title"] or "（没有标题）", row["url"]) for row in rows)
