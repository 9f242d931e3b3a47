"""What every test may ask for: the shared real pages (skipped where they are not), a store in a
folder of its own, the command.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from crawler.store import Store, open_store
from tests.support.browser import browser, chromium, visit  # noqa: F401  (fixtures)
from tests.support.command import Run
from tests.support.places import ROOT, SHARED
from tests.support.postgres import Databases, Server, shared_server
from tests.support.preloaded import Preloaded

settings.register_profile("shared machines", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("shared machines")
_IN_MEMORY = Path("/dev/shm")
_ENOUGH = 4 * 2**30
LONGEST = (  # by path below tests
    "analysis/test_demo",
    "crawler/test_run",
    "test_notebooks",
    "analysis/brief/test_page",
    "analysis/layout/body/test_profile_browser",
    "crawler/store/test_retraction",
    "crawler/store/test_commuting",
    "crawler/test_importer",
    "crawler/test_real_sets",
    "analysis/test_cli",
    "analysis/commands/test_watch",
    "analysis/watch/test_run",
    "crawler/formats/test_table",
    "analysis/brief/test_engagement",
    "analysis/brief/test_advice",
    "analysis/brief/test_exports",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the golden records again instead of comparing with them",
    )


def pytest_configure() -> None:
    """Stores are written to memory where there is enough: a disk makes every one wait a tenth of a
    second for its first table.
    """
    if _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest go first, so that no worker is left alone with one at the end;
    the demo's second user comes when it is made.
    """
    order = {name: number for number, name in enumerate(LONGEST)}
    tests = ROOT / "tests"
    items.sort(
        key=lambda item: order.get(
            item.path.relative_to(tests).with_suffix("").as_posix(), len(order)
        )
    )


@pytest.fixture(scope="session")
def shared_pages() -> Path:
    """Real saved pages; third parties' text, so they are not in the repository."""
    folder = SHARED / "pages"
    if not folder.is_dir():
        pytest.skip("real pages (../shared/pages) are not here")
    return folder


@pytest.fixture(scope="session")
def sets() -> Path:
    """Real histories, feeds and lists; third parties' text, so they are not in the repository."""
    folder = SHARED / "sets"
    if not folder.is_dir():
        pytest.skip("real sets (../shared/sets) are not here")
    return folder


@pytest.fixture(scope="session")
def imported_pages(
    shared_pages: Path, preloaded: Preloaded, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """`duibiao import` of the real pages, run once for all workers: the store's file,
    to be copied.
    """
    file = _shared_folder(tmp_path_factory) / "shared-pages.sqlite3"
    with FileLock(file.with_suffix(".lock")):
        if not (done := file.with_suffix(".done")).exists():
            around = {**os.environ, "DUIBIAO_STORE": f"sqlite:///{file}", "NO_COLOR": "1"}
            ran = preloaded.run(
                ["import", str(shared_pages)],
                cwd=file.parent,
                env=around,
                streams=tmp_path_factory.mktemp("streams"),
            )
            assert ran.returncode == 0, ran.stderr
            done.touch()
    return file


def _shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """`duibiao demo`, run once for all workers: its folder, to be read only, and its stdout."""
    base = _shared_folder(tmp_path_factory)
    folder = base / "shared-demo"
    stdout = folder.with_suffix(".stdout")
    with FileLock(folder.with_suffix(".lock")):
        if not stdout.exists():
            run = [sys.executable, "-m", "analysis.cli", "demo", "--folder", str(folder)]
            done = subprocess.run(
                run,
                cwd=base,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                timeout=600,
            )
            assert done.returncode == 0, done.stderr
            stdout.write_text(done.stdout, encoding="utf-8")
    return folder, stdout.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL server, one for all workers."""
    base = tmp_path_factory.getbasetemp()
    with shared_server(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """Addresses of empty stores: what holds for one kind of database holds for the other."""
    addresses = Databases(
        request.param,
        tmp_path,
        request.getfixturevalue("postgres") if request.param == "postgresql" else None,
    )
    yield addresses
    addresses.drop()


@pytest.fixture
def store(databases: Databases) -> Iterator[Store]:
    """An empty store whose clock stands still."""
    with open_store(databases.fresh(), clock=lambda: 1_780_000_000.0) as opened:
        yield opened


@pytest.fixture(scope="session")
def preloaded() -> Iterator[Preloaded]:
    server = Preloaded()
    yield server
    server.close()


@pytest.fixture
def duibiao(preloaded: Preloaded, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the command in a process of its own, in an empty folder, on a store there; its modules
    were imported before.
    """
    streams = tmp_path_factory.mktemp("streams")
    return _runner(
        tmp_path,
        lambda arguments, around: preloaded.run(
            arguments, cwd=tmp_path, env=around, streams=streams
        ),
    )


@pytest.fixture
def fresh_duibiao(tmp_path: Path) -> Run:
    """The same in a new interpreter each time: other hashes, nothing imported."""

    def start(arguments: list[str], around: dict[str, str]) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "analysis.cli", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=around, capture_output=True, text=True, timeout=300
        )

    return _runner(tmp_path, start)


def _runner(
    folder: Path, start: Callable[[list[str], dict[str, str]], subprocess.CompletedProcess[str]]
) -> Run:
    def run(
        *arguments: str | Path,
        store: str | None = None,
        check: int | None = None,
        env: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        variables = {
            "DUIBIAO_STORE": store or f"sqlite:///{folder}/d.sqlite3",
            "PYTHONPATH": str(ROOT),
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }
        done = start(
            [str(argument) for argument in arguments], {**os.environ, **variables, **(env or {})}
        )
        if check is not None:
            assert done.returncode == check, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return run
