"""What the tool that saved a page noted in it: the address, when, and in which time zone. Pure.

Read are the notes of Chrome, Edge, Firefox and IE ("saved from url"), SingleFile, monolith, Save
Page WE, WebScrapBook and HTTrack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape

__all__ = ["SaverNote", "read_saver_note"]

_NEAR = 16 * 1024  # notes stand at a page's beginning; Save Page WE's behind the page's own metas
_ADDRESSES = (
    re.compile(rb"<!--\s*saved from url=\(\d+\)(\S{1,4000}?)\s*-->"),
    re.compile(rb"Page saved with SingleFile\s{1,40}url:\s{0,8}(\S{1,4000})"),
    re.compile(rb"<!--\s*Saved from (https?://\S{1,4000}) at \S{1,40} using monolith"),
    re.compile(
        rb"""<meta\s{1,8}name=["']?savepage-(?:from|url)["']?\s{1,8}content=["']?([^"'\s>]{1,4000})"""
    ),
    re.compile(rb"""data-scrapbook-source=["']?([^"'\s>]{1,4000})"""),
    re.compile(rb"<!--\s*Mirrored from (\S{1,4000}) by HTTrack"),
)
_DATE = rb"(\w{3} \w{3} \d\d \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4})"
_DATES = (
    re.compile(rb"saved date:\s{0,8}" + _DATE),
    re.compile(rb"""name=["']?savepage-date["']?\s{1,8}content=["']?""" + _DATE),
)


@dataclass(frozen=True, slots=True)
class SaverNote:
    """`saved_at` is UTC; `offset` is the saver's distance from UTC, where the note states it."""

    url: str | None = None
    saved_at: datetime | None = None
    offset: timedelta | None = None


def read_saver_note(raw: bytes) -> SaverNote:
    """What is noted in a page; empty where nothing is."""
    head = raw[:_NEAR]
    address = next((match for match in (shape.search(head) for shape in _ADDRESSES) if match), None)
    url = unescape(address[1].decode("utf-8", "replace")) if address else None
    if url is not None and "://" not in url:
        url = f"https://{url}"
    date = next((match for match in (shape.search(head) for shape in _DATES) if match), None)
    if date is None:
        return SaverNote(url)
    try:
        local = datetime.strptime(date[1].decode("ascii"), "%a %b %d %Y %H:%M:%S GMT%z")
    except ValueError:
        return SaverNote(url)
    return SaverNote(url, local.astimezone(UTC), local.utcoffset())
