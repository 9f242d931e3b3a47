"""A plan (PLAN.toml): what it may hold, read and checked, with every fault in one Chinese line.
What it means is the other modules'.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from analysis.labels import ALIGN_NAMES
from analysis.prelaunch.schedule import Rhythm, SendTime, read_rhythm, read_send_times

__all__ = [
    "ACCOUNT_TYPES",
    "LAYOUT_RANGES",
    "Plan",
    "PlanError",
    "PlannedColumn",
    "load_plan",
    "new_plan",
    "parse_plan",
]

ACCOUNT_TYPES = ("订阅号", "服务号")
LAYOUT_RANGES: Mapping[str, tuple[float, float]] = {
    "font_size_px": (8, 40),
    "heading_px": (8, 60),
    "n_sizes": (1, 20),
    "line_height": (0.8, 4),
    "letter_spacing_px": (0, 10),
    "side_px": (0, 100),
    "paragraph_chars": (1, 2000),
    "n_colors": (1, 30),
    "chars": (1, 50000),
    "images": (0, 300),
    "images_per_1000": (0, 300),
    "headings": (0, 100),
}
_KEYS: Mapping[str, tuple[str, ...]] = {
    "": (
        "name",
        "type",
        "positioning",
        "audience",
        "launch",
        "team",
        "cadence",
        "columns",
        "layout",
        "targets",
    ),
    "team": ("people", "articles_per_person"),
    "cadence": ("pushes_per_week", "articles_per_push", "send_times"),
    "columns": ("name", "titles", "rhythm"),
    "layout": ("draft", "text_align", *LAYOUT_RANGES),
    "targets": ("reads", "followers", "others"),
}
_MOST_BYTES = 1_000_000
_LONGEST = 4000  # characters of one text
_MOST_ITEMS = 60
_Read = TypeVar("_Read")


class PlanError(ValueError):
    """A plan can't be used: one line a fault, each with what was found and what can be written."""


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """A content column that is planned; no rhythm where the plan says none."""

    name: str
    titles: tuple[str, ...] = ()
    rhythm: Rhythm | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan says; what it leaves out is None or empty."""

    positioning: str
    name: str | None = None
    type: str | None = None
    audience: str | None = None
    launch: date | None = None
    people: int | None = None
    articles_per_person: float | None = None
    pushes_per_week: float | None = None
    articles_per_push: float | None = None
    send_times: tuple[SendTime, ...] = ()
    columns: tuple[PlannedColumn, ...] = ()
    draft: str | None = None
    text_align: str | None = None
    layout: Mapping[str, float] = field(default_factory=dict)
    reads: float | None = None
    followers: float | None = None
    other_targets: tuple[str, ...] = ()


def load_plan(path: Path) -> Plan:
    """The plan in a file; a draft's path is made relative to it. Raises PlanError."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(
            f"读不了计划 {path}："
            f"{getattr(error, 'strerror', None) or '不是 UTF-8 文本，请另存为 UTF-8'}"
        ) from None
    if len(raw) > _MOST_BYTES:
        raise PlanError(f"{path} 有 {len(raw) / 1e6:.0f} MB，不像一份计划")
    return parse_plan(text, name=path.name)


def new_plan() -> str:
    """A commented plan to fill in, as TOML."""
    return (Path(__file__).parent / "templates" / "plan.toml").read_text(encoding="utf-8")


def parse_plan(text: str, *, name: str = "PLAN.toml") -> Plan:
    """The plan a TOML text holds. Raises PlanError naming every fault, one a line."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        where = f"第 {place[1]} 行第 {place[2]} 个字附近" if place else "末尾"
        raise PlanError(
            f"{name} 不是 TOML：{where}写错了（常见：文字没用英文引号括起来，少了等号或方括号）"
        ) from None
    reader = _Reader()
    plan = reader.read(said)
    if reader.faults:
        lines = reader.faults[:_MOST_ITEMS]
        raise PlanError(
            f"{name}：{lines[0]}"
            if len(lines) == 1
            else f"{name} 有 {len(reader.faults)} 处要改：\n"
            + "\n".join(f"  · {line}" for line in lines)
        )
    return plan


class _Reader:
    """Reads values one by one and remembers what is wrong with each, so that all faults are told at
    once.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []

    def read(self, said: Mapping[str, Any]) -> Plan:
        self._check_keys("", said)
        team, cadence, layout, targets = (
            self._table(said, key) for key in ("team", "cadence", "layout", "targets")
        )
        positioning = self._text(said, "positioning")
        if positioning is None and not any(
            fault.startswith("positioning") for fault in self.faults
        ):
            self.faults.append("缺 positioning：用一两句话写明给谁、做什么，其余都可以不填")
        if positioning is not None and positioning == tomllib.loads(new_plan())["positioning"]:
            self.faults.append("positioning 还是模板里的那句话：换成自己的，给谁、做什么")
        return Plan(
            positioning=positioning or "",
            name=self._text(said, "name"),
            type=self._choice(said, "type", dict.fromkeys(ACCOUNT_TYPES)),
            audience=self._text(said, "audience"),
            launch=self._day(said, "launch"),
            people=self._whole(team, "team.people", 1, 1000),
            articles_per_person=self._number(team, "team.articles_per_person", 0.1, 100),
            pushes_per_week=self._number(cadence, "cadence.pushes_per_week", 0.1, 70),
            articles_per_push=self._number(cadence, "cadence.articles_per_push", 1, 8),
            send_times=self._send_times(cadence),
            columns=self._columns(said),
            draft=self._text(layout, "layout.draft"),
            text_align=self._choice(layout, "layout.text_align", ALIGN_NAMES),
            layout={
                key: value
                for key in LAYOUT_RANGES
                if (value := self._number(layout, f"layout.{key}", *LAYOUT_RANGES[key])) is not None
            },
            reads=self._number(targets, "targets.reads", 1, 1e7),
            followers=self._number(targets, "targets.followers", 1, 1e9),
            other_targets=self._texts(targets, "targets.others"),
        )

    def _check_keys(self, where: str, said: Mapping[str, Any], shown: str = "") -> None:
        for key in said:
            if key not in _KEYS[where]:
                place = f"[{shown or where}] 里" if where else "最外层"
                home = next(
                    (table for table, keys in _KEYS.items() if key in keys and table != where), None
                )
                hint = f"；它该写在 [{home}] 下面" if home else ""
                self.faults.append(
                    f"{place}不认识{_quoted(key)}；可以写 {'、'.join(_KEYS[where])}{hint}"
                )

    def _table(self, said: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        held = said.get(key, {})
        if not isinstance(held, dict):
            self.faults.append(f"{key} 要写成一节 [{key}]，现在是{_quoted(held)}")
            return {}
        self._check_keys(key, held)
        return held

    def _value(
        self, said: Mapping[str, Any], name: str, read: Callable[[Any], _Read]
    ) -> _Read | None:
        """One value as `read` takes it; None where it is not there or left empty. A ValueError is a
        fault.
        """
        held = said.get(name.rpartition(".")[2])
        if held is None or held in ("", []):
            return None
        try:
            return read(held)
        except ValueError as error:
            self.faults.append(f"{name}：{error}")
            return None

    def _text(self, said: Mapping[str, Any], name: str) -> str | None:
        return self._value(said, name, _read_text)

    def _texts(self, said: Mapping[str, Any], name: str) -> tuple[str, ...]:
        return self._value(said, name, _read_texts) or ()

    def _number(self, said: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
        return self._value(said, name, lambda held: _read_number(held, low, high))

    def _whole(self, said: Mapping[str, Any], name: str, low: int, high: int) -> int | None:
        found = self._number(said, name, low, high)
        if found is not None and found != int(found):
            self.faults.append(f"{name}：要写整数，现在是 {found:g}")
        return None if found is None else int(found)

    def _choice(
        self, said: Mapping[str, Any], name: str, names: Mapping[str, str | None]
    ) -> str | None:
        def read(held: Any) -> str:
            found = next((key for key, shown in names.items() if held in (key, shown)), None)
            if found is None:
                raise ValueError(
                    f"不认识{_quoted(held)}；可以写 "
                    f"{'、'.join(shown or key for key, shown in names.items())}"
                )
            return found

        return self._value(said, name, read)

    def _day(self, said: Mapping[str, Any], name: str) -> date | None:
        return self._value(said, name, _read_day)

    def _send_times(self, said: Mapping[str, Any]) -> tuple[SendTime, ...]:
        found: list[SendTime] = []
        for number, text in enumerate(self._texts(said, "cadence.send_times"), 1):
            try:
                times = read_send_times(text)
            except ValueError as error:
                self.faults.append(f"cadence.send_times 第 {number} 个：{error}")
                continue
            twice = [one.said for one in times if one in found]
            if twice:
                self.faults.append(f"cadence.send_times 第 {number} 个：{twice[0]} 写了两遍")
            found += times
        return tuple(sorted(found))

    def _columns(self, said: Mapping[str, Any]) -> tuple[PlannedColumn, ...]:
        held = said.get("columns", [])
        if not isinstance(held, list) or not all(isinstance(one, dict) for one in held):
            self.faults.append("columns 要写成 [[columns]]（两层方括号），一个栏目一节")
            return ()
        if len(held) > _MOST_ITEMS:
            self.faults.append(f"[[columns]] 有 {len(held)} 个，最多 {_MOST_ITEMS} 个")
            return ()
        columns = [self._column(number, one) for number, one in enumerate(held, 1)]
        names = [one.name for one in columns if one.name]
        self.faults += [
            f"[[columns]] 里栏目名{_quoted(name)}写了两遍"
            for name in dict.fromkeys(names)
            if names.count(name) > 1
        ]
        return tuple(columns)

    def _column(self, number: int, said: Mapping[str, Any]) -> PlannedColumn:
        where = f"第 {number} 个 [[columns]]"
        self._check_keys("columns", said, f"{where} ")
        name = self._value(said, f"{where}.name", _read_text)
        if name is None and not any(fault.startswith(f"{where}.name") for fault in self.faults):
            self.faults.append(f"{where} 缺 name（栏目名）")
        titles = self._value(said, f"{where}.titles", _read_texts) or ()
        rhythm = self._value(said, f"{where}.rhythm", lambda held: read_rhythm(_read_text(held)))
        return PlannedColumn(name or "", titles, rhythm)


def _quoted(value: Any) -> str:
    shown = value if isinstance(value, str) else repr(value)
    printable = "".join(character for character in shown if character.isprintable())
    return f"「{printable if len(printable) <= 40 else printable[:39] + '…'}」"


def _read_text(held: Any) -> str:
    if not isinstance(held, str):
        raise ValueError(f"要写成一段文字，用引号括起来，现在是{_quoted(held)}")
    if len(held) > _LONGEST:
        raise ValueError(f"有 {len(held)} 字，最多 {_LONGEST} 字")
    if not held.strip():
        raise ValueError("是空的")
    return held.strip()


def _read_texts(held: Any) -> tuple[str, ...]:
    listed = [held] if isinstance(held, str) else held
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise ValueError(f'要写成一组文字，如 ["一", "二"]，现在是{_quoted(held)}')
    if len(listed) > _MOST_ITEMS:
        raise ValueError(f"有 {len(listed)} 项，最多 {_MOST_ITEMS} 项")
    return tuple(_read_text(one) for one in listed)


def _read_number(held: Any, low: float, high: float) -> float:
    if isinstance(held, bool) or not isinstance(held, int | float):
        raise ValueError(f"要写成数字，不加引号和单位，现在是{_quoted(held)}")
    if not math.isfinite(held) or not low <= held <= high:
        raise ValueError(f"{held:g} 不在 {low:g} 到 {high:g} 之间")
    return float(held)


def _read_day(held: Any) -> date:
    if isinstance(held, datetime):
        return held.date()
    if isinstance(held, date):
        return held
    try:
        return date.fromisoformat(held)
    except (TypeError, ValueError):
        raise ValueError(f"{_quoted(held)}不是日期；写成 2026-09-20") from None
