"""Analyses on a real Dask cluster: a scheduler and two workers in processes of their own. What they
say is what one machine says, to the byte.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest
from distributed import Client
from s3fs import S3FileSystem

from analysis.cli import main
from analysis.compute.cluster import ClusterError, load_partition, on_cluster, save_partition
from analysis.compute.parallel import balance, current_executor, parallel_map
from analysis.frames import fill_column, load_articles
from crawler.importer import import_files
from crawler.store import open_store
from tests.support.failing import fail_with
from tests.support.files_to_import import save_pages, save_table
from tests.support.places import ROOT
from tests.support.postgres import GUARDED, PASSWORD, Server

Say = Callable[..., str]


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def start(*command: str, log: Path) -> subprocess.Popen[bytes]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with log.open("ab") as told:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=log.parent,
            env=env,
            stdout=told,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end(running: subprocess.Popen[bytes]) -> None:
    """A process and those it started, if it has not ended by itself."""
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing answers at {port}")


@contextmanager
def running_scheduler(folder: Path) -> Iterator[str]:
    """The address of a scheduler that writes into this folder."""
    port = free_port()
    started = start(
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-dashboard",
        log=folder / "scheduler.log",
    )
    try:
        wait_for(port)
        yield f"tcp://127.0.0.1:{port}"
    finally:
        end(started)


@contextmanager
def running_workers(
    folder: Path, address: str, count: int
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers of the scheduler at this address, that nobody starts again."""
    options = ("--nthreads", "1", "--no-dashboard", "--no-nanny", "--local-directory", str(folder))
    started = [
        start("distributed.cli.dask_worker", address, *options, log=folder / "worker.log")
        for _ in range(count)
    ]
    try:
        yield started
    finally:
        for one in started:
            end(one)


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What leads to an S3 of one's own, with a bucket called parts."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    leads = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in leads.items():
            patch.setenv(name, value)
        S3FileSystem().mkdir("parts")
        yield leads
    server.stop()


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the cluster writes."""
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def cluster(logs: Path, s3: dict[str, str]) -> Iterator[str]:
    """The address of a cluster with two workers."""
    with running_scheduler(logs) as address, running_workers(logs, address, 2):
        yield address


@pytest.fixture(scope="module")
def stores(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A SQLite and a PostgreSQL store that took the same files."""
    folder = tmp_path_factory.mktemp("stores")
    name = postgres.fresh().rsplit("/", 1)[1]
    postgres.ask(f"ALTER DATABASE {name} OWNER TO {GUARDED}")
    urls = {
        "sqlite": f"sqlite:///{folder}/s.sqlite3",
        "postgresql": f"postgresql+psycopg://{GUARDED}:{PASSWORD}@127.0.0.1:{postgres.port}/{name}",
    }
    files = [
        save_pages(folder / "pages", accounts=3, pages=60),
        *(save_table(folder / f"{n}.csv", 120, account=n) for n in range(10, 14)),
    ]
    for url in urls.values():
        with open_store(url, clock=lambda: 1_780_000_000.0) as store:
            assert all(report.error is None for report in import_files(store, files))
    yield urls
    postgres.drop(postgres.url(name))


@pytest.fixture
def say(
    stores: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Say:
    """Run a command in this process, with nothing kept from before; what it says on stdout, or on
    stderr where it is to fail.
    """

    def run(*arguments: str, code: int = 0) -> str:
        shutil.rmtree(f"{stores['sqlite'].removeprefix('sqlite:///')}.cache", ignore_errors=True)
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setattr(sys, "argv", ["duibiao", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        assert int(ended.value.code or 0) == code, err
        return err if code else out

    return run


@pytest.fixture(scope="module")
def alone() -> dict[str, str]:
    """What one machine says, by command: the same for both stores."""
    return {}


def steps(address: str) -> int:
    """How much the scheduler has seen."""
    with Client(address, set_as_default=False) as client:
        return int(
            client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.transition_counter)
        )


@pytest.mark.parametrize(
    ("kind", "where", "asked"),
    [
        *(
            ("postgresql", None, asked)
            for asked in ("columns --articles", "purpose", "titles", "cadence", "layout")
        ),
        ("postgresql", "s3://parts/pg", "columns --articles"),
        ("sqlite", "s3://parts/lite", "columns --articles"),
        ("sqlite", "s3://parts/lite", "layout"),
        ("sqlite", "folder", "layout"),
    ],
)
def test_a_cluster_says_what_one_machine_says(
    cluster: str,
    stores: dict[str, str],
    say: Say,
    alone: dict[str, str],
    tmp_path: Path,
    kind: str,
    where: str | None,
    asked: str,
) -> None:
    command = [*asked.split(), "--format", "csv", "--store", stores[kind]]
    if asked not in alone:
        alone[asked] = say(*command)
    before = steps(cluster)
    partitions = (
        ["--partitions", str(tmp_path / "parts") if where == "folder" else where] if where else []
    )
    assert say(*command, "--cluster", cluster, *partitions) == alone[asked]
    assert len(alone[asked].splitlines()) > 3
    assert steps(cluster) > before + 5
    if where == "folder":
        assert list((tmp_path / "parts").iterdir()) == []
    elif where:
        assert S3FileSystem(use_listings_cache=False).find("parts") == []


def test_a_worker_killed_in_the_middle_changes_nothing(
    cluster: str, stores: dict[str, str], say: Say, alone: dict[str, str], tmp_path: Path
) -> None:
    command = ("columns", "--articles", "--format", "csv", "--store", stores["postgresql"])
    expected = alone.get("columns --articles") or say(*command)
    with (
        running_workers(tmp_path, cluster, 1) as (third,),
        Client(cluster, set_as_default=False) as client,
    ):
        client.wait_for_workers(3, timeout=120)
        (its_name,) = (name for name, pid in client.run(os.getpid).items() if pid == third.pid)

        def kill_when_busy() -> None:
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline and third.poll() is None:
                if client.processing().get(its_name):
                    third.kill()

        killing = Thread(target=kill_when_busy)
        killing.start()
        assert say(*command, "--cluster", cluster) == expected
        killing.join()
        assert third.wait() == -signal.SIGKILL


def test_no_password_reaches_what_dask_writes(
    cluster: str, logs: Path, stores: dict[str, str], say: Say
) -> None:
    say("layout", "--format", "csv", "--store", stores["postgresql"], "--cluster", cluster)
    with on_cluster(cluster), pytest.raises(ZeroDivisionError):
        parallel_map(partial(fail_with, stores["postgresql"]), [1, 2])
    written = "".join(path.read_text(encoding="utf-8") for path in logs.glob("*.log"))
    assert "fail_with" in written  # Dask tells what failed, with its arguments
    assert PASSWORD not in written


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tcp://127.0.0.1:1", "连不上 Dask 集群 tcp://127.0.0.1:1"),
        ("127.0.0.1:8786", "不是 Dask 集群的地址"),
        ("tcp://host.invalid:8786", "连不上"),
    ],
)
def test_a_cluster_that_is_not_there_is_one_line(
    stores: dict[str, str], say: Say, monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    monkeypatch.setattr("analysis.compute.cluster._CONNECT_S", 0.5)
    (line,) = say(
        "columns", "--store", stores["postgresql"], "--cluster", address, code=1
    ).splitlines()
    assert told in line


def test_a_cluster_without_workers_and_a_file_no_worker_reads_are_one_line(
    stores: dict[str, str], say: Say, monkeypatch: pytest.MonkeyPatch, cluster: str, tmp_path: Path
) -> None:
    monkeypatch.setattr("analysis.compute.cluster._CONNECT_S", 2)
    with running_scheduler(tmp_path) as address:
        (line,) = say(
            "columns", "--store", stores["postgresql"], "--cluster", address, code=1
        ).splitlines()
    assert "没有 worker" in line
    assert "--partitions" in say(
        "columns", "--store", stores["sqlite"], "--cluster", cluster, code=2
    )
    (line,) = say(
        "columns",
        "--store",
        stores["sqlite"],
        "--cluster",
        cluster,
        "--partitions",
        "s3://nothere/x",
        code=1,
    ).splitlines()
    assert "读写不了 s3://nothere/x" in line


def test_workers_with_other_code_are_refused(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.compute.cluster._code", lambda: "another")
    with on_cluster(cluster), pytest.raises(ClusterError, match="不是同一版"):
        parallel_map(str, [1, 2])


def test_a_partition_comes_back_as_it_was(
    stores: dict[str, str], s3: dict[str, str], tmp_path: Path
) -> None:
    with open_store(stores["sqlite"], create=False) as store:
        articles = load_articles(store)
    odd = articles.iloc[5:9].assign(
        albums=fill_column([["一", "二"], [], ["三"], ["四", "五"]], "object").set_axis(range(5, 9))
    )
    for frame in (articles, articles.iloc[:0], odd):
        for url in (f"{tmp_path}/deep/x.parquet", "s3://parts/x.parquet"):
            save_partition(frame, url)
            pd.testing.assert_frame_equal(load_partition(url), frame)
    S3FileSystem().rm("parts/x.parquet")


def test_parts_come_back_in_their_order(cluster: str) -> None:
    assert not current_executor().far
    with on_cluster(cluster):
        assert current_executor().far
        assert parallel_map(str, range(30)) == [str(n) for n in range(30)]
        assert sorted(
            name for part in balance(dict.fromkeys("abcdefghijklmnop", 3)) for name in part
        ) == list("abcdefghijklmnop")
