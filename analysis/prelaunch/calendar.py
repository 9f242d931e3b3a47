"""A launch calendar as an iCalendar file (RFC 5545): times in UTC, so that no time zone has to be
described. Pure, and the same bytes for the same calendar.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event, vText

from analysis.prelaunch.launch import Launch, PlannedPush
from crawler.records import BEIJING

__all__ = ["render_ics"]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SHOWN = timedelta(minutes=30)  # how long an event is shown: a push takes no time


def render_ics(launch: Launch, *, as_of: date, name: str) -> str:
    """The calendar's text, lines ended by CRLF. An event's UID is of its calendar's name and its
    time; DTSTAMP is the beginning of `as_of`.
    """
    calendar = Calendar()
    for key, value in (
        ("version", "2.0"),
        ("prodid", "-//duibiao//prelaunch//ZH"),
        ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"),
        ("x-wr-calname", vText(_clean(name))),  # unknown names are not escaped by themselves
        ("x-wr-timezone", "Asia/Shanghai"),
    ):
        calendar.add(key, value)
    stamp = datetime.combine(as_of, time(), BEIJING)
    for push in launch.pushes:
        calendar.add_component(_event(push, stamp, name, first=push is launch.pushes[0]))
    text: str = calendar.to_ical(sorted=False).decode()
    return text


def _event(push: PlannedPush, stamp: datetime, name: str, *, first: bool) -> Event:
    columns = [slot or "自由选题" for slot in push.slots]
    event = Event()
    event.add("uid", _uid(name, push.at))
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", push.at.astimezone(UTC))
    event.add("duration", _SHOWN)
    event.add("summary", _clean(("上线 · " if first else "推送 · ") + "、".join(columns)))
    lines = [f"{number}. {column}" for number, column in enumerate(columns, 1)]
    event.add("description", _clean("\n".join(lines)))
    event.add("transp", "TRANSPARENT")
    return event


def _uid(name: str, moment: datetime) -> str:
    key = f"{name}\0{moment.isoformat()}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(key, digest_size=12).hexdigest() + "@duibiao"


def _clean(text: str) -> str:
    """Without control and direction characters; line ends as LF, which icalendar escapes."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
