"""The notebooks, run from the first cell to the last on the sample and on a real set: every chart
drawn, every table filled.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest

from tests.support.places import ROOT

BOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture
def sample_store(demo: tuple[Path, str]) -> str:
    """The demo's store."""
    return f"sqlite:///{demo[0]}/demo.sqlite3"


@pytest.fixture(scope="module")
def real_store(tmp_path_factory: pytest.TempPathFactory, sets: Path) -> str:
    """A store of a real set of histories."""
    store = f"sqlite:///{tmp_path_factory.mktemp('real')}/real.sqlite3"
    found = sorted(sets.glob("ai_accounts_2024*"))
    if not found:
        pytest.skip(f"no ai_accounts_2024 in {sets}")
    subprocess.run(
        [sys.executable, "-m", "analysis.cli", "import", str(found[0]), "--store", store],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=600,
    )
    return store


def run(book: Path, out: Path, **parameters: object) -> nbformat.NotebookNode:
    """Execute a notebook with these parameters."""
    return papermill.execute_notebook(
        str(book),
        str(out / book.name),
        parameters=parameters,
        cwd=str(ROOT / "notebooks"),
        progress_bar=False,
        log_output=False,
    )


def outputs(done: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]


def test_there_are_six_and_each_ends_with_three_questions() -> None:
    assert [book.stem for book in BOOKS] == [
        "01-first-look",
        "02-content-columns",
        "03-cadence",
        "04-layout",
        "05-compare",
        "06-prelaunch",
    ]
    for book in BOOKS:
        cells = nbformat.read(book, as_version=4).cells
        assert sum("parameters" in cell.metadata.get("tags", ()) for cell in cells) == 1
        assert [line[:2] for line in cells[-1].source.splitlines() if line[:1].isdigit()] == [
            "1.",
            "2.",
            "3.",
        ]
        assert all(
            not cell.get("outputs") and cell.get("execution_count") is None for cell in cells
        )


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_a_notebook_runs_on_the_sample(book: Path, sample_store: str, tmp_path: Path) -> None:
    done = outputs(run(book, tmp_path, STORE=sample_store))
    assert not [
        output
        for output in done
        if output.output_type in ("error", "stream") and output.get("name") == "stderr"
    ]
    shown = [output for output in done if output.output_type in ("execute_result", "display_data")]
    assert len(shown) >= 3
    assert not any("Empty DataFrame" in output.data.get("text/plain", "") for output in shown)


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.stem)
def test_a_notebook_runs_on_a_real_set(book: Path, real_store: str, tmp_path: Path) -> None:
    assert outputs(run(book, tmp_path, STORE=real_store))
