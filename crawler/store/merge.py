"""Many sources' claims about one article or account -> what is held to be true. Pure; order of
arrival never matters.

The stronger source wins field by field; a finer time beats a coarser one whatever its source.
Storing is store.py's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from crawler.records import PRECISIONS, Article

__all__ = [
    "ARTICLE_FIELDS",
    "STRENGTH",
    "Claim",
    "disagreements",
    "field_origins",
    "merge_account",
    "merge_article",
]

# What a source can know: a page shows everything, an album or a list shows what WeChat's own lists
# carry, a table what somebody typed or a tool kept, a link only that the article exists.
STRENGTH = {
    "accounts file": 110,
    "page": 100,
    "evaluated page": 95,
    "list": 80,
    "album": 70,
    "feed": 50,
    "table": 40,
    "neighbour": 20,
    "link": 10,
    "url": 5,
}
ARTICLE_FIELDS = tuple(f.name for f in fields(Article))
_UNIONS = ("album_ids", "album_titles")
_FINAL = (
    "deleted",
    "violation",
    "complaint",
    "closed",
    "migrated",
)  # a saved notice shows no time, and nothing comes after it
_SPECIAL = {"status", "status_reason", "published_at", "time_precision", *_UNIONS}
_PLAIN_FIELDS = tuple(name for name in ARTICLE_FIELDS if name not in _SPECIAL)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source said at one time (`seen_at`, unix seconds): field names to plain JSON values,
    times in unix seconds.
    """

    origin: str
    seen_at: int
    said: dict[str, Any]


def _ranked(claims: Iterable[Claim]) -> list[Claim]:
    return sorted(
        claims,
        key=lambda c: (
            -STRENGTH[c.origin],
            -c.seen_at,
            json.dumps(c.said, sort_keys=True, ensure_ascii=True),
        ),
    )


def merge_article(claims: Sequence[Claim]) -> dict[str, Any]:
    """The article all claims together describe; fields nobody names are left out."""
    if len(claims) == 1:
        return {"status": "listed", **claims[0].said}
    ranked = _ranked(claims)
    merged: dict[str, Any] = {}
    for claim in ranked:
        for name, value in claim.said.items():
            if name not in _SPECIAL:
                merged.setdefault(name, value)
    timed = [c for c in ranked if c.said.get("published_at") is not None]
    if timed:
        finest = min(timed, key=lambda c: PRECISIONS.index(c.said.get("time_precision", "none")))
        merged["published_at"] = finest.said["published_at"]
        merged["time_precision"] = finest.said.get("time_precision", "none")
    for name in _UNIONS:
        union = sorted({value for claim in ranked for value in claim.said.get(name, ())})
        if union:
            merged[name] = union
    return merged | _status(ranked)


def _status(ranked: list[Claim]) -> dict[str, Any]:
    """The newest look at the page itself decides; a list's word that an article is gone counts
    where no page was read.
    """
    looked = [c for c in ranked if c.origin in ("page", "evaluated page")]
    stated = [c for c in ranked if c.said.get("status", "listed") != "listed"]
    if not (looked or stated):
        return {"status": "listed"}
    last = max(
        looked or stated,
        key=lambda c: (c.seen_at == 0 and c.said.get("status") in _FINAL, c.seen_at),
    )
    reason = last.said.get("status_reason")
    return {"status": last.said.get("status", "listed")} | (
        {"status_reason": reason} if reason else {}
    )


def field_origins(claims: Sequence[Claim]) -> dict[str, str]:
    """The origin each merged field came from."""
    ranked, merged = _ranked(claims), merge_article(claims)
    return {
        name: next((c.origin for c in ranked if c.said.get(name) == value), "several")
        for name, value in sorted(merged.items())
    }


def disagreements(claims: Sequence[Claim]) -> list[str]:
    """The fields on which two sources differ: other words in title or author, or more than five
    minutes in time.
    """
    differing = []
    for name in ("title", "author", "kind", "original"):
        if len({json.dumps(c.said[name]) for c in claims if name in c.said}) > 1:
            differing.append(name)
    times = [
        c.said["published_at"]
        for c in claims
        if c.said.get("time_precision") in ("second", "minute")
    ]
    if times and max(times) - min(times) > 300:
        differing.append("published_at")
    return differing


def merge_account(claims: Sequence[Claim]) -> dict[str, Any]:
    """The account all claims together describe; the newest name is shown, all names are kept under
    `names`.
    """
    merged: dict[str, Any] = {}
    for claim in _ranked(claims):
        for name, value in claim.said.items():
            if isinstance(value, dict):  # facts: each by itself
                merged[name] = {**value, **merged.get(name, {})}
            elif name != "name":
                merged.setdefault(name, value)
    named = [c for c in claims if c.said.get("name")]
    if named:
        shown = [c for c in named if c.origin != "accounts file"] or named
        newest = max(shown, key=lambda c: (c.seen_at, STRENGTH[c.origin], c.said["name"]))
        merged["name"] = newest.said["name"]
        merged["names"] = sorted({c.said["name"] for c in named})
    if label := merged.get("label"):
        merged["name"] = label
    return merged
