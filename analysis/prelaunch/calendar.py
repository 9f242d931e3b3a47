"""A launch calendar as an iCalendar file (RFC 5545): times in UTC, so that no time zone has to be
described. Pure, and the same bytes for the same calendar.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time

from analysis.prelaunch.launch import Launch, PlannedPush
from crawler.records import BEIJING

__all__ = ["render_ics"]

_LONGEST = 75  # octets of a line without its end: RFC 5545, 3.1
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}  # 3.3.11
_MINUTES = 30  # how long an event is shown: a push takes no time


def render_ics(launch: Launch, *, as_of: date, name: str) -> str:
    """The calendar's text, lines ended by CRLF. An event's UID is of its calendar's name and its
    time; DTSTAMP is the beginning of `as_of`.
    """
    stamp = datetime.combine(as_of, time(), BEIJING)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//duibiao//prelaunch//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    lines += [f"X-WR-CALNAME:{_escape(name)}", "X-WR-TIMEZONE:Asia/Shanghai"]
    for push in launch.pushes:
        lines += _event(push, stamp, name, first=push is launch.pushes[0])
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _fold(line))


def _event(push: PlannedPush, stamp: datetime, name: str, *, first: bool) -> Sequence[str]:
    shown = "、".join(slot or "自由选题" for slot in push.slots)
    lines = [f"{number}. {slot or '自由选题'}" for number, slot in enumerate(push.slots, 1)]
    return [
        "BEGIN:VEVENT",
        f"UID:{_uid(name, push.at)}",
        f"DTSTAMP:{_utc(stamp)}",
        f"DTSTART:{_utc(push.at)}",
        f"DURATION:PT{_MINUTES}M",
        f"SUMMARY:{_escape(('上线 · ' if first else '推送 · ') + shown)}",
        f"DESCRIPTION:{_escape(chr(10).join(lines))}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _uid(name: str, moment: datetime) -> str:
    return (
        hashlib.blake2b(
            f"{name}\0{moment.isoformat()}".encode("utf-8", "surrogatepass"), digest_size=12
        ).hexdigest()
        + "@duibiao"
    )


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escape(text: str) -> str:
    clean = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_ESCAPES.get(character, character) for character in clean)


def _fold(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 octets, no character cut in two; those after the first begin
    with a space.
    """
    piece, octets = "", 0
    for character in line:
        size = len(character.encode())
        if octets + size > _LONGEST:
            yield piece
            piece, octets = " ", 1
        piece += character
        octets += size
    yield piece
