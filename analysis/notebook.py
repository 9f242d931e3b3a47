"""What the notebooks begin with: the reader's store, or the sample's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import altair as alt

from analysis.demo import SAMPLE
from crawler.store import Store, StoreError, open_store

__all__ = ["open_store_or_sample", "sample_plan"]

_DEMO = SAMPLE.parent / "demo"


def open_store_or_sample(url: str = "") -> Store:
    """The store at `url`; where it is empty, the sample's, which is made on first use (a minute or
    two). Raises StoreError.

    Charts are shown as SVG from here on: Altair's own way of showing them loads scripts from the
    network.
    """
    alt.renderers.enable("svg")
    if url:
        return open_store(url, create=False)
    path = _DEMO / "demo.sqlite3"
    if not path.exists():
        made = subprocess.run(
            [sys.executable, "-m", "analysis.cli", "demo", "--folder", str(_DEMO)],
            capture_output=True,
            text=True,
        )  # a crawl needs its own process
        if made.returncode:
            raise StoreError(
                "示例没做成："
                f"{made.stderr.strip().splitlines()[-1] if made.stderr.strip() else '没有说明原因'}"
            )
    return open_store(f"sqlite:///{path}", create=False)


def sample_plan() -> Path:
    """The launch plan that goes with the sample."""
    return SAMPLE.parent / "plan.example.toml"
