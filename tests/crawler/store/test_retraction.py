"""A source taken back leaves the store as if it had never been there."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import select

from crawler.records import Account, Album, Article, Observation
from crawler.store import Store, open_store
from crawler.store import schema as t
from crawler.store.claims import Sighting
from crawler.store.raw_pages import RawPage
from crawler.store.retraction import Forgotten, forget_source
from tests.support.postgres import Databases, law

BIZ, GH = "MzkwMDAwMDAwMg==", "gh_0000000000a2"
DAY = datetime(2025, 6, 1, 12, 0, 3, tzinfo=UTC)


def dump(store: Store) -> dict[str, list[Any]]:
    """Everything in the store but counters, source numbers and claim numbers, which are never used
    twice.
    """
    hidden = {
        "claim_id",
        "observation_id",
        "page_id",
        "source_id",
        "born_id",
        "account_born_id",
        "dictionary_id",
        "blob",
        "added_at",
    }
    tables = [
        table
        for table in t.metadata.sorted_tables
        if table.name not in ("meta", "dictionaries", "sources")
    ]
    with store.engine.connect() as conn:
        return {
            table.name: sorted(
                json.dumps(
                    {k: v for k, v in row._mapping.items() if k not in hidden},
                    default=str,
                    sort_keys=True,
                )
                for row in conn.execute(select(table))
            )
            for table in tables
        }


def put(store: Store, *sightings: Sighting, album: Album | None = None) -> int:
    with store.writing() as writer:
        source = writer.source("test", "test")
        writer.put(source, sightings)
        if album:
            writer.put_album(
                source, album, origin="album", seen_at=sightings[0].seen_at if sightings else 5
            )
    return source


def forget(store: Store, source: int) -> Forgotten:
    with store.writing() as writer:
        return forget_source(writer, source)


def row(
    mid: str = "100",
    *,
    biz: str | None = BIZ,
    gh: str | None = None,
    token: str | None = None,
    title: str = "阳台收纳",
    name: str | None = "半间厨房",
    **more: Any,
) -> Article:
    return Article(
        biz=biz,
        user_name=gh,
        mid=mid,
        idx=1,
        token=token,
        title=title,
        account_name=name,
        published_at=DAY,
        time_precision="second",
        **more,
    )


def page(mid: str, *, seen_at: int = 20, body: str = "<p>正文</p>") -> Sighting:
    article = row(
        mid, gh=GH, token=mid.rjust(22, "T"), title=f"终稿{mid}", status="fetched", album_ids=("9",)
    )
    raw = RawPage(
        f"<html>{mid} {body}</html>".encode(),
        "article",
        f"https://mp.weixin.qq.com/s/{mid.rjust(22, 'T')}",
        "fetched",
        seen_at,
    )
    return Sighting(
        article,
        "page",
        seen_at,
        Account(biz=BIZ, user_name=GH, name="半间厨房"),
        raw,
        body,
        (Observation(metric="read", value=3, seen_at=DAY),),
    )


def test_what_it_had_overwritten_stands_again(store: Store) -> None:
    put(
        store,
        Sighting(row("100"), "table", 1),
        page("200"),
        album=Album(album_id="9", title="好物", article_count=30),
    )
    before = dump(store)
    source = put(
        store,
        page("100"),
        page("200", seen_at=90, body="<p>改过</p>"),
        page("300"),
        album=Album(album_id="9", title="改名", article_count=31),
    )
    assert dict(store.bodies()) != {}
    assert forget(store, source) == Forgotten(claims=2 + 1, articles=1, pages=3)
    assert dump(store) == before
    assert [html for _, html in store.bodies()] == ["<p>正文</p>"]


def test_articles_its_word_had_joined_come_apart(store: Store) -> None:
    put(
        store,
        Sighting(
            Article(token="T" * 19 + "100", title="短链来的", account_name="半间厨房"), "feed", 1
        ),
    )
    put(store, Sighting(row("100", gh=None), "album", 2))
    before = dump(store)
    assert len(list(store.articles())) == 2
    source = put(store, page("100"))
    assert len(list(store.articles())) == 1
    forget(store, source)
    assert dump(store) == before


def test_accounts_its_word_had_joined_come_apart(store: Store) -> None:
    put(store, Sighting(row("100", name="半间厨房"), "album", 1))
    put(store, Sighting(row("500", biz=None, gh=GH, name="半间厨房二号"), "table", 2))
    before = dump(store)
    assert len(store.accounts()) == 2
    source = put(store, page("900"))
    assert len(store.accounts()) == 1
    forget(store, source)
    assert dump(store) == before


def test_a_name_that_was_adopted_is_a_mere_name_again(store: Store) -> None:
    put(store, Sighting(row("100", biz=None, name="半间厨房"), "table", 1))
    before = dump(store)
    source = put(store, page("100"))
    assert store.accounts()[0]["account_id"] == BIZ
    forget(store, source)
    assert dump(store) == before
    assert store.accounts()[0]["account_id"] == "半间厨房"


def test_a_page_two_sources_share_stays_with_the_other(store: Store) -> None:
    first = put(store, page("100"))
    put(store, page("100"))
    assert forget(store, first).pages == 0
    assert store.page_sizes()["pages"] == 1
    assert len(list(store.articles())) == 1


def test_the_only_source_leaves_nothing(store: Store) -> None:
    source = put(
        store,
        page("100"),
        Sighting(row("200"), "album", 1),
        album=Album(album_id="9", title="好物"),
    )
    forget(store, source)
    assert {name: rows for name, rows in dump(store).items() if rows} == {}


_SIGHTING = st.one_of(
    st.builds(lambda mid: Sighting(row(mid), "album", 3), st.sampled_from(["1", "2"])),
    st.builds(
        lambda mid: Sighting(row(mid, biz=None, gh=GH), "table", 2), st.sampled_from(["1", "2"])
    ),
    st.builds(
        lambda mid: Sighting(
            Article(token=mid.rjust(22, "T"), title=f"终稿{mid}", account_name="半间厨房"),
            "feed",
            1,
        ),
        st.sampled_from(["1", "2"]),
    ),
    st.builds(page, st.sampled_from(["1", "2"])),
)


@law(150, st.lists(_SIGHTING, max_size=4), st.lists(_SIGHTING, min_size=1, max_size=4))
def test_forgetting_restores_the_store_whatever_came(
    databases: Databases, first: list[Sighting], second: list[Sighting]
) -> None:
    with open_store(databases.fresh(), clock=lambda: 1.0) as store:
        for sighting in first:
            put(store, sighting)
        before = dump(store)
        source = put(store, *second)
        forget(store, source)
        assert dump(store) == before
