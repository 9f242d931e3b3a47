"""PostgreSQL as the store: several processes at once, lost connections, wrong addresses, and the
same figures as from SQLite to the byte.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from analysis.cli import main
from crawler.importer import import_files
from crawler.records import Account, Album, Article
from crawler.replica.server import Trouble, serve
from crawler.store import Store, StoreError, open_store
from crawler.store import schema as t
from crawler.store.claims import Sighting
from crawler.store.engines import explain
from crawler.store.raw_pages import RawPage
from tests.support.files_to_import import save_pages, save_table
from tests.support.places import ROOT
from tests.support.postgres import (
    GUARDED,
    PASSWORD,
    Server,
    halt_server,
    restart_server,
    shared_server,
)
from tests.support.small_site import BIZ, accounts_file, small_site

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    """The address of an empty database."""
    url = postgres.fresh()
    yield url
    postgres.drop(url)


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run the command in this process, in an empty folder, with nobody's passwords at hand."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "PGPASSFILE": "/nonexistent",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "COLUMNS": "200",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PGPASSWORD", raising=False)

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["duibiao", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return subprocess.CompletedProcess(
            arguments, int(ended.value.code or 0), *capsys.readouterr()
        )

    return run


def start(folder: Path, url: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """The command in a process of its own, not waited for."""
    env = {
        **os.environ,
        "DUIBIAO_STORE": url,
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }
    command = [sys.executable, "-m", "analysis.cli", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    """The one line an expected failure says."""
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    (line,) = done.stderr.splitlines()
    return line


# what one database takes and the other would not


def test_text_of_any_kind_is_held_as_in_sqlite(store: Store) -> None:
    long, odd = "长" * 5000, "零\0字符 😀 '引号\\"
    url = "https://mp.weixin.qq.com/s?" + "".join(chr(97 + n * 7 % 26) for n in range(4000))
    article = Article(
        biz=BIZ,
        mid="9" * 20,
        idx=1,
        title=odd,
        digest=long,
        author="a\0b",
        account_name=long,
        user_name="gh_" + "x" * 900,
        url=url,
    )
    page = RawPage(b"<html>\0</html>", "article", url, "fetched", 3)
    with store.writing() as writer:
        source = writer.source("test", f"{odd}{long}", permission=odd)
        writer.put(source, [Sighting(article, "page", 1, None, page, odd)])
        writer.put_album(
            source,
            Album(album_id="1" * 40, title=odd, article_count=10**15, reads=10**15),
            origin="album",
            seen_at=2,
        )
        writer.put_account(source, Account(name=long + "二"), origin="table", seen_at=2)
    (row,) = store.articles()
    assert (row["title"], row["digest"], row["author"], row["url"]) == (
        "零字符 😀 '引号\\",
        long,
        "ab",
        url,
    )
    assert list(store.bodies()) == [(1, odd)]
    assert [(held.url, held.raw) for held in store.pages()] == [(url, page.raw)]
    assert store.albums()[0]["article_count"] == 10**15
    assert [a["name"] for a in store.accounts()] == [
        long + "二"
    ]  # one name as far as a key reaches


def test_text_is_ordered_by_its_bytes_whatever_the_servers_language(store: Store) -> None:
    words = ["b", "a", "B", "阿", "中", "_", "Z", "é", "😀", "1", "10", "2"]
    with store.writing() as writer:
        for word in words:
            writer.put_album(
                writer.source("test", "t"), Album(album_id=word), origin="album", seen_at=1
            )
    assert [album["album_id"] for album in store.albums()] == sorted(
        words, key=lambda word: word.encode()
    )


def test_what_is_missing_comes_first_as_in_sqlite(store: Store) -> None:
    some = [Article(biz=BIZ, mid=mid, idx=1, title=f"第{mid}") for mid in ("3", "1")] + [
        Article(biz=BIZ, title="没有编号", url="https://mp.weixin.qq.com/s/x")
    ]
    with store.writing() as writer:
        writer.put(writer.source("test", "t"), [Sighting(article, "table", 1) for article in some])
    assert [row["mid"] for row in store.articles()] == [None, "1", "3"]


def test_more_numbers_than_a_statement_takes_parameters(store: Store) -> None:
    with store.writing() as writer:
        writer.put(
            writer.source("test", "t"),
            [Sighting(Article(biz=BIZ, mid="1", idx=1, title="一"), "table", 1)],
        )
    assert len(list(store.articles(accounts=range(100_000)))) == 1
    assert list(store.observations(accounts=range(100_000))) == []


def test_a_count_is_taken_by_one_only(store: Store) -> None:
    assert [store.count_up("requests", limit=2) for _ in range(3)] == [True, True, False]
    assert store.read_meta("requests") == "2"


def test_reading_sees_the_store_as_it_was_at_the_beginning(store: Store) -> None:
    def put(mid: str) -> None:
        with store.writing() as writer:
            writer.put(
                writer.source("test", "t"),
                [Sighting(Article(biz=BIZ, mid=mid, idx=1, title=mid), "table", 1)],
            )

    put("1")
    rows = store.articles()
    assert next(rows)["mid"] == "1"
    put("2")
    assert list(rows) == []
    assert [row["mid"] for row in store.articles()] == ["1", "2"]


# several processes at once


def test_two_crawls_and_an_import_at_once_come_to_everything_once(
    database: str, tmp_path: Path
) -> None:
    wanted, files = (
        accounts_file(tmp_path),
        [save_table(tmp_path / f"{n}.csv", 1500, account=n) for n in (11, 12)],
    )
    with serve(small_site(), trouble=Trouble(slow_s=0.01)) as replica:
        crawl = ("collect", wanted, "--base-url", replica.url, "--delay", "0")
        running = [
            start(tmp_path, database, *crawl),
            start(tmp_path, database, *crawl),
            *(start(tmp_path, database, "import", *files) for _ in range(2)),
        ]
        ended = [one.communicate(timeout=240) for one in running]
    assert [one.returncode for one in running] == [0, 0, 0, 0], ended
    with open_store(database, create=False) as store:
        rows, sources = list(store.articles()), store.sources()
        with store.engine.connect() as conn:
            counts = conn.execute(select(t.observations)).all()
            claims = conn.execute(
                select(
                    t.claims.c.article_id, t.claims.c.source_id, t.claims.c.origin, t.claims.c.said
                )
            ).all()
    assert Counter(row["status"] for row in rows) == {"fetched": 46, "listed": 3000}
    assert len({(row["account_id"], row["mid"], row["idx"]) for row in rows}) == 3046
    assert Counter(source["kind"] for source in sources) == {"table": 2, "crawl": 1}
    assert len(counts) == 3000
    assert len(set(claims)) == len(claims)
    assert len({row["article_id"] for row in rows}) == 3046


def test_a_new_store_made_by_several_at_once_is_made_once(database: str, tmp_path: Path) -> None:
    path = save_table(tmp_path / "a.csv", 10)
    running = [start(tmp_path, database, "import", path) for _ in range(4)]
    ended = [one.communicate(timeout=120) for one in running]
    assert [one.returncode for one in running] == [0] * 4, ended
    with open_store(database, create=False) as store:
        assert (len(list(store.articles())), len(store.sources())) == (10, 1)


def test_who_waits_too_long_for_another_writer_says_so_and_loses_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.store.engines._SERVER_BUSY_S", 0.2)
    with open_store(database) as one, open_store(database) as other:
        with one.writing() as writer:
            writer.source("test", "t")
            with pytest.raises(StoreError, match="占用"):
                other.write_meta("a", "1")
        other.write_meta("a", "1")
        assert (len(other.sources()), one.read_meta("a")) == (1, "1")


# lost connections


def test_a_connection_lost_in_the_middle_is_one_line_and_nothing_acknowledged_is_lost(
    postgres: Server, database: str, tmp_path: Path
) -> None:
    small, large = (
        save_table(tmp_path / "1.csv", 20),
        save_table(tmp_path / "2.csv", 60_000, account=2),
    )
    running = start(tmp_path, database, "import", small, large)
    name = database.rsplit("/", 1)[1]
    made, writing = (
        "SELECT to_regclass('articles') IS NOT NULL",
        f"SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = '{name}' AND wait_event IS "
        "NULL",
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        kept = postgres.ask(made, database=name) == [(True,)] and postgres.ask(
            "SELECT count(*) FROM articles", database=name
        ) == [(20,)]
        if kept and postgres.ask(f"{writing} AND query LIKE 'INSERT INTO %'") == [
            (True,)
        ]:  # the first file is acknowledged, the second on its way
            break
        time.sleep(0.02)
    postgres.ask(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    out, err = running.communicate(timeout=60)
    assert running.returncode == 1, (out, err)
    assert [line for line in err.splitlines() if "错误" in line] == [
        f"错误：与存储 {database} 的连接断了：已提交的都在，再运行一次即可"
    ]
    assert "Traceback" not in err
    with open_store(database, create=False) as store:
        assert len(list(store.articles())) == 20
        assert [source["note"]["rows"] for source in store.sources()] == [20]
        assert all(report.error is None for report in import_files(store, [small]))


def test_a_server_that_goes_down_in_a_crawl_ends_it_clearly_and_the_next_run_goes_on(
    tmp_path: Path,
) -> None:
    with shared_server(tmp_path) as server:
        url = server.fresh()
        wanted = accounts_file(tmp_path)
        with serve(small_site(), trouble=Trouble(slow_s=0.02)) as replica:
            crawl = ("collect", wanted, "--base-url", replica.url, "--delay", "0")
            running = start(tmp_path, url, *crawl)
            deadline = time.monotonic() + 60
            while len(replica.requests) < 15 and time.monotonic() < deadline:
                time.sleep(0.01)
            halt_server(server)
            out, err = running.communicate(timeout=60)
            assert running.returncode == 1, (out, err)
            last = err.splitlines()[-1]
            assert url in last
            assert "连" in last
            assert "Traceback" not in err
            again = start(tmp_path, url, *crawl)
            assert "连不上" in again.communicate(timeout=60)[1].splitlines()[-1]
            assert again.returncode == 1
            restart_server(server)
            with open_store(url, create=False) as store:
                before = sum(row["status"] == "fetched" for row in store.articles())
            asked = len(replica.requests)
            last_run = start(tmp_path, url, *crawl)
            assert last_run.communicate(timeout=120)[1] is not None
            assert last_run.returncode == 0
            assert (
                len([path for path in replica.requests[asked:] if path.startswith("/s")])
                == 46 - before
            )
        with open_store(url, create=False) as store:
            assert Counter(row["status"] for row in store.articles()) == {"fetched": 46}


def test_a_store_goes_on_by_itself_once_its_server_is_back(postgres: Server, database: str) -> None:
    with open_store(database) as store:
        store.write_meta("a", "1")
        postgres.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
            f"'{database.rsplit('/', 1)[1]}'"
        )
        assert store.read_meta("a") == "1"


def test_reading_that_breaks_off_says_so(postgres: Server, database: str, tmp_path: Path) -> None:
    with open_store(database) as store:
        assert all(
            report.error is None
            for report in import_files(store, [save_table(tmp_path / "a.csv", 12_000)])
        )
        rows = store.articles()
        next(rows)
        postgres.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
            f"'{database.rsplit('/', 1)[1]}'"
        )
        with pytest.raises(StoreError, match="连接断了"):
            list(rows)


# addresses


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql+psycopg://duibiao@127.0.0.1:{port}/nothere", "还没有"),
        ("postgresql+psycopg://nobody@127.0.0.1:{port}/postgres", "不能登录"),
        ("postgresql+psycopg://{guarded}:wrong77@127.0.0.1:{port}/postgres", "用户名或密码不对"),
        ("postgresql+psycopg://{guarded}@127.0.0.1:{port}/postgres", "要密码"),
        ("postgresql+psycopg://duibiao:geheim77@127.0.0.1:1/postgres", "连不上"),
        ("postgresql+psycopg://duibiao:geheim77@host.invalid:5432/postgres", "连不上"),
        ("postgresql+psycopg://duibiao:geheim77@/postgres?host=/nowhere", "连不上"),
        ("postgresql+psycopg://127.0.0.1:1/postgres?password=geheim77", "连不上"),
        ("postgresql+psycopg://duibiao:geheim77@127.0.0.1:geheim/x", "地址不对"),
        ("postgresql+psycopg:duibiao:geheim77@127.0.0.1", "地址不对"),
        ("mysql://duibiao:geheim77@127.0.0.1/x", "只能是 SQLite 或 PostgreSQL"),
    ],
)
def test_a_wrong_address_is_one_line_without_the_password(
    postgres: Server, command: Command, address: str, told: str
) -> None:
    done = command("status", "--store", address.format(port=postgres.port, guarded=GUARDED))
    assert told in only_line(done)
    assert not any(secret in done.stdout + done.stderr for secret in ("geheim", "wrong77"))


def test_a_password_is_shown_nowhere(
    postgres: Server, database: str, command: Command, tmp_path: Path
) -> None:
    postgres.ask(f"ALTER DATABASE {database.rsplit('/', 1)[1]} OWNER TO {GUARDED}")
    url = (
        f"postgresql://{GUARDED}:{PASSWORD}@127.0.0.1:{postgres.port}/{database.rsplit('/', 1)[1]}"
    )
    some = (
        ("import", save_table(tmp_path / "a.csv", 40)),
        ("import", "nothing.csv"),
        ("status",),
        ("columns", "-o", "columns.csv"),
        ("imports",),
    )
    told = [command(*one, "--store", url) for one in some]
    assert [done.returncode for done in told] == [0, 1, 0, 0, 0], [done.stderr for done in told]
    assert not any(PASSWORD in done.stdout + done.stderr for done in told)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 1
    assert not any(
        PASSWORD.encode() in path.read_bytes() or PASSWORD in path.name for path in written
    )
    with open_store(url, create=False) as store:
        assert PASSWORD not in store.name
        with store.engine.connect() as conn:
            assert not any(
                PASSWORD in repr(conn.execute(table_.select()).all())
                for table_ in t.metadata.sorted_tables
            )


def test_a_user_without_rights_and_an_empty_database_are_told(
    database: str, command: Command
) -> None:
    assert "还没有存储" in only_line(command("status", "--store", database))
    url = database.replace("duibiao@", f"{GUARDED}:{PASSWORD}@")
    with pytest.raises(StoreError, match="没有权限"):
        open_store(url)


def test_another_programs_database_and_another_encoding_are_left_alone(
    postgres: Server, database: str
) -> None:
    postgres.ask("CREATE TABLE recipes (name text)", database=database.rsplit("/", 1)[1])
    with pytest.raises(StoreError, match="别的程序"):
        open_store(database)
    postgres.ask(
        "CREATE DATABASE latin ENCODING latin1 LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' "
        "TEMPLATE template0"
    )
    with pytest.raises(StoreError, match="编码是 LATIN1"):
        open_store(postgres.url("latin"))
    postgres.drop(postgres.url("latin"))


def test_a_full_disk_and_a_full_server_are_told_by_their_state(database: str) -> None:
    with open_store(database) as store, store.engine.connect() as conn:
        for state, told in (
            ("53100", "磁盘满了"),
            ("53300", "连接数满了"),
            ("57P03", "正在启动"),
            ("25006", "只读"),
        ):
            with pytest.raises(DBAPIError) as caught:
                conn.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"))
            conn.rollback()
            assert told in explain(caught.value, store.name)


# the same figures


@pytest.mark.parametrize("asked", ["articles", "columns --articles", "cadence", "layout", "status"])
def test_figures_from_postgresql_are_those_from_sqlite_to_the_byte(
    both: tuple[str, str], command: Command, asked: str
) -> None:
    one, other = (command(*asked.split(), "--format", "csv", "--store", url) for url in both)
    assert (one.returncode, other.returncode) == (0, 0), one.stderr + other.stderr
    assert len(one.stdout.splitlines()) > 3
    assert one.stdout == other.stdout


@pytest.fixture(scope="module")
def both(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Two stores that took the same files: one SQLite, one PostgreSQL."""
    folder = tmp_path_factory.mktemp("both")
    files = [save_pages(folder / "pages", accounts=3, pages=100), save_table(folder / "a.csv", 400)]
    urls = (f"sqlite:///{folder}/s.sqlite3", postgres.fresh())
    for url in urls:
        with open_store(url, clock=lambda: 1_780_000_000.0) as store:
            assert all(report.error is None for report in import_files(store, files))
    yield urls
    postgres.drop(urls[1])
