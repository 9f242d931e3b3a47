"""Understanding: from stored records to frames, figures and briefs.

    import analysis

    group = analysis.open_group("sqlite:///data/duibiao.sqlite3", own="我的号")
    group.columns          # which content columns each account runs
    group.cadence          # how often, when, how regularly each sends
    group.charts.weeks("对手甲")
    analysis.make_brief(group, "brief.html")

`open_sample()` opens the invented sample, `open_group` also takes files as people have them. What
is here is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.brief.build import make_brief
    from analysis.group import AccountGroup
    from analysis.prelaunch.build import make_benchmark
    from analysis.prelaunch.conclusions import draw_conclusions as list_conclusions
    from analysis.prelaunch.sheets import list_rows as list_tables
    from analysis.sources import open_group, open_sample, sample_plan

__all__ = [
    "AccountGroup",
    "list_conclusions",
    "list_tables",
    "make_benchmark",
    "make_brief",
    "open_group",
    "open_sample",
    "sample_plan",
]

_HOMES = {  # name: (module, what it is called there)
    "AccountGroup": ("analysis.group", "AccountGroup"),
    "list_conclusions": ("analysis.prelaunch.conclusions", "draw_conclusions"),
    "list_tables": ("analysis.prelaunch.sheets", "list_rows"),
    "make_benchmark": ("analysis.prelaunch.build", "make_benchmark"),
    "make_brief": ("analysis.brief.build", "make_brief"),
    "open_group": ("analysis.sources", "open_group"),
    "open_sample": ("analysis.sources", "open_sample"),
    "sample_plan": ("analysis.sources", "sample_plan"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
