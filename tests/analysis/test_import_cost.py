"""What a command loads: told by the modules it holds afterwards, so that no clock is asked."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "pandas",
    "numpy",
    "scipy",
    "sklearn",
    "ruptures",
    "altair",
    "scrapy",
    "sqlalchemy",
    "pyarrow",
    "jieba",
    "rjieba",
    "opencc",
    "jinja2",
    "lxml",
)


def loaded_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint('loaded', *sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_help_loads_nothing_heavy() -> None:
    help = "import analysis.cli\ntry: analysis.cli.app(['--help'])\nexcept SystemExit: pass"
    loaded = loaded_by(help)
    assert "analysis.commands.columns" in loaded
    assert loaded & set(HEAVY) == set()


def test_plain_rows_load_no_brief() -> None:
    loaded = loaded_by("from analysis.rows import plain_rows")
    assert {name for name in loaded if name.startswith("analysis.")} == {"analysis.rows"}


def test_scipy_stats_waits_until_a_figure_needs_it() -> None:
    loaded = loaded_by(
        "import analysis.columns.load, analysis.layout.report, analysis.cadence.summary, "
        "analysis.content.titles"
    )
    assert loaded & {"scipy.stats", "sklearn", "ruptures", "altair"} == set()


def test_a_brief_loads_no_charts_library_before_it_draws() -> None:
    loaded = loaded_by("import analysis.brief.build")
    assert "analysis.charts.cadence" in loaded
    assert loaded & {"altair", "scipy.stats", "sklearn", "ruptures"} == set()
