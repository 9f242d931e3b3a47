"""The whole way with this project: saved pages -> store -> the tables of the commands columns,
cadence, layout, titles and purpose.

python -m tests.bench.our_way FOLDER STORE [--themes] prints the rows of each table and the CPU
  seconds of each step, as JSON
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from crawler.importer import import_files
from crawler.store import Store, open_store


class Steps:
    """CPU seconds by step, of this process and of those it started; imports count in the step that
    needs them.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {"start": _cpu()}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what happens inside under this name."""
        began = _cpu()
        yield
        self.seconds[name] = round(_cpu() - began, 3)


def _cpu() -> float:
    own, below = (
        resource.getrusage(resource.RUSAGE_SELF),
        resource.getrusage(resource.RUSAGE_CHILDREN),
    )
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


def analyse(
    store: Store, folder: Path, *, themes: bool = False, steps: Steps | None = None
) -> dict[str, pd.DataFrame]:
    """All of it: saved pages -> tables by name."""
    steps = steps or Steps()
    with steps.step("import"):
        rejected = [report for report in import_files(store, [folder]) if report.error]
        assert not rejected, rejected[0]
    with steps.step("layout profiles"):
        from analysis.layout.load import load_profiles

        profiles = load_profiles(store)
    with steps.step("columns"):
        from analysis.columns.assign import describe_columns
        from analysis.compute.cache import cache_for, using_cache
        from analysis.group import AccountGroup

        group = AccountGroup(store, themes=themes)
        assigned = group.column_articles
    articles = group.articles
    with using_cache(cache_for(store)):
        with steps.step("columns' figures"):
            columns = describe_columns(articles, assigned, profiles=profiles)
        with steps.step("cadence"):
            from analysis.cadence.pushes import build_pushes
            from analysis.cadence.summary import describe_cadence

            cadence = describe_cadence(build_pushes(articles))
        with steps.step("purposes"):
            from analysis.content.purpose import assign_purposes, count_purposes

            purposes = count_purposes(assign_purposes(articles))
        with steps.step("titles"):
            from analysis.content.distinctive_words import compare_words
            from analysis.content.titles import describe_titles, measure_habits

            habits, words = measure_habits(describe_titles(articles)), compare_words(articles)
        with steps.step("layout"):
            from analysis.layout.report import list_accounts, report_layouts

            layouts = pd.DataFrame(list_accounts(report_layouts(articles, profiles)))
    return {
        "articles": articles,
        "cadence": cadence,
        "titles": habits,
        "words": words,
        "purposes": purposes,
        "columns": columns,
        "layouts": layouts,
        "profiles": profiles,
    }


if __name__ == "__main__":
    told = Steps()
    with open_store(sys.argv[2]) as opened:
        tables = analyse(opened, Path(sys.argv[1]), themes="--themes" in sys.argv, steps=told)
    print(
        json.dumps(
            {"rows": {name: len(table) for name, table in tables.items()}, "steps": told.seconds}
        )
    )
