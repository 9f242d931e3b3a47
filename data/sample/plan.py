"""The planted design in plan.toml: who publishes what and when, in which layout, and when the sales
are. Its times are Shanghai times.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

__all__ = ["SHANGHAI", "Row", "load_plan", "running_sale", "sale_name"]

Row = dict[str, Any]  # a table of the plan or of the frames, an account or an article
SHANGHAI = ZoneInfo("Asia/Shanghai")
PLAN = Path(__file__).with_name("plan.toml")


def load_plan(path: Path = PLAN) -> Row:
    """The planted design as written in plan.toml."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def running_sale(plan: Row, day: date) -> str | None:
    """The name of the big sale (618, 双11) running on this day, if any."""
    return next(
        (str(name) for low, high, name in plan["sales"] if low <= day.isoformat() <= high), None
    )


def sale_name(plan: Row, day: date) -> str:
    """The name of the sale running on this day, outside the big ones the season's."""
    return (
        running_sale(plan, day)
        or ("春季换新", "夏凉节", "秋日上新周", "暖冬节")[day.month % 12 // 3 - 1]
    )
