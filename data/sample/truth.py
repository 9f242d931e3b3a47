"""What truth.json says: the planted columns, rhythm, templates and purposes, beside what the seed
made of them.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise

from plan import SHANGHAI, Row

__all__ = ["describe_truth"]


def describe_truth(plan: Row, accounts: Row, rows: Sequence[Row]) -> Row:
    """truth.json: what was planted, and what came out of it, per account."""
    return {
        "window": plan["window"],
        "quiet": plan["quiet"],
        "sales": plan["sales"],
        "status_words": {
            "active": "due or nearly due",
            "paused": "planted: silent for about 3 to 5 intervals",
            "ended": "planted: silent for more than 10 intervals",
        },
        "n_articles": len(rows),
        "noise_share": round(sum(r["column"] is None for r in rows) / len(rows), 3),
        "accounts": {
            k: describe_account(accounts[k], [r for r in rows if r["account"] == k], plan)
            for k in sorted(accounts)
        },
    }


def describe_account(account: Row, rows: Sequence[Row], plan: Row) -> Row:
    """The truth of one account."""
    specs = account.get("columns", [])
    used = sorted({r["template"] for r in rows if r["template"]})
    change = account.get("redesign")
    after = [r for r in rows if change and r["template"] == change["to"]]
    redesigns = (
        [
            {
                "date": local_day(after[0]),
                "from": account["templates"][0],
                "to": change["to"],
                "first_token": after[0]["token"],
            }
        ]
        if change
        else []
    )
    return {
        "n_articles": len(rows),
        "n_pushes": len({r["mid"] for r in rows}),
        "first": local_day(rows[0]),
        "last": local_day(rows[-1]),
        "regularity": account["regularity"],
        "columns": [
            describe_column(s, [r for r in rows if r["column"] == s["key"]], plan) for s in specs
        ],
        "noise_share": round(sum(r["column"] is None for r in rows) / len(rows), 3),
        "schedule": describe_schedule(account, plan),
        "templates": [
            describe_template(k, plan, [r for r in rows if r["template"] == k]) for k in used
        ],
        "redesigns": redesigns,
        "purposes": {r["token"]: r["purpose"] for r in rows if r["purpose"]},
    }


def describe_column(spec: Row, rows: Sequence[Row], plan: Row) -> Row:
    """One planted column: the plan beside what came out of it."""
    days = [local_day(r) for r in rows]
    gaps = [(date.fromisoformat(b) - date.fromisoformat(a)).days for a, b in pairwise(days)]
    hours = Counter(datetime.fromtimestamp(r["published_at"], SHANGHAI).hour for r in rows)
    weekdays = Counter(date.fromisoformat(d).isoweekday() for d in days)
    silent = (date.fromisoformat(plan["window"][1]) - date.fromisoformat(days[-1])).days
    names = column_names(spec, days)
    return {
        "key": spec["key"],
        "name": names[-1]["name"],
        "names": names,
        "evidence": spec["evidence"],
        "album": spec.get("album"),
        "n": len(rows),
        "first": days[0],
        "last": days[-1],
        "status": spec.get("status", "ended" if "end" in spec else "active"),
        "silent_days": silent,
        "interval_days": statistics.median(gaps),
        "slot": spec["slot"] or None,
        "weekday": weekdays.most_common(1)[0][0] if "weekday" in spec else None,
        "hour": hours.most_common(1)[0][0],
        "purpose": spec["purpose"],
        "pause": spec.get("pause"),
        "moved": spec.get("from_second"),
        "unmarked": [r["token"] for r in rows if r["marked"] is False],
    }


def column_names(spec: Row, days: Sequence[str]) -> list[Row]:
    """The names a column had, each with the day of its first issue."""
    names = [{"name": spec["name"], "from": days[0]}]
    if "rename" in spec:
        names.append(
            {
                "name": spec["rename"]["name"],
                "from": next(d for d in days if d >= spec["rename"]["since"]),
            }
        )
    return names


def describe_schedule(account: Row, plan: Row) -> list[Row]:
    """The planted stretches of the publishing rhythm."""
    out = []
    for part in account["schedule"]:
        names = ("kind", "days", "at", "hours", "articles", "dates", "pause", "closed")
        kept = {name: part[name] for name in names if name in part}
        out.append(
            {
                "from": part.get("from", plan["window"][0]),
                "to": part.get("to", plan["window"][1]),
                **kept,
            }
        )
    return out


def describe_template(key: str, plan: Row, rows: Sequence[Row]) -> Row:
    """A layout template with the values a browser computes for its body text, and where it was
    used.
    """
    days, spec = [local_day(r) for r in rows], plan["templates"][key]
    return {
        "key": key,
        "n": len(rows),
        "first": days[0],
        "last": days[-1],
        "font_size_px": float(spec["size"]),
        "line_height": float(spec["line_height"].removesuffix("em")),
        "letter_spacing_px": pixels(spec["letter_spacing"], spec["size"]),
        "text_align": spec["align"],
        "text_color": spec["color"],
        "accents": spec["accents"],
        "indent": spec["indent"],
        "editor": spec["editor"],
        "heading": spec["heading"],
        "gap": spec["gap"],
        "side_px": spec["side"],
    }


def pixels(value: str, size: float) -> float:
    """A length in px, em resolved against a font size."""
    return (
        round(float(value[:-2]) * size, 3)
        if value.endswith("em")
        else float(value.removesuffix("px"))
    )


def local_day(row: Row) -> str:
    """The article's day in Shanghai."""
    return datetime.fromtimestamp(row["published_at"], SHANGHAI).date().isoformat()
