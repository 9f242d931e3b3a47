"""A real PostgreSQL server for tests: Debian's, in a folder and on a port of its own, reached from
this machine only and ended with the tests.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

__all__ = [
    "GUARDED",
    "PASSWORD",
    "Databases",
    "Server",
    "halt_server",
    "law",
    "restart_server",
    "shared_server",
    "start_server",
    "stop_server",
]

GUARDED, PASSWORD = "guarded", "geheim77"  # a user who must say a password
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "jit": "off",
    "autovacuum": "off",
}
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; the user `duibiao` may do anything and is trusted."""

    folder: Path
    port: int

    def url(self, database: str, *, user: str = "duibiao") -> str:
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    def ask(self, statement: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement outside any transaction."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="duibiao", dbname=database, autocommit=True
        ) as conn:
            done = conn.execute(statement)  # type: ignore[call-overload]  # written here, not given
            return done.fetchall() if done.description else []

    def fresh(self) -> str:
        """The address of an empty database of its own."""
        name = f"t{os.getpid()}_{next(_numbers)}"
        self.ask(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy")
        return self.url(name)

    def drop(self, url: str) -> None:
        self.ask(f"DROP DATABASE IF EXISTS {url.rsplit('/', 1)[1]} WITH (FORCE)")


def _binaries() -> Path:
    """Where Debian keeps PostgreSQL's programs, which are on nobody's path."""
    programs = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if not programs or int(programs[-1].parts[-3]) < 15:
        pytest.skip("PostgreSQL 15 or newer is not here (apt-get install postgresql)")
    return programs[-1].parent


def _run(*command: str | Path, folder: Path) -> None:
    """Run as a user of its own where these tests run as root, whom PostgreSQL refuses."""
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = next(
            pwd.getpwnam(name)
            for name in ("postgres", "nobody")
            if name in {entry.pw_name for entry in pwd.getpwall()}
        )
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(folder, user.pw_uid, user.pw_gid)
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        **who,
    )
    log = folder / "log"
    assert done.returncode == 0, done.stdout + (
        log.read_text(encoding="utf-8") if log.exists() else ""
    )


def start_server(port: int | None = None) -> Server:
    """A new server, whose own language orders text otherwise than its bytes do."""
    programs, folder = _binaries(), Path(tempfile.mkdtemp(prefix="duibiao-pg."))
    language = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh-CN")
    _run(
        programs / "initdb",
        "-D",
        folder / "data",
        "-U",
        "duibiao",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-sync",
        *language,
        folder=folder,
    )
    rules = folder / "data" / "pg_hba.conf"
    rules.write_text(
        f"host all {GUARDED} 127.0.0.1/32 scram-sha-256\n" + rules.read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    server = Server(folder, port or _free_port())
    restart_server(server)
    server.ask(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
    return server


def restart_server(server: Server) -> None:
    """Start a server, for the first time or again."""
    options = {
        **_FAST,
        "port": server.port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": server.folder,
    }
    settings_text = " ".join(f"-c {name}={value}" for name, value in options.items())
    _run(
        _binaries() / "pg_ctl",
        "-D",
        server.folder / "data",
        "-l",
        server.folder / "log",
        "-o",
        settings_text,
        "-w",
        "start",
        folder=server.folder,
    )


def halt_server(server: Server) -> None:
    """Stop a server as a machine that goes down does, without waiting for anybody; its databases
    stay.
    """
    _run(
        _binaries() / "pg_ctl",
        "-D",
        server.folder / "data",
        "-m",
        "immediate",
        "-w",
        "stop",
        folder=server.folder,
    )


def stop_server(server: Server) -> None:
    """Stop a server and remove all it had."""
    if (server.folder / "data" / "postmaster.pid").exists():
        halt_server(server)
    shutil.rmtree(server.folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def shared_server(base: Path) -> Iterator[Server]:
    """One server for all processes that ask with the same folder: the first starts it, the last to
    leave stops it.
    """
    note, lock = base / "postgres.json", FileLock(base / "postgres.lock")
    with lock:
        current = json.loads(note.read_text(encoding="utf-8")) if note.exists() else None
        server = Server(Path(current["folder"]), current["port"]) if current else start_server()
        _note(note, server, {*(current["users"] if current else ()), os.getpid()})
        if not current:
            subprocess.run(
                ["setsid", "-f", sys.executable, __file__, base, server.folder, str(server.port)],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
    try:
        yield server
    finally:
        with lock:
            if users := _alive(note) - {os.getpid()}:
                _note(note, server, users)
            else:
                note.unlink()
                stop_server(server)


def _alive(note: Path) -> set[int]:
    """Who of those that asked is still there."""
    users = json.loads(note.read_text(encoding="utf-8"))["users"] if note.exists() else ()
    return {pid for pid in users if Path(f"/proc/{pid}").exists()}


def _guard(base: Path, server: Server) -> None:
    """Stop the server when all who asked for it are gone without a word: tests that were killed
    leave none behind.
    """
    while server.folder.exists():
        time.sleep(1)
        if _alive(base / "postgres.json"):
            continue
        with FileLock(base / "postgres.lock") if base.exists() else nullcontext():
            if server.folder.exists() and not _alive(base / "postgres.json"):
                (base / "postgres.json").unlink(missing_ok=True)
                stop_server(server)


def _note(note: Path, server: Server, users: set[int]) -> None:
    note.write_text(
        json.dumps({"folder": str(server.folder), "port": server.port, "users": sorted(users)}),
        encoding="utf-8",
    )


@dataclass(slots=True)
class Databases:
    """Addresses of empty stores of one kind: sqlite or postgresql."""

    kind: str
    folder: Path
    server: Server | None = None
    urls: list[str] = field(default_factory=list)

    def fresh(self) -> str:
        """The address of a new one."""
        url = (
            self.server.fresh()
            if self.server
            else f"sqlite:///{self.folder}/s{next(_numbers)}.sqlite3"
        )
        self.urls.append(url)
        return url

    def drop(self) -> None:
        """Remove those that a server holds; files go with their folder."""
        for url in self.urls:
            if self.server:
                self.server.drop(url)
        self.urls.clear()


def law(examples: int, *strategies: st.SearchStrategy[Any], shrink: bool = True) -> Any:
    """A property of stores, checked on as many examples on SQLite, and on few on PostgreSQL, where
    a database takes longer to make.
    """

    def make(check: Any) -> Any:
        def test(databases: Databases) -> None:
            def check_example(drawn: tuple[Any, ...]) -> None:
                check(databases, *drawn)
                databases.drop()

            count = examples if databases.kind == "sqlite" else max(4, examples // 12)
            quiet = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
            phases = [Phase.explicit, Phase.generate, *([Phase.shrink] if shrink else [])]
            drawing = given(drawn=st.tuples(*strategies))(check_example)
            settings(
                max_examples=count,
                deadline=None,
                database=None,
                phases=phases,
                suppress_health_check=quiet,
            )(drawing)()

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return make


if __name__ == "__main__":
    _guard(Path(sys.argv[1]), Server(Path(sys.argv[2]), int(sys.argv[3])))
