"""Keys, tickets and tokens of a reader's session, taken out of what they saved before it is kept.
Pure.

Pages and lists loaded inside WeChat carry the reader's own pass_ticket, key and appmsg_token; a
page opened in a plain browser carries none, and then not a byte is changed. Values are bounded and
every pattern is linear: the input may be hostile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ahocorasick_rs import MATCHKIND_LEFTMOST_LONGEST, BytesAhoCorasick

__all__ = ["scrub"]

# Names that mean a session wherever they stand, and names that do so only in an address or as an
# assigned number or key.
_NAMES = (
    b"pass_ticket",
    b"appmsg_token",
    b"wap_sid2",
    b"uin_base64",
    b"exportkey",
    b"poc_token",
    b"poc_sid",
    b"cap_sid",
    b"slave_sid",
    b"data_ticket",
)
_SHORT = (b"key", b"uin", b"wxtoken")
_EQUALS = rb"""(?:=|\\x3d|\\u003d|%3D|%3d)"""
_IN_URL = re.compile(_EQUALS + rb"""([A-Za-z0-9%+/=_.~*-]{10,4000}+)(?![(\w])""")
_BEFORE_URL = (b"?", b"&", b";", b"\\x26", b"\\u0026", b"%26", b"%3F", b"%3f", b"\\x3f")
_WRAPPER = rb"""(?:(?:JsDecode|htmlDecode|decodeURIComponent)\(\s*)?"""
_EMPTY = rb"""(?:(?:""|''|[\w.$]{1,40}\[['"]\w{1,20}['"]\])\s*\|\|\s*){0,3}"""
_STRING = rb"""\\?(["'])((?:\\[A-Za-z0-9/]{1,5}|[A-Za-z0-9%+/=_.~*-]){6,4000}+)\\?["']"""
_ASSIGNED = re.compile(
    rb"""(?:_token)?["']?\s{0,8}[:=]\s{0,8}""" + _EMPTY + _WRAPPER + _EMPTY + _STRING
)
_ATTRIBUTE = re.compile(rb"""["']\s{0,8}value\s{0,8}=\s{0,8}(["'])([^"'<>]{6,4000}+)""")
_KEY_VALUE = re.compile(rb"""[0-9a-fA-F]{32,}""")
_UIN_VALUE = re.compile(rb"""[A-Za-z0-9+/=%]{8,}""")

# All names in one pass, the short ones with what they are followed by where they count. None begins
# inside another that counts there: what stands in `exportkey` is no `key`.
_FOLLOWED = (
    b"=",
    b"\\",
    b"%",
    b"_token",
    b'"',
    b"'",
    b":",
    b" ",
    b"\t",
    b"\n",
    b"\r",
    b"\x0b",
    b"\x0c",
)
_SOUGHT = [(name, name) for name in _NAMES] + [
    (name + after, name) for name in _SHORT for after in _FOLLOWED
]
_PLACES = BytesAhoCorasick([sought for sought, _ in _SOUGHT], matchkind=MATCHKIND_LEFTMOST_LONGEST)


def scrub(raw: bytes) -> bytes:
    """The same bytes with session secrets replaced by REDACTED; unchanged bytes where there are
    none.
    """
    spans = sorted(set(_spans(raw)))
    if not spans:
        return raw
    parts, at = [], 0
    for begin, end in spans:
        if begin >= at:
            parts += [raw[at:begin], b"REDACTED"]
            at = end
    return b"".join([*parts, raw[at:]])


def _spans(raw: bytes) -> Iterator[tuple[int, int]]:
    """Where a secret's value stands."""
    for number, begin, _ in _PLACES.find_matches_as_indexes(raw):
        name = _SOUGHT[number][1]
        span = (
            _span_of_short_name(raw, name, begin)
            if name in _SHORT
            else _span_of_name(raw, begin + len(name))
        )
        if span and raw[slice(*span)] != b"REDACTED":
            yield span


def _span_of_name(raw: bytes, at: int) -> tuple[int, int] | None:
    """Assigned, in an address or in a form."""
    if (match := _IN_URL.match(raw, at)) and not _is_code(match[1]):
        return match.span(1)
    match = _ASSIGNED.match(raw, at) or _ATTRIBUTE.match(raw, at)
    return match.span(2) if match else None


def _span_of_short_name(raw: bytes, name: bytes, begin: int) -> tuple[int, int] | None:
    """Short names are words of their own elsewhere: they count in an address, or with a value only
    a session has.
    """
    at = begin + len(name)
    if raw[max(begin - 6, 0) : begin].endswith(_BEFORE_URL):
        return (
            match.span(1) if (match := _IN_URL.match(raw, at)) and not _is_code(match[1]) else None
        )
    if (
        name == b"wxtoken"
        or raw[begin - 1 : begin].isalnum()
        or raw[begin - 1 : begin] in (b"_", b"-")
    ):
        return None
    match = _ASSIGNED.match(raw, at)
    shape = _KEY_VALUE if name == b"key" else _UIN_VALUE
    return (
        match.span(2)
        if match
        and shape.fullmatch(match[2])
        and (name == b"key" or any(48 <= c <= 57 for c in match[2]))
        else None
    )


def _is_code(value: bytes) -> bool:
    """A script's own names in an address it builds: window.pass_ticket, encodeURIComponent."""
    return (
        value.startswith((b"window.", b"encodeURI", b"location.", b"params."))
        or value == b"REDACTED"
    )
