"""Where things lie where nobody says otherwise."""

from __future__ import annotations

import runpy
import shutil
import sysconfig
import tomllib
from pathlib import Path

import platformdirs
import pytest

from crawler.places import DATA, SAMPLE, default_store, demo_folder
from crawler.store import open_store
from tests.support.places import ROOT


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's own folder, and the current one beside it."""
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "home"


def test_in_a_checkout_the_store_is_in_its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert default_store() == "sqlite:///data/duibiao.sqlite3"


def test_elsewhere_it_is_the_users_own_and_the_same_from_every_folder(home: Path) -> None:
    folder = platformdirs.user_data_path("duibiao", appauthor=False)
    assert home in folder.parents
    assert default_store() == f"sqlite:///{folder.as_posix()}/duibiao.sqlite3"
    with open_store():
        pass
    assert (folder / "duibiao.sqlite3").is_file()


def test_a_store_that_a_folder_has_already_stays_its_own(home: Path) -> None:
    Path("data").mkdir()
    Path("data", "duibiao.sqlite3").touch()
    assert default_store() == "sqlite:///data/duibiao.sqlite3"


def test_the_sample_is_the_checkouts() -> None:
    assert (DATA, SAMPLE, demo_folder()) == (
        ROOT / "data",
        ROOT / "data" / "sample",
        ROOT / "data" / "demo",
    )


def test_the_sample_travels_with_the_package(tmp_path: Path) -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    packed = tools["setuptools"]["data-files"]
    assert all((ROOT / name).is_file() for names in packed.values() for name in names)
    assert "data/sample/articles.jsonl.gz" in packed["share/duibiao/sample"]
    (tmp_path / "crawler").mkdir()
    shutil.copy(ROOT / "crawler" / "places.py", tmp_path / "crawler")
    installed = runpy.run_path(str(tmp_path / "crawler" / "places.py"))
    share = Path(sysconfig.get_path("data"), "share", "duibiao")
    assert (installed["DATA"], installed["SAMPLE"]) == (share, share / "sample")
    assert tmp_path not in installed["demo_folder"]().parents
