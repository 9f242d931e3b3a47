"""A plan (PLAN.toml): what it may contain, read and checked, with every fault in one Chinese
line.
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
from analysis.prelaunch.schedule import PlannedRhythm, SendTime, parse_rhythm, parse_send_times
from crawler.errors import DuibiaoError

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


class PlanError(DuibiaoError, ValueError):
    """A plan can't be used: one line a fault, each with what was found and what can be written."""


@dataclass(frozen=True, slots=True)
class PlannedColumn:
    """A content column that is planned; no rhythm where the plan says none."""

    name: str
    titles: tuple[str, ...] = ()
    rhythm: PlannedRhythm | None = None


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
        fields = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        where = f"第 {place[1]} 行第 {place[2]} 个字附近" if place else "末尾"
        raise PlanError(
            f"{name} 不是 TOML：{where}写错了（常见：文字没用英文引号括起来，少了等号或方括号）"
        ) from None
    reader = _PlanReader()
    plan = reader.read(fields)
    if reader.faults:
        lines = reader.faults[:_MOST_ITEMS]
        raise PlanError(
            f"{name}：{lines[0]}"
            if len(lines) == 1
            else f"{name} 有 {len(reader.faults)} 处要改：\n"
            + "\n".join(f"  · {line}" for line in lines)
        )
    return plan


class _PlanReader:
    """Reads values one by one and collects what is wrong with each, so that one error lists all
    faults.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []

    def read(self, table: Mapping[str, Any]) -> Plan:
        self._check_keys("", table)
        team, cadence, layout, targets = (
            self._table(table, key) for key in ("team", "cadence", "layout", "targets")
        )
        positioning = self._text(table, "positioning")
        if positioning is None and not any(
            fault.startswith("positioning") for fault in self.faults
        ):
            self.faults.append("缺 positioning：用一两句话写明给谁、做什么，其余都可以不填")
        if positioning is not None and positioning == tomllib.loads(new_plan())["positioning"]:
            self.faults.append("positioning 还是模板里的那句话：换成自己的，给谁、做什么")
        return Plan(
            positioning=positioning or "",
            name=self._text(table, "name"),
            type=self._option(table, "type", dict.fromkeys(ACCOUNT_TYPES)),
            audience=self._text(table, "audience"),
            launch=self._day(table, "launch"),
            people=self._whole(team, "team.people", 1, 1000),
            articles_per_person=self._number(team, "team.articles_per_person", 0.1, 100),
            pushes_per_week=self._number(cadence, "cadence.pushes_per_week", 0.1, 70),
            articles_per_push=self._number(cadence, "cadence.articles_per_push", 1, 8),
            send_times=self._send_times(cadence),
            columns=self._columns(table),
            draft=self._text(layout, "layout.draft"),
            text_align=self._option(layout, "layout.text_align", ALIGN_NAMES),
            layout={
                key: value
                for key in LAYOUT_RANGES
                if (value := self._number(layout, f"layout.{key}", *LAYOUT_RANGES[key])) is not None
            },
            reads=self._number(targets, "targets.reads", 1, 1e7),
            followers=self._number(targets, "targets.followers", 1, 1e9),
            other_targets=self._texts(targets, "targets.others"),
        )

    def _check_keys(self, where: str, table: Mapping[str, Any], shown: str = "") -> None:
        for key in table:
            if key not in _KEYS[where]:
                place = f"[{shown or where}] 里" if where else "最外层"
                home = next(
                    (table for table, keys in _KEYS.items() if key in keys and table != where), None
                )
                hint = f"；它该写在 [{home}] 下面" if home else ""
                self.faults.append(
                    f"{place}不认识{_quoted(key)}；可以写 {'、'.join(_KEYS[where])}{hint}"
                )

    def _table(self, table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            self.faults.append(f"{key} 要写成一节 [{key}]，现在是{_quoted(value)}")
            return {}
        self._check_keys(key, value)
        return value

    def _value(
        self, table: Mapping[str, Any], name: str, read: Callable[[Any], _Read]
    ) -> _Read | None:
        """One value as `read` takes it; None where it is not there or left empty. A ValueError is a
        fault.
        """
        value = table.get(name.rpartition(".")[2])
        if value is None or value in ("", []):
            return None
        try:
            return read(value)
        except ValueError as error:
            self.faults.append(f"{name}：{error}")
            return None

    def _text(self, table: Mapping[str, Any], name: str) -> str | None:
        return self._value(table, name, _read_text)

    def _texts(self, table: Mapping[str, Any], name: str) -> tuple[str, ...]:
        return self._value(table, name, _read_texts) or ()

    def _number(self, table: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
        return self._value(table, name, lambda value: _read_number(value, low, high))

    def _whole(self, table: Mapping[str, Any], name: str, low: int, high: int) -> int | None:
        number = self._number(table, name, low, high)
        if number is not None and number != int(number):
            self.faults.append(f"{name}：要写整数，现在是 {number:g}")
        return None if number is None else int(number)

    def _option(
        self, table: Mapping[str, Any], name: str, names: Mapping[str, str | None]
    ) -> str | None:
        def read(value: Any) -> str:
            chosen = next((key for key, shown in names.items() if value in (key, shown)), None)
            if chosen is None:
                raise ValueError(
                    f"不认识{_quoted(value)}；可以写 "
                    f"{'、'.join(shown or key for key, shown in names.items())}"
                )
            return chosen

        return self._value(table, name, read)

    def _day(self, table: Mapping[str, Any], name: str) -> date | None:
        return self._value(table, name, _read_day)

    def _send_times(self, cadence: Mapping[str, Any]) -> tuple[SendTime, ...]:
        send_times: list[SendTime] = []
        for number, text in enumerate(self._texts(cadence, "cadence.send_times"), 1):
            try:
                moments = parse_send_times(text)
            except ValueError as error:
                self.faults.append(f"cadence.send_times 第 {number} 个：{error}")
                continue
            twice = [send_time.text for send_time in moments if send_time in send_times]
            if twice:
                self.faults.append(f"cadence.send_times 第 {number} 个：{twice[0]} 写了两遍")
            send_times += moments
        return tuple(sorted(send_times))

    def _columns(self, plan: Mapping[str, Any]) -> tuple[PlannedColumn, ...]:
        tables = plan.get("columns", [])
        if not isinstance(tables, list) or not all(isinstance(entry, dict) for entry in tables):
            self.faults.append("columns 要写成 [[columns]]（两层方括号），一个栏目一节")
            return ()
        if len(tables) > _MOST_ITEMS:
            self.faults.append(f"[[columns]] 有 {len(tables)} 个，最多 {_MOST_ITEMS} 个")
            return ()
        columns = [self._column(number, table) for number, table in enumerate(tables, 1)]
        names = [column.name for column in columns if column.name]
        self.faults += [
            f"[[columns]] 里栏目名{_quoted(name)}写了两遍"
            for name in dict.fromkeys(names)
            if names.count(name) > 1
        ]
        return tuple(columns)

    def _column(self, number: int, table: Mapping[str, Any]) -> PlannedColumn:
        where = f"第 {number} 个 [[columns]]"
        self._check_keys("columns", table, f"{where} ")
        name = self._value(table, f"{where}.name", _read_text)
        if name is None and not any(fault.startswith(f"{where}.name") for fault in self.faults):
            self.faults.append(f"{where} 缺 name（栏目名）")
        titles = self._value(table, f"{where}.titles", _read_texts) or ()
        rhythm = self._value(
            table, f"{where}.rhythm", lambda value: parse_rhythm(_read_text(value))
        )
        return PlannedColumn(name or "", titles, rhythm)


def _quoted(value: Any) -> str:
    shown = value if isinstance(value, str) else repr(value)
    printable = "".join(character for character in shown if character.isprintable())
    return f"「{printable if len(printable) <= 40 else printable[:39] + '…'}」"


def _read_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"要写成一段文字，用引号括起来，现在是{_quoted(value)}")
    if len(value) > _LONGEST:
        raise ValueError(f"有 {len(value)} 字，最多 {_LONGEST} 字")
    if not value.strip():
        raise ValueError("是空的")
    return value.strip()


def _read_texts(value: Any) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
        raise ValueError(f'要写成一组文字，如 ["一", "二"]，现在是{_quoted(value)}')
    if len(listed) > _MOST_ITEMS:
        raise ValueError(f"有 {len(listed)} 项，最多 {_MOST_ITEMS} 项")
    return tuple(_read_text(text) for text in listed)


def _read_number(value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"要写成数字，不加引号和单位，现在是{_quoted(value)}")
    if not math.isfinite(value) or not low <= value <= high:
        raise ValueError(f"{value:g} 不在 {low:g} 到 {high:g} 之间")
    return float(value)


def _read_day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{_quoted(value)}不是日期；写成 2026-09-20") from None
