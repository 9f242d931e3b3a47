"""What hangs on articles: bodies, counts, albums and their items. Rows in one transaction; whose
they are is identity.py's.

Each is kept per source and what is shown is made from all of them, so that taking a source back
restores what it had covered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from crawler.records import Album, Observation
from crawler.store import schema as t
from crawler.store.compression import pack
from crawler.store.identity import chunks
from crawler.store.merge import Claim

__all__ = ["merge_albums", "put_album_claim", "put_bodies", "put_counts", "save_items"]

_DAY_S = 86400
_ALBUM_FIELDS = ("title", "article_count", "numbered", "description", "reads")

_SAME_BODY = (
    t.bodies.c.article_id == bindparam("article_pk"),
    t.bodies.c.source_id == bindparam("source"),
)
_SAME_ALBUM_CLAIM = tuple(
    t.album_claims.c[name] == bindparam(name) for name in ("album_id", "source_id", "origin")
)
_BODY_SEEN, _ALBUM_CLAIM = (
    select(t.bodies.c.seen_at).where(*_SAME_BODY),
    select(t.album_claims).where(*_SAME_ALBUM_CLAIM),
)
_DROP_ITEMS = delete(t.album_items).where(t.any_of(t.album_items.c.article_id))


def put_bodies(conn: Connection, source_id: int, bodies: Iterable[tuple[int, int, str]]) -> None:
    """Keep (article, seen_at, HTML); of one source the newest stays."""
    for article_pk, seen_at, html in bodies:
        raw = html.encode("utf-8", "replace")
        row = {"seen_at": seen_at, "sha256": hashlib.sha256(raw).hexdigest(), "blob": pack(raw)}
        same = {"article_pk": article_pk, "source": source_id}
        stored_at = conn.execute(_BODY_SEEN, same).scalar()
        if stored_at is None:
            conn.execute(t.add(t.bodies), {"article_id": article_pk, "source_id": source_id, **row})
        elif stored_at <= seen_at:
            conn.execute(update(t.bodies).where(*_SAME_BODY).values(**row), same)


def put_counts(conn: Connection, source_id: int, counts: Sequence[tuple[int, Observation]]) -> None:
    """Keep (article, observation), each once per source."""
    rows = {
        (article_pk, o.metric, int(o.seen_at.timestamp()) if o.seen_at else None): {
            "value": o.value,
            "censored": o.censored,
            "flag": o.flag,
        }
        for article_pk, o in counts
    }
    c = t.observations.c
    for chunk in chunks(sorted({article_pk for article_pk, _, _ in rows})):
        for row_there in conn.execute(
            select(c.article_id, c.metric, c.seen_at).where(
                c.article_id.in_(chunk), c.source_id == source_id
            )
        ):
            rows.pop((row_there.article_id, row_there.metric, row_there.seen_at), None)
    if rows:
        new_rows = [
            {"article_id": n, "source_id": source_id, "metric": m, "seen_at": at, **row}
            for (n, m, at), row in rows.items()
        ]
        conn.execute(insert(t.observations), new_rows)


def save_items(conn: Connection, claims: Mapping[int, Sequence[Claim]]) -> None:
    """Which albums the articles are in, from all that is claimed of them; the newest number inside
    an album stands.
    """
    rows: list[dict[str, Any]] = []
    listed = {
        article_pk: claims_of
        for article_pk, claims_of in claims.items()
        if any("album_ids" in claim.said for claim in claims_of)
    }
    for article_pk, claims_of in listed.items():
        listed_at: dict[str, tuple[int, int | None]] = {}
        for claim in sorted(
            claims_of, key=lambda c: (c.seen_at, json.dumps(c.said, sort_keys=True))
        ):
            albums = claim.said.get("album_ids", ())
            pos_num = claim.said.get("pos_num") if len(albums) == 1 else None
            for album_id in albums:
                old = listed_at.get(album_id, (0, None))[1]
                listed_at[album_id] = (claim.seen_at, pos_num if pos_num is not None else old)
        rows += [
            {"album_id": a, "article_id": article_pk, "pos_num": pos, "seen_at": at}
            for a, (at, pos) in listed_at.items()
        ]
    for claims_of in chunks(sorted(listed)):
        conn.execute(_DROP_ITEMS, {"some": claims_of})
    if rows:
        conn.execute(t.add(t.album_items), rows)


def put_album_claim(
    conn: Connection, source_id: int, album: Album, *, origin: str, seen_at: int, owner: int | None
) -> None:
    """Keep what a source says of an album; of one source the newest stays, and what it leaves out
    is filled from before.
    """
    fields = {key: value for key in _ALBUM_FIELDS if (value := getattr(album, key)) is not None}
    same = {"album_id": album.album_id, "source_id": source_id, "origin": origin}
    claim = conn.execute(_ALBUM_CLAIM, same).first()
    walked = seen_at if album.complete else (claim.walked_at if claim else None)
    if claim is not None:
        before = json.loads(claim.said)
        fields = before | fields if seen_at >= claim.seen_at else fields | before
        seen_at, owner = (
            max(seen_at, claim.seen_at),
            owner if owner is not None else claim.account_id,
        )
        conn.execute(delete(t.album_claims).where(*_SAME_ALBUM_CLAIM), same)
    row = {
        **same,
        "account_id": owner,
        "seen_at": seen_at,
        "walked_at": walked,
        "said": json.dumps(fields, ensure_ascii=False, sort_keys=True),
    }
    conn.execute(t.add(t.album_claims), row)


def merge_albums(conn: Connection, album_ids: Iterable[str]) -> None:
    """Make the albums anew from what is claimed; a list knows its album better than a page of the
    same day.
    """
    for album_id in sorted(set(album_ids)):
        claims = conn.execute(
            select(t.album_claims)
            .where(t.album_claims.c.album_id == album_id)
            .order_by(t.album_claims.c.source_id, t.album_claims.c.origin)
        ).all()
        conn.execute(delete(t.albums).where(t.albums.c.album_id == album_id))
        if not claims:
            continue
        ranked = sorted(
            claims, key=lambda c: (-(c.seen_at + (_DAY_S if c.origin == "album" else 0)), c.said)
        )
        merged: dict[str, Any] = {}
        for claim in ranked:
            merged = {**json.loads(claim.said), **merged}
        owner = next((claim.account_id for claim in ranked if claim.account_id is not None), None)
        walked = [claim.walked_at for claim in claims if claim.walked_at is not None]
        times = {
            "seen_at": max(claim.seen_at for claim in claims),
            "walked_at": max(walked) if walked else None,
        }
        conn.execute(
            insert(t.albums).values(album_id=album_id, account_id=owner, **merged, **times)
        )
