"""The store: identity, merging, versions, and everything that can be wrong with a database file."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from sqlalchemy import event, inspect, update

from crawler.records import Account, Album, Article
from crawler.store import Store, StoreError, open_store, schema
from crawler.store.claims import Sighting, Tally
from crawler.store.raw_pages import RawPage
from tests.support.postgres import Databases, law

BIZ, GH = "MzkwMDAwMDAwMg==", "gh_0000000000a2"
DAY = datetime(2025, 6, 1, 12, 0, 3, tzinfo=UTC)
TOKEN = "A" * 22


def put(store: Store, *sightings: Sighting) -> Tally:
    with store.writing() as writer:
        return writer.put(writer.source("test", "test"), sightings)


def known(store: Store) -> list[dict[str, Any]]:
    return list(store.articles())


def listed(
    mid: str = "100",
    idx: int = 1,
    *,
    at: datetime | None = DAY,
    title: str = "阳台收纳",
    origin: str = "album",
) -> Sighting:
    article = Article(
        biz=BIZ,
        mid=mid,
        idx=idx,
        title=title,
        published_at=at,
        time_precision="second",
        url=f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid={mid}&idx={idx}",
    )
    return Sighting(article, origin, 10, Account(biz=BIZ, name="半间厨房"))


def short(title: str = "阳台收纳") -> Sighting:
    article = Article(
        token=TOKEN, url=f"https://mp.weixin.qq.com/s/{TOKEN}", title=title, account_name="半间厨房"
    )
    return Sighting(article, "feed", 5)


def page(mid: str = "100", idx: int = 1, *, raw: bytes = b"<html>page</html>") -> Sighting:
    article = Article(
        biz=BIZ,
        mid=mid,
        idx=idx,
        token=TOKEN,
        title="阳台收纳（终稿）",
        published_at=DAY + timedelta(seconds=9),
        time_precision="second",
        status="fetched",
        user_name=GH,
        account_name="半间厨房",
        url=f"https://mp.weixin.qq.com/s/{TOKEN}",
    )
    return Sighting(
        article,
        "page",
        20,
        Account(biz=BIZ, user_name=GH, name="半间厨房"),
        RawPage(raw, "article", f"https://mp.weixin.qq.com/s/{TOKEN}", "fetched", 20),
        "<p>正文</p>",
    )


@pytest.mark.parametrize(
    "order", [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0], [0, 2, 1], [2, 0, 1]]
)
def test_short_link_long_link_and_album_row_are_one_article_once_the_page_is_read(
    store: Store, order: Sequence[int]
) -> None:
    sightings = [short(), listed(), page()]
    for at in order:
        put(store, sightings[at])
    (row,) = known(store)
    assert (row["title"], row["status"], row["mid"], row["published_at"]) == (
        "阳台收纳（终稿）",
        "fetched",
        "100",
        int((DAY + timedelta(seconds=9)).timestamp()),
    )
    assert len(store.accounts()) == 1
    assert {claim["origin"] for claim in store.claims(row["article_id"])} == {
        "feed",
        "album",
        "page",
    }
    assert list(store.bodies()) == [(row["article_id"], "<p>正文</p>")]


def test_all_three_in_one_batch_are_one_article_too(store: Store) -> None:
    assert put(store, short(), listed(), page()) == Tally(new=1, unchanged=2)
    assert len(known(store)) == 1


def test_the_same_again_changes_nothing(store: Store) -> None:
    with store.writing() as writer:
        source = writer.source("test", "test")
        writer.put(source, [listed(), page()])
        before = known(store)
        assert writer.put(source, [listed(), page()]) == Tally(unchanged=2)
    assert known(store)[0]["article_id"] == 1
    assert before == []  # nothing is seen before the transaction ends
    assert len(store.claims(1)) == 2
    assert store.page_sizes()["pages"] == 1


def test_a_title_and_a_day_join_an_article_only_when_it_is_unambiguous(store: Store) -> None:
    put(
        store,
        listed("100", 1),
        listed("101", 1, at=DAY + timedelta(hours=1)),
        listed("102", 1, title="别的"),
    )
    bare = Article(
        account_name="半间厨房",
        title="别的",
        published_at=DAY - timedelta(hours=9),
        time_precision="day",
    )
    put(store, Sighting(bare, "table", 1))
    assert len(known(store)) == 3  # joined: the only one of that title and day
    twice = Article(
        account_name="半间厨房",
        title="阳台收纳",
        published_at=DAY - timedelta(hours=9),
        time_precision="day",
    )
    put(store, Sighting(twice, "table", 1))
    assert len(known(store)) == 4  # two fit: not guessed


def test_repeated_titles_on_other_days_stay_apart(store: Store) -> None:
    put(store, listed("100"), listed("200", at=DAY + timedelta(days=30)))
    assert [row["mid"] for row in known(store)] == ["100", "200"]


def test_an_account_known_by_name_is_adopted_by_its_biz(store: Store) -> None:
    put(
        store,
        Sighting(
            Article(
                account_name="半间厨房", title="旧表里的", published_at=DAY, time_precision="day"
            ),
            "table",
            1,
        ),
    )
    put(store, page())
    (account,) = store.accounts()
    assert (account["account_id"], account["user_name"]) == (BIZ, GH)
    assert {row["account_id"] for row in known(store)} == {account["account_pk"]}


def test_a_name_that_fits_two_accounts_is_not_guessed(store: Store) -> None:
    put(store, listed())
    other = Sighting(
        Article(biz="MzkwMDAwMDAwOQ==", mid="1", idx=1, account_name="半间厨房"), "album", 1
    )
    put(store, other)
    with store.writing() as writer:
        writer.put(
            writer.source("test", "t"),
            [
                Sighting(
                    Article(
                        account_name="半间厨房",
                        title="谁的",
                        published_at=DAY,
                        time_precision="day",
                    ),
                    "table",
                    1,
                )
            ],
        )
    assert writer.shared_names == {"半间厨房": 2}
    assert len(store.accounts()) == 3
    with pytest.raises(StoreError, match="3 个账号的名字"):
        store.find_accounts(["半间厨房"])


def test_two_accounts_that_turn_out_to_be_one_are_merged_with_their_articles(store: Store) -> None:
    by_gh = Article(
        user_name=GH, mid="100", idx=1, title="阳台收纳", published_at=DAY, time_precision="minute"
    )
    put(store, Sighting(by_gh, "table", 1))
    put(store, listed())
    assert len(known(store)) == 2
    put(store, page())
    assert len(known(store)) == 1
    assert [a["account_id"] for a in store.accounts()] == [BIZ]


def test_a_renamed_account_keeps_its_names_and_shows_the_newest(store: Store) -> None:
    old = Sighting(
        Article(biz=BIZ, mid="1", idx=1, published_at=DAY),
        "album",
        0,
        Account(biz=BIZ, name="旧厨房"),
    )
    new = Sighting(
        Article(biz=BIZ, mid="2", idx=1, published_at=DAY + timedelta(days=9)),
        "album",
        0,
        Account(biz=BIZ, name="新厨房"),
    )
    put(store, new, old)
    (account,) = store.accounts()
    assert (account["name"], account["names"]) == ("新厨房", ["新厨房", "旧厨房"])
    assert store.find_accounts(["旧厨房"]) == [account]


def test_a_link_without_an_account_waits_for_one(store: Store) -> None:
    put(store, Sighting(Article(token=TOKEN, url=f"https://mp.weixin.qq.com/s/{TOKEN}"), "url", 0))
    assert store.accounts() == []
    put(store, page())
    put(store, Sighting(Article(token=TOKEN, url=f"https://mp.weixin.qq.com/s/{TOKEN}"), "url", 0))
    (row,) = known(store)
    assert row["account_id"] == store.accounts()[0]["account_pk"]


def test_claims_taken_back_restore_what_they_had_overwritten(store: Store) -> None:
    put(store, listed())
    before = known(store)
    put(store, page())
    last = store.claims(1)[-1]
    with store.writing() as writer:
        writer.retract([last["claim_id"]])
    assert known(store) == before


def test_an_album_keeps_its_newest_claims(store: Store) -> None:
    with store.writing() as writer:
        source = writer.source("test", "t")
        writer.put_album(
            source,
            Album(album_id="9", title="好物", biz=BIZ, article_count=30),
            origin="album",
            seen_at=100_000,
        )
        writer.put_album(
            source, Album(album_id="9", article_count=12, numbered=True), origin="page", seen_at=5
        )
    (album,) = store.albums()
    assert (album["title"], album["article_count"], album["numbered"]) == ("好物", 30, True)


def test_an_album_that_many_pages_name_is_made_once(store: Store) -> None:
    made: list[str] = []
    event.listen(
        store.engine, "before_cursor_execute", lambda conn, cursor, text, *_: made.append(text)
    )
    with store.writing() as writer:
        for number in range(9):
            writer.put_album(
                writer.source("test", f"{number}"),
                Album(album_id="9", title="好物", article_count=number),
                origin="page",
                seen_at=number,
            )
    assert sum(text.startswith("INSERT INTO albums") for text in made) == 1
    assert [album["article_count"] for album in store.albums()] == [8]


def test_a_template_met_in_a_transaction_that_was_taken_back_leaves_nothing_wrong(
    store: Store,
) -> None:
    def of_template(name: str, number: int) -> RawPage:
        script = "".join(f"{name}{n}=function(){{return {n * n}}};" for n in range(2000))
        return RawPage(
            f"<html>{script}{number}</html>".encode(), "article", None, "fetched", number
        )

    def interrupted() -> None:
        with store.writing() as writer:
            writer.put_page(writer.source("test", "t"), of_template("a", 1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    pages = [of_template("b", 2), of_template("a", 3), of_template("a", 4), of_template("b", 5)]
    for page in pages:
        with store.writing() as writer:
            writer.put_page(writer.source("test", "t"), page)
    assert [page.raw for page in store.pages()] == [page.raw for page in pages]
    assert store.page_sizes()["stored_bytes"] < sum(len(page.raw) for page in pages) / 5


def test_midnight_in_beijing_is_kept_to_the_second(store: Store) -> None:
    at = datetime(2025, 6, 1, 0, 30, tzinfo=UTC) - timedelta(hours=8)
    put(store, listed(at=at))
    assert known(store)[0]["published_at"] == int(at.timestamp())


_MIDS = st.sampled_from(["1", "2", "3"])
_SIGHTINGS = st.lists(
    st.one_of(
        st.builds(lambda mid, idx: listed(mid, idx), _MIDS, st.integers(1, 2)),
        st.builds(lambda mid: page(mid, raw=f"<html>{mid}</html>".encode()), _MIDS),
        st.just(short()),
    ),
    max_size=6,
)


@law(40, _SIGHTINGS, st.integers(0, 6))
def test_one_batch_or_two_come_to_the_same(
    databases: Databases, sightings: list[Sighting], cut: int
) -> None:
    held = []
    for parts in ([sightings], [sightings[:cut], sightings[cut:]]):
        url = databases.fresh()
        with open_store(url, clock=lambda: 1.0) as store, store.writing() as writer:
            source = writer.source("test", "t")
            for part in parts:
                writer.put(source, part)
        with open_store(url, clock=lambda: 1.0) as again:
            held.append(
                sorted(
                    (row["mid"] or "", row["idx"] or 0, row["title"], row["status"], row["more"])
                    for row in again.articles()
                )
            )
    assert held[0] == held[1]


# database files and what can be wrong with them


def test_a_missing_store_is_made_only_when_asked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/place/x.sqlite3"
    with pytest.raises(StoreError, match="还没有存储"):
        open_store(url, create=False)
    with open_store(url):
        pass
    assert (tmp_path / "new/place/x.sqlite3").exists()


def test_a_store_of_a_newer_version_is_left_alone(databases: Databases) -> None:
    url = databases.fresh()
    with (
        open_store(url) as store,
        store.engine.connect().execution_options(writes=True) as conn,
        conn.begin(),
    ):
        conn.execute(update(schema.meta).where(schema.meta.c.key == "schema").values(value="99"))
    with pytest.raises(StoreError, match="升级 duibiao"):
        open_store(url)


def test_an_older_store_is_migrated_in_place(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = databases.fresh()
    with open_store(url) as store:
        put(store, listed())
    monkeypatch.setattr(schema, "SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    monkeypatch.setitem(
        schema.MIGRATIONS,
        schema.SCHEMA_VERSION - 1,
        lambda conn: conn.exec_driver_sql("ALTER TABLE articles ADD COLUMN colour TEXT"),
    )
    with open_store(url) as store:
        assert store.read_meta("schema") == str(schema.SCHEMA_VERSION)
        assert known(store)[0]["title"] == "阳台收纳"


def test_a_store_of_the_first_structure_gets_its_index(databases: Databases) -> None:
    url = databases.fresh()
    with open_store(url) as store:
        put(store, listed())
        with store.engine.connect().execution_options(writes=True) as conn, conn.begin():
            conn.exec_driver_sql("DROP INDEX ix_account_aliases_account_id")
            conn.execute(update(schema.meta).where(schema.meta.c.key == "schema").values(value="1"))
    with open_store(url) as store:
        assert [
            index["name"] for index in inspect(store.engine).get_indexes("account_aliases")
        ] == ["ix_account_aliases_account_id"]
        assert store.read_meta("schema") == "2"
        assert known(store)[0]["title"] == "阳台收纳"


def test_an_older_store_that_can_not_be_written_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/x.sqlite3"
    with open_store(url) as store:
        store.write_meta("schema", "1")
    monkeypatch.setattr("crawler.store.engines._lies_read_only", lambda _: True)
    with pytest.raises(StoreError, match=r"旧结构（1），打开时要改成 2，没有改成.*只读"):
        open_store(url, create=False)


@pytest.mark.parametrize(
    "content", [b"this is no database, it is a letter", b"SQLite format 3\0" + b"\x00" * 200]
)
def test_a_damaged_file_is_named_and_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.sqlite3"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"x\.sqlite3"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreError, match="别的程序"):
        open_store(f"sqlite:///{path}")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense", "存储地址"),
        ("sqlite:////proc/none/x.sqlite3", "建不了|打不开"),
        ("nosuch://host/db", "只能是 SQLite 或 PostgreSQL"),
    ],
)
def test_a_wrong_address_says_so(url: str, told: str) -> None:
    with pytest.raises(StoreError, match=told):
        open_store(url)


def test_a_locked_store_says_so_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.store.engines._BUSY_S", 0.2)
    url = f"sqlite:///{tmp_path}/x.sqlite3"
    with open_store(url) as store:
        put(store, listed())
        with closing(sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="占用"):
                put(store, listed("200"))
            other.execute("ROLLBACK")
        put(store, listed("200"))
        assert len(known(store)) == 2


def test_a_read_only_store_says_so_and_can_still_be_read(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/x.sqlite3") as store:
        put(store, listed())
        with store.engine.connect() as conn:
            conn.exec_driver_sql(
                "PRAGMA query_only=1"
            )  # what a file without write permission answers, for root too
            conn.rollback()
        with pytest.raises(StoreError, match="只读"):
            put(store, listed("200"))
        assert len(known(store)) == 1


def test_a_full_disk_says_so_and_loses_nothing(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/x.sqlite3") as store:
        put(store, listed())
        with store.engine.connect() as conn:
            pages = conn.exec_driver_sql("PRAGMA page_count").scalar()
        full = open_store(f"sqlite:///{tmp_path}/x.sqlite3")
        with full.engine.connect() as conn:
            conn.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # SQLite's own "disk is full"
            conn.rollback()
        with pytest.raises(StoreError, match="磁盘满了"):
            put(full, *[listed(str(n), title=f"第{n}篇" * 9) for n in range(3000)])
        full.close()
        assert len(known(store)) == 1


def test_a_failure_in_the_middle_leaves_the_store_as_it_was(store: Store) -> None:
    put(store, listed())
    before = known(store)

    def half_an_import() -> None:
        with store.writing() as writer:
            writer.put(writer.source("test", "t"), [listed("300"), page()])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half_an_import()
    assert known(store) == before
