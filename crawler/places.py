"""Where things lie where nobody says otherwise: the store, the invented sample."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from platformdirs import user_cache_path, user_data_path

__all__ = ["DATA", "SAMPLE", "default_store", "demo_folder"]

_APP = "duibiao"
_HERE = Path(__file__).resolve().parent.parent  # a checkout, or where packages are installed
_STORE = "duibiao.sqlite3"


def _is_checkout(folder: Path) -> bool:
    return (folder / "data" / "sample" / "articles.jsonl.gz").is_file()


# An installed package has what is needed of data/ where pyproject.toml's data-files go.
DATA = (
    _HERE / "data" if _is_checkout(_HERE) else Path(sysconfig.get_path("data"), "share", "duibiao")
)
SAMPLE = DATA / "sample"


def default_store() -> str:
    """The address of the store: the file in data/ where the current folder has one or is a
    checkout, else one in the user's own data folder, whatever the current folder.
    """
    here = Path("data") / _STORE
    if not (here.exists() or _is_checkout(Path())):
        here = user_data_path(_APP, appauthor=False) / _STORE
    return f"sqlite:///{here.as_posix()}"


def demo_folder() -> Path:
    """Where the sample's store is kept for whoever opens it from Python."""
    in_checkout = _HERE / "data" == DATA
    return DATA / "demo" if in_checkout else user_cache_path(_APP, appauthor=False) / "demo"
