"""Lines on the terminal about an import or a crawl: while it runs and when it has ended."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from analysis.commands.printing import print_rows
from analysis.commands.terminal import echo_err, set_status
from analysis.labels import STATUS_NAMES

if TYPE_CHECKING:
    from crawler.importer import FileReport
    from crawler.run import Outcome
    from crawler.spiders.history import CrawlState

__all__ = ["echo_report", "print_outcome", "show_crawl"]

_MAX_REJECTS = 10  # of a file, one by one
_EVERY = 20  # pages between two lines where there is no terminal to rewrite


def echo_report(report: FileReport) -> None:
    if report.error:
        echo_err(f"{'错误' if report.named else '跳过'}：{report.file}：{report.error}")
        return
    for note in report.notes:
        echo_err(f"说明：{report.file}：{note}")
    for reject in report.rejects[:_MAX_REJECTS]:
        echo_err(f"拒收：{report.file} {reject.where}：{reject.reason}")
    if len(report.rejects) > _MAX_REJECTS:
        echo_err(
            f"拒收：{report.file}：另有 {len(report.rejects) - _MAX_REJECTS} 行，用 --rejects "
            "文件.csv 全部列出"
        )


def show_crawl(state: CrawlState) -> None:
    """How far a crawl is: pages done, to go, time left at this pace; now and then where there is no
    terminal to rewrite a line on.
    """
    pace = (time.monotonic() - state.began) / max(state.pages + state.listings, 1)
    line = f"已取 {state.pages} 页，还有 {state.to_go} 页，约 {_minutes(state.to_go * pace)}"
    if not set_status(line) and state.pages % _EVERY == 0:
        echo_err(line)


def _minutes(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} 秒"
    return f"{seconds / 60:.0f} 分钟" if seconds < 5400 else f"{seconds / 3600:.1f} 小时"


def print_outcome(outcome: Outcome) -> None:
    """The summary on stdout, failures and the last word on stderr."""
    state = outcome.state
    gone = "、".join(
        f"{STATUS_NAMES.get(key, key)} {count}" for key, count in sorted(state.gone.items())
    )
    missing = "、".join(f"{name} {count}" for name, count in sorted(state.missing.items()))
    rows = [
        {
            "what": "取到页面",
            "count": state.pages - sum(state.gone.values()),
            "note": f"合集列表 {state.listings} 页",
        },
        {"what": "新", "count": state.tally.new, "note": ""},
        {"what": "更新", "count": state.tally.updated, "note": ""},
        {"what": "未变", "count": state.tally.unchanged, "note": ""},
        {"what": "已消失", "count": sum(state.gone.values()), "note": gone},
        {"what": "没取到", "count": len(state.failed), "note": ""},
        {"what": "缺的字段", "count": sum(state.missing.values()), "note": missing},
    ]
    print_rows(rows, {"what": "采集", "count": "数量", "note": "说明"}, format="table")
    for url, reason in state.failed[:20]:
        print(f"没取到：{url}：{reason}", file=sys.stderr)
    if len(state.failed) > 20:
        print(f"没取到：另有 {len(state.failed) - 20} 个", file=sys.stderr)
    print(outcome.line, file=sys.stderr, flush=True)
