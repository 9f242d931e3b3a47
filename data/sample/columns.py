"""Which content column is due in a slot on a day, and what its titles look like."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from plan import Row

__all__ = ["Columns", "column_title", "list_title"]


@dataclass
class Columns:
    """The content columns of one account and what of each has been published so far."""

    specs: list[Row]
    rng: random.Random
    issues: Counter[str] = field(default_factory=Counter)
    due_day: dict[str, date] = field(default_factory=dict)

    def pick(self, day: date, slot: int, taken: set[str]) -> Row | None:
        """The column due in this slot on this day, if any."""
        for spec in self.specs:
            if spec["key"] not in taken and spec["slot"] in (0, slot) and self.is_due(spec, day):
                if self.rng.random() < spec.get("skip", 0):
                    return None
                return spec
        return None

    def is_due(self, spec: Row, day: date) -> bool:
        """Whether a column runs on this day: its life, then its weekday, day of the
        month or gap.
        """
        if not spec.get("start", "0000") <= day.isoformat() <= spec.get("end", "9999"):
            return False
        if "pause" in spec and spec["pause"][0] <= day.isoformat() <= spec["pause"][1]:
            return False
        if "monthday" in spec:
            return day.day == int(spec["monthday"])
        if "weekday" in spec:
            later = spec.get("from_second")
            weekday = (
                later["weekday"] if later and day.isoformat() >= later["since"] else spec["weekday"]
            )
            week = (day - date(2025, 1, 6)).days // 7
            return bool(
                day.isoweekday() == weekday and week % spec.get("every", 1) == spec.get("phase", 0)
            )
        due = self.due_day.setdefault(spec["key"], day + timedelta(days=self.rng.randint(0, 5)))
        return day >= due

    def publish(self, spec: Row, day: date) -> int:
        """Count an issue and set the next due day; returns the issue's number."""
        self.issues[spec["key"]] += 1
        if "gap_days" in spec:
            gap = spec["gap_days"] + self.rng.randint(-spec["gap_spread"], spec["gap_spread"])
            self.due_day[spec["key"]] = day + timedelta(days=gap)
        return self.issues[spec["key"]] + int(spec.get("first", 1)) - 1


def column_title(spec: Row, day: date, core: str, no: int, rng: random.Random) -> tuple[str, bool]:
    """The title with the column's mark, in one of its spellings; False where this
    issue forgot it.
    """
    if rng.random() < spec.get("forget", 0):
        return core, False
    later = spec.get("rename")
    live = later if later and day.isoformat() >= later["since"] else spec
    variants = live.get("variants", [])
    form = rng.choice(variants) if variants and rng.random() < 0.14 else live["form"]
    return form.replace("{core}", core).replace("{no}", str(no)), True


def list_title(spec: Row, subjects: Sequence[Row], rng: random.Random) -> str:
    """The steady wording of a slot column, with the things of this issue."""
    things = "、".join(s["thing"] for s in subjects[:-1]) + "和" + subjects[-1]["thing"]
    lead = rng.choice(spec["leads"])
    return str(
        spec["form"]
        .replace("{lead}", lead)
        .replace("{count}", str(len(subjects)))
        .replace("{things}", things)
    )
