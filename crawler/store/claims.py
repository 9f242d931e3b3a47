"""What sources claim of an article, and the row they make together. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.records import Account, Article, Observation, title_key
from crawler.store.merge import ARTICLE_FIELDS, STRENGTH, Claim, merge_article
from crawler.store.raw_pages import RawPage

__all__ = ["Sighting", "StoredClaim", "Tally", "account_of", "claim_text", "UNKNOWN_ACCOUNT"]

UNKNOWN_ACCOUNT = 0  # owns the articles of which only a link is known


_COLUMNS = (
    "mid",
    "idx",
    "title",
    "digest",
    "author",
    "published_at",
    "time_precision",
    "kind",
    "original",
    "url",
    "status",
)


_MORE = tuple(
    name
    for name in ARTICLE_FIELDS
    if name not in {*_COLUMNS, "user_name", "account_name", "album_titles", "album_ids"}
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One article as one source showed it at one time (unix seconds), with its page and body where
    there are any.
    """

    article: Article
    origin: str
    seen_at: int
    account: Account | None = None
    page: RawPage | None = None
    body: str | None = None
    counts: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """One claim in the store: who made it, of whose article."""

    source_id: int
    account_id: int
    claim: Claim


@dataclass(slots=True)
class Tally:
    """What became of the sightings; new + updated + unchanged = sightings put."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.new + other.new, self.updated + other.updated, self.unchanged + other.unchanged
        )

    @property
    def total(self) -> int:
        """Sightings put."""
        return self.new + self.updated + self.unchanged


def account_of(sighting: Sighting) -> Account:
    a = sighting.article
    return sighting.account or Account(biz=a.biz, user_name=a.user_name, name=a.account_name)


def name_time(sighting: Sighting) -> int:
    """When the account was called so: the day of the article for lists, which name accounts as they
    were then.
    """
    at = sighting.article.published_at
    return int(at.timestamp()) if at and sighting.page is None else sighting.seen_at


def claim_text(article: Article) -> str:
    """A record as its claim is stored."""
    return encode_json(plain_fields(article.said()))


def plain_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Record values as JSON values: times as unix seconds, tuples as lists; "listed" is what goes
    without saying.
    """
    plain = {
        k: int(v.timestamp()) if isinstance(v, datetime) else list(v) if isinstance(v, tuple) else v
        for k, v in fields.items()
    }
    if plain.get("status") == "listed":
        del plain["status"]
    return plain


def article_row(article_pk: int, held: list[StoredClaim]) -> dict[str, Any]:
    claims = [stored.claim for stored in held]
    merged = merge_article(claims)
    title = merged.get("title")
    row = {key: merged.get(key) for key in _COLUMNS}
    row |= {
        "article_id": article_pk,
        "account_id": _owner_of(held),
        "title_key": title_key(title) if title else None,
    }
    row |= {
        "status": merged.get("status", "listed"),
        "time_precision": merged.get("time_precision", "none"),
    }
    row["albums"] = encode_json(merged["album_ids"]) if merged.get("album_ids") else None
    row["source"] = min(claims, key=lambda c: (c.seen_at, c.origin)).origin
    row["more"] = encode_json({key: merged[key] for key in _MORE if key in merged})
    return row


def _owner_of(claims: list[StoredClaim]) -> int:
    """The account its claims name; a link that names none leaves the article with the account it
    has.
    """
    if len(claims) == 1:
        return claims[0].account_id
    named = [stored for stored in claims if stored.account_id != UNKNOWN_ACCOUNT]
    return max(named, key=_ownership).account_id if named else UNKNOWN_ACCOUNT


def _ownership(stored: StoredClaim) -> tuple[int, bool, bool, str, int]:
    """The stronger source decides, of equals the one that identifies the account better; the rest
    only has to be the same in any order.
    """
    fields = stored.claim.said
    return (
        STRENGTH[stored.claim.origin],
        "biz" in fields,
        "user_name" in fields,
        encode_json(fields),
        -stored.account_id,
    )


def encode_json(value: Any) -> str:
    return _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":")
)  # made once: json.dumps makes one a call
