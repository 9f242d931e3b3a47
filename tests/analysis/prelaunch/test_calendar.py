"""The launch calendar as iCalendar: lines, escapes and times as RFC 5545 has them, the same bytes
every time.
"""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from analysis.prelaunch.calendar import render_ics
from analysis.prelaunch.launch import Launch, PlannedPush
from crawler.records import BEIJING

ODD = "上新; 逗号, 反斜\\杠\n换行" + "长" * 60 + "🧺"


def launch_of(*slots: str | None) -> Launch:
    push = PlannedPush(
        datetime(2026, 9, 22, 0, 30, tzinfo=BEIJING), 1, slots, "workday", None, True, "free"
    )
    return Launch(date(2026, 9, 22), False, (push,), ())


def unfold(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def unescape(text: str) -> str:
    marks = {"\\\\": "\\", "\\;": ";", "\\,": ",", "\\n": "\n"}
    found, at = "", 0
    while at < len(text):
        found += marks.get(text[at : at + 2], text[at])
        at += 2 if text[at : at + 2] in marks else 1
    return found


def test_an_event_is_as_the_standard_has_it() -> None:
    lines = unfold(render_ics(launch_of("小家收纳", None), as_of=date(2026, 9, 1), name="半檐"))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    event = dict(
        line.split(":", 1)
        for line in lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    )
    assert event["DTSTART"] == "20260921T163000Z"  # half past midnight in Beijing
    assert event["DTSTAMP"] == "20260831T160000Z"
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (
        "上线 · 小家收纳、自由选题",
        "1. 小家收纳\\n2. 自由选题",
    )
    assert event["UID"].endswith("@duibiao")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=120))
def test_any_column_name_comes_back_from_short_lines(name: str) -> None:
    text = render_ics(launch_of(name or None), as_of=date(2026, 9, 1), name="甲")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    summary = next(line for line in unfold(text) if line.startswith("SUMMARY:"))
    kept = "".join(
        one
        for one in name
        if not "\u202a" <= one <= "\u202e" and not "\u2066" <= one <= "\u2069" and one != "\x7f"
    )
    assert unescape(summary.removeprefix("SUMMARY:")) == f"上线 · {kept if name else '自由选题'}"


def test_nothing_in_a_name_starts_a_line_of_its_own() -> None:
    text = render_ics(launch_of("好\r\nBEGIN:VEVENT\nx"), as_of=date(2026, 9, 1), name=ODD)
    assert unfold(text).count("BEGIN:VEVENT") == 1
    assert f"X-WR-CALNAME:{ODD}" == next(
        unescape(line) for line in unfold(text) if line.startswith("X-WR-CALNAME")
    )


def test_the_same_calendar_gives_the_same_bytes_and_another_plan_other_ids() -> None:
    first, again, other = (
        render_ics(launch_of("甲"), as_of=date(2026, 9, 1), name=name) for name in ("a", "a", "b")
    )
    assert first == again
    assert not {line for line in unfold(first) if line.startswith("UID")} & {
        line for line in unfold(other) if line.startswith("UID")
    }
