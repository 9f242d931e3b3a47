"""The figures of a brief as JSON, small and stable, so that a later brief can say what has changed
since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.report.safe_text import clamp
from crawler.errors import DuibiaoError

__all__ = ["VERSION", "OldAccount", "OldBrief", "RecordError", "load_record", "pack_record"]

VERSION = 1
_KIND = "duibiao brief"
_LARGEST = 8_000_000  # bytes: a thousand accounts
_LONGEST = 120  # characters of a name


class RecordError(DuibiaoError, ValueError):
    """The file is no brief's figures; says why and what to do."""


@dataclass(frozen=True, slots=True)
class OldAccount:
    """What an earlier brief held of one account. `changes` are (kind, day), `columns` column_id ->
    (name, status, last day), `redesigns` days.
    """

    account_id: str
    account: str
    articles: int
    pushes: int
    last: date | None
    pushes_per_week: float | None
    enough: bool
    changes: frozenset[tuple[str, date]]
    columns: Mapping[str, tuple[str, str | None, date | None]]
    redesigns: frozenset[date]


@dataclass(frozen=True, slots=True)
class OldBrief:
    """An earlier brief: the day it was made and its accounts by account_id."""

    date: date
    accounts: Mapping[str, OldAccount]


def pack_record(brief: BriefSummary) -> bytes:
    """The figures as JSON (UTF-8): `kind`, `version`, `date`, `first`, `last`, `accounts` in the
    brief's order; the same bytes for the same summary.

    An account: account_id, account, role, articles, undated, first, last, coverage (0 to 1, null
    where unknown), enough; `cadence` (pushes, days, pushes_per_week with its 95 % interval,
    regularity, weekday 0 = Monday, hour, their shares, `changes`), `columns` (the largest, with n,
    share, interval_days, status, first, last), `columns_found` how many there are, `layout` (n,
    font_size_px, consistency, `redesigns`). Times are ISO 8601; what is not known is null.
    """
    figures = {
        "kind": _KIND,
        "version": VERSION,
        "date": brief.date,
        "first": brief.first,
        "last": brief.last,
        "accounts": [_describe(account) for account in brief.accounts],
    }
    return (json.dumps(figures, ensure_ascii=False, indent=1, default=_plain) + "\n").encode(
        "utf-8", "replace"
    )


def _describe(account: AccountSummary) -> dict[str, Any]:
    cadence, layout = account.cadence, account.layout
    figures = {
        name: getattr(account, name)
        for name in (
            "account_id",
            "account",
            "role",
            "articles",
            "undated",
            "first",
            "last",
            "coverage",
            "enough",
        )
    }
    figures["account"] = clamp(account.account, _LONGEST)
    figures["cadence"] = cadence and {
        **_pick(
            cadence,
            "pushes",
            "days",
            "pushes_per_week",
            "pushes_per_week_low",
            "pushes_per_week_high",
            "regularity",
            "weekday",
            "weekday_share",
            "hour",
            "hour_share",
        ),
        "changes": [
            _pick(change, "kind", "date", "before", "after", "pushes_before", "pushes_after")
            for change in cadence.changes
        ],
    }
    figures["columns_found"] = account.columned.n
    figures["columns"] = [
        {
            **_pick(
                column,
                "column_id",
                "kind",
                "n",
                "share",
                "interval_days",
                "status",
                "first",
                "last",
            ),
            "content_column": clamp(column.content_column, _LONGEST),
        }
        for column in account.columned.shown
    ]
    figures["layout"] = layout and {
        **_pick(layout, "n", "n_text", "font_size_px", "text_align", "consistency"),
        "redesigns": [
            _pick(redesign, "at", "n_before", "n_after") for redesign in layout.redesigns
        ],
    }
    return figures


def _pick(record: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no figure")


def load_record(path: Path) -> OldBrief:
    """An earlier brief's figures from a file that pack_record made. Raises RecordError."""
    try:
        if path.stat().st_size > _LARGEST:
            raise RecordError(
                f"{path} 有 {path.stat().st_size / 1e6:.0f} MB，不是简报的数据：--against 要 "
                "duibiao brief -o 简报.json 写的文件"
            )
        figures = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise RecordError(
            f"读不了 {path}：{error.strerror}；--against 要 duibiao brief -o 简报.json 写的文件"
        ) from None
    except (ValueError, RecursionError):
        raise RecordError(
            f"{path} 不是 JSON：--against 要 duibiao brief -o 简报.json 写的文件"
        ) from None
    if not isinstance(figures, dict) or figures.get("kind") != _KIND:
        raise RecordError(
            f"{path} 不是简报的数据：--against 要 duibiao brief -o 简报.json 写的文件"
        )
    if figures.get("version") != VERSION:
        raise RecordError(
            f"{path} 是第 {str(figures.get('version'))[:20]} 版的数据，这里只认第 {VERSION} 版："
            "用现在的 duibiao 再存一次"
        )
    try:
        return OldBrief(
            date.fromisoformat(figures["date"]),
            {account["account_id"]: _read(account) for account in figures["accounts"]},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordError(
            f"{path} 的内容缺了或改坏了（{type(error).__name__}：{str(error)[:60]}）：重新存一份"
        ) from None


def _read(figures: Mapping[str, Any]) -> OldAccount:
    cadence, layout = figures["cadence"] or {}, figures["layout"] or {}
    columns = {
        str(column["column_id"]): (
            str(column["content_column"]),
            column["status"],
            _day(column["last"]),
        )
        for column in figures["columns"]
    }
    return OldAccount(
        account_id=str(figures["account_id"]),
        account=str(figures["account"]),
        articles=int(figures["articles"]),
        pushes=int(cadence.get("pushes", 0)),
        last=_day(figures["last"]),
        pushes_per_week=float(cadence["pushes_per_week"]) if cadence else None,
        enough=bool(figures["enough"]),
        changes=frozenset(
            (str(change["kind"]), _parse_day(change["date"]))
            for change in cadence.get("changes", ())
        ),
        columns=columns,
        redesigns=frozenset(_parse_day(redesign["at"]) for redesign in layout.get("redesigns", ())),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else _parse_day(text)


def _parse_day(text: str) -> date:
    return datetime.fromisoformat(text).date()
