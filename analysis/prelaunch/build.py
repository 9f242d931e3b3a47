"""A group of accounts and a plan -> a benchmark. Its page is page's, its sheets sheets'."""

from __future__ import annotations

from datetime import date as Date
from datetime import datetime
from pathlib import Path

from analysis.group import AccountGroup
from analysis.layout.body.profile import StyleProfile, measure_page
from analysis.peers.mentions import count_mentions
from analysis.prelaunch.benchmark import Benchmark, benchmark_plan
from analysis.prelaunch.group import gather_group
from analysis.prelaunch.plan import Plan, PlanError, load_plan
from crawler.records import BEIJING

__all__ = ["load_draft", "make_benchmark"]

_MOST_BYTES = 20_000_000


def make_benchmark(
    group: AccountGroup,
    plan: Plan | Path | str,
    *,
    date: Date | None = None,
    draft: StyleProfile | None = None,
    chosen: bool = False,
) -> Benchmark:
    """Hold a plan, or the plan in a file, against a group's accounts as of a day, today without:
    those near the plan, all of them where the reader has `chosen` them by name.

    Raises StoreError for an unknown account, PlanError for a file that is no plan.
    """
    plan = plan if isinstance(plan, Plan) else load_plan(Path(plan))
    peers = gather_group(group, own_name=plan.name)
    with group.using_cache():
        mentions = count_mentions(group.pointers, peers.articles, group.all_accounts)
        today = date or datetime.now(BEIJING).date()
        return benchmark_plan(
            plan, peers, date=today, draft=draft, mentions=mentions, chosen=chosen
        )


def load_draft(plan: Plan, folder: Path) -> StyleProfile | None:
    """The layout of the plan's draft, a path relative to `folder`; None where it names none. Raises
    PlanError for a file that is no HTML.
    """
    if plan.draft is None:
        return None
    path = folder / plan.draft
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise PlanError(f"layout.draft：读不了 {path}：{error.strerror}") from None
    if len(raw) > _MOST_BYTES or b"\0" in raw[:4096] or b"<" not in raw:
        raise PlanError(f"layout.draft：{path} 不是一篇网页草稿")
    return measure_page(raw)
