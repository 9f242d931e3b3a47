"""What differs between SQLite and PostgreSQL: opening them, who may write when, and what their
errors mean. Tables are schema.py's.
"""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from crawler.errors import DuibiaoError

if TYPE_CHECKING:
    import psycopg

__all__ = ["StoreError", "explain", "make_engine", "set_up", "shown_url"]

_BUSY_S = 30.0
# a server takes writers in turn and knows when one is gone, so waiting for a large import is safe
_SERVER_BUSY_S = 600.0
_CONNECT_S = 10
_WRITERS = (
    0x64756962_69616F  # "duibiao": the lock that the writers of one PostgreSQL database share
)
_FORM = "写成 sqlite:///文件 或 postgresql+psycopg://用户:密码@主机:端口/库"


class StoreError(DuibiaoError, RuntimeError):
    """The store can't be opened, read or written; says what is wrong and what to do."""


def make_engine(url: str, *, create: bool) -> Engine:
    """An engine whose connections are set up for a store; `create` makes the folder of a new SQLite
    file.

    A transaction begun with the option `writes` waits for its turn to write; every other one sees
    the database as it was at its beginning, and only reads. Raises StoreError: not an address, no
    file there, no driver.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        _find_file(parsed, create=create)
        engine = (
            _create_read_only(parsed)
            if _lies_read_only(parsed)
            else _create(parsed, {"timeout": _BUSY_S})
        )
        _tune_sqlite(engine)
    elif parsed.get_backend_name() == "postgresql":
        engine = _create(parsed, {"connect_timeout": _CONNECT_S, "client_encoding": "utf8"})
        _tune_postgresql(engine)
    else:
        raise StoreError(f"存储只能是 SQLite 或 PostgreSQL，不能是 {shown_url(parsed)}：{_FORM}")
    return engine


def _parse(url: str) -> URL:
    """Never repeats what could not be read: a password may be in it."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(
            f"存储地址不对：{_FORM}；密码里有 @ : / 等符号的，写成 %40 这样的编码"
        ) from None
    return (
        parsed.set(drivername="postgresql+psycopg")
        if parsed.drivername in ("postgres", "postgresql")
        else parsed
    )


def _find_file(parsed: URL, *, create: bool) -> None:
    file = parsed.database
    if not file or file == ":memory:":
        raise StoreError(
            f"存储地址 {parsed.render_as_string()!r} 里没有文件，存了也留不下：写成 sqlite:///文件"
        )
    path = Path(file)
    if not path.exists() and not create:
        raise StoreError(f"还没有存储 {file}：先运行 duibiao import 或 duibiao collect")
    if path.is_dir():
        raise StoreError(f"{file} 是文件夹，不是存储文件")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"建不了存储所在的文件夹 {path.parent}：{error.strerror}") from None


def _create(parsed: URL, connect_args: dict[str, object]) -> Engine:
    try:
        return create_engine(
            parsed, connect_args=connect_args, pool_pre_ping=parsed.get_backend_name() != "sqlite"
        )
    except (NoSuchModuleError, ImportError) as error:
        raise StoreError(
            f"打不开 {shown_url(parsed)}：缺少驱动（{error}）；PostgreSQL 请安装 "
            "duibiao[postgres]，地址以 postgresql+psycopg:// 开头"
        ) from None


def _lies_read_only(parsed: URL) -> bool:
    """True for a file in a folder that can't be written: SQLite would fail to make the files it
    keeps beside a store, even to read it.
    """
    path = Path(str(parsed.database))
    return path.exists() and not os.access(path.absolute().parent, os.W_OK)


def _create_read_only(parsed: URL) -> Engine:
    """For reading only. What is not yet moved from the log beside the file is read where the log
    lies there; without one the file is all there is.
    """
    path = Path(str(parsed.database)).absolute()
    log = path.with_name(f"{path.name}-wal")
    how = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    return create_engine(
        parsed,
        creator=lambda: sqlite3.connect(
            f"{path.as_uri()}?{how}", uri=True, timeout=_BUSY_S, check_same_thread=False
        ),
    )


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = (
            None  # BEGIN is said below: writers must take the lock at once, or two of them deadlock
        )
        connection.execute(f"PRAGMA busy_timeout={int(_BUSY_S * 1000)}")
        connection.execute("PRAGMA cache_size=-65536")
        connection.execute(
            "PRAGMA synchronous=FULL"
        )  # what is committed outlives a power cut, not only a killed process

    @event.listens_for(engine, "begin")
    def begun(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if _writes(conn) else "BEGIN")


def _tune_postgresql(engine: Engine) -> None:
    """One writer at a time, as SQLite has it: writers never wait for each other's rows in turn, and
    what one looked up nobody changes before it writes.
    """

    from psycopg import IsolationLevel

    @event.listens_for(engine, "connect")
    def connected(connection: psycopg.Connection, _: object) -> None:
        connection.isolation_level, connection.read_only = (
            IsolationLevel.REPEATABLE_READ,
            True,
        )  # said with BEGIN

    @event.listens_for(engine, "begin")
    def begun(conn: Connection) -> None:
        if _writes(conn):
            conn.exec_driver_sql(
                "SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE"
            )  # sees what was written while it waited
            conn.exec_driver_sql(f"SET LOCAL lock_timeout = {int(_SERVER_BUSY_S * 1000)}")
            conn.exec_driver_sql(
                "SET LOCAL tcp_keepalives_idle = 60"
            )  # a machine that vanished must not keep its turn for hours
            conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def set_up(engine: Engine) -> None:
    """See that a new store can hold any text, and let a SQLite file be read while it is written to.
    Raises StoreError.
    """
    if engine.dialect.name == "sqlite":
        engine.raw_connection().cursor().execute(
            "PRAGMA journal_mode=WAL"
        )  # outside any transaction
        return
    with engine.connect() as conn:
        encoding = conn.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StoreError(
            f"存储 {shown_url(engine.url)} 的数据库编码是 {encoding}，放不下中文：用 createdb -E "
            "UTF8 -T template0 建一个"
        )


def _writes(conn: Connection) -> bool:
    return bool(conn.get_execution_options().get("writes"))


def shown_url(url: URL) -> str:
    """A store's address without its password, wherever it stands."""
    hidden = {
        key: "***" if "password" in key.lower() else value for key, value in url.query.items()
    }
    return url.set(query=hidden).render_as_string().replace("%2A%2A%2A", "***")


# what errors mean


_LOST = "与存储 {name} 的连接断了：已提交的都在，再运行一次即可"
_UNREACHABLE = "连不上存储 {name}：检查数据库是否在运行，主机和端口对不对"
_REFUSED = "存储 {name} 的用户名或密码不对"
_ASLEEP = "存储 {name} 的数据库正在启动、停止或恢复：过一会儿再运行"
_CROWDED = "存储 {name} 的数据库连接数满了：过一会儿再运行，或调大 max_connections"
_BUSY = "存储 {name} 被另一个进程占用超过 {busy} 秒：等它结束再运行"
_FULL = "写不进存储 {name}：磁盘满了；已存的都在，腾出空间再运行"
_READ_ONLY = "存储 {name} 是只读的：检查文件和文件夹的权限，是数据库的换成能写的主库"
_BY_STATE = {  # SQLSTATE: the words beside it may be in any language
    "08": _LOST,
    "28P01": _REFUSED,
    "28": "存储 {name} 的用户不能登录：检查用户名，和数据库的 pg_hba.conf",
    "3D000": "存储 {name} 里写的数据库还没有：先建一个，如 createdb -E UTF8 -T template0 库名",
    "25006": _READ_ONLY,
    "42501": (
        "存储 {name} 的用户没有权限：请让管理员把库的所有者设为它（ALTER DATABASE … OWNER TO …）"
    ),
    "53100": _FULL,
    "53300": _CROWDED,
    "55P03": _BUSY,
    "57P03": _ASLEEP,
    "57P": _LOST,
}
# SQLite's, and PostgreSQL's where a connection could not be made: those carry no SQLSTATE
_BY_WORDS = {
    "database is locked": _BUSY,
    "readonly": _READ_ONLY,
    "not a database": "{name} 不是存储文件，或已经损坏：换一个路径，或从备份恢复",
    "malformed": "存储 {name} 已损坏：从备份恢复；原文件没有被改动",
    "disk is full": _FULL,
    "disk i/o error": "读写存储 {name} 时磁盘出错：检查磁盘空间和权限",
    "unable to open": "打不开存储 {name}：检查路径和权限",
    "password authentication failed": _REFUSED,
    "no password supplied": (
        "存储 {name} 要密码：写在地址里，或放进 ~/.pgpass 或环境变量 PGPASSWORD"
    ),
    "no pg_hba.conf entry": _BY_STATE["28"],
    "authentication failed": _BY_STATE["28"],
    "role .* does not exist": _BY_STATE["28"],
    "database .* does not exist": _BY_STATE["3D000"],
    "permission denied for database": _BY_STATE["42501"],
    "too many (clients|connections)|connection slots": _CROWDED,
    "the database system is": _ASLEEP,
    "connection (to server .* )?failed|could not connect": _UNREACHABLE,
    "connection timeout|failed to resolve": _UNREACHABLE,
    "connection|terminating": _LOST,
}


def explain(error: Exception, name: str) -> str:
    """A database's error as one line that says what to do; `name` is the store's address as it may
    be shown.
    """
    orig = getattr(error, "orig", None) or error
    text = " ".join(str(orig).split())
    state = getattr(orig, "sqlstate", None) or ""
    explained = next((line for mark, line in _BY_STATE.items() if state.startswith(mark)), None)
    explained = explained or next(
        (line for mark, line in _BY_WORDS.items() if re.search(mark, text.lower())), None
    )
    if explained is None and isinstance(error, DBAPIError) and error.connection_invalidated:
        explained = _LOST
    if explained is not None:
        return explained.format(name=name, busy=f"{_SERVER_BUSY_S if state else _BUSY_S:.0f}")
    kind = type(error).__name__ if isinstance(error, DBAPIError) else "数据库错误"
    return f"存储 {name}：{text[:160]}（{kind}）"
