"""Keys, tickets and tokens of a reader's session, taken out of what they saved before it is kept. Pure.

Pages and lists loaded inside WeChat carry the reader's own pass_ticket, key and appmsg_token; a page opened in a plain browser
carries none, and then not a byte is changed. Values are bounded and every pattern is linear: the input may be hostile.
"""

from __future__ import annotations

import hashlib
import re

__all__ = ["scrub"]

# Names that mean a session wherever they stand, and names that do so only in an address or as an assigned number or key.
_NAMES = (b"pass_ticket", b"appmsg_token", b"wap_sid2", b"uin_base64", b"exportkey", b"poc_token", b"poc_sid", b"cap_sid", b"slave_sid", b"data_ticket")
_SHORT = (b"key", b"uin", b"wxtoken")
_EQUALS = rb"""(?:=|\\x3d|\\u003d|%3D|%3d)"""
_IN_URL = re.compile(_EQUALS + rb"""([A-Za-z0-9%+/=_.~*-]{10,4000}+)(?![(\w])""")
_BEFORE_URL = (b"?", b"&", b";", b"\\x26", b"\\u0026", b"%26", b"%3F", b"%3f", b"\\x3f")
_WRAPPER = rb"""(?:(?:JsDecode|htmlDecode|decodeURIComponent)\(\s*)?"""
_EMPTY = rb"""(?:(?:""|''|[\w.$]{1,40}\[['"]\w{1,20}['"]\])\s*\|\|\s*){0,3}"""
_STRING = rb"""\\?(["'])((?:\\[A-Za-z0-9/]{1,5}|[A-Za-z0-9%+/=_.~*-]){6,4000}+)\\?["']"""
_ASSIGNED = re.compile(rb"""(?:_token)?["']?\s{0,8}[:=]\s{0,8}""" + _EMPTY + _WRAPPER + _EMPTY + _STRING)
_ATTRIBUTE = re.compile(rb"""["']\s{0,8}value\s{0,8}=\s{0,8}(["'])([^"'<>]{6,4000}+)""")
_KEY_VALUE = re.compile(rb"""[0-9a-fA-F]{32,}""")
_UIN_VALUE = re.compile(rb"""[A-Za-z0-9+/=%]{8,}""")

_CUT = b"</script"  # no pattern matches across a "<", so that what lies between two of these can be looked at by itself
_BIG = 16 * 1024
_MOST_SEEN = 10_000  # scripts: those of some nine hundred versions of WeChat's page
_seen: dict[bytes, list[tuple[int, int]]] = {}


def scrub(raw: bytes) -> bytes:
    """The same bytes with session secrets replaced by REDACTED; unchanged bytes where there are none."""
    spans: list[tuple[int, int]] = []
    begin = 0
    while begin < len(raw):
        end = raw.find(_CUT, begin + 1)
        end = len(raw) if end < 0 else end
        part = raw[begin:end]
        spans += [(begin + first, begin + last) for first, last in (_spans_of_script if end - begin >= _BIG else _spans)(part)]
        begin = end
    if not spans:
        return raw
    parts, at = [], 0
    for begin, end in spans:
        if begin >= at:
            parts += [raw[at:begin], b"REDACTED"]
            at = end
    return b"".join([*parts, raw[at:]])


def _spans(part: bytes) -> list[tuple[int, int]]:
    return sorted({*_spans_of_names(part), *_spans_of_short_names(part)})


def _spans_of_script(part: bytes) -> list[tuple[int, int]]:
    """The same for a script that many pages carry: nineteen bytes in twenty of a page are its template's. Known by its digest, not held."""
    key = hashlib.blake2b(part, digest_size=16).digest()
    if (spans := _seen.get(key)) is None:
        if len(_seen) == _MOST_SEEN:
            _seen.clear()
        spans = _seen[key] = _spans(part)
    return spans


def _spans_of_names(raw: bytes) -> list[tuple[int, int]]:
    """Where a secret's value stands, assigned, in an address or in a form. Looking for each name in turn is three times faster than one pattern."""
    found = []
    for name in _NAMES:
        for at in _places(raw, name):
            if (match := _IN_URL.match(raw, at)) and not _is_code(match[1]):
                found.append(match.span(1))
            elif (match := _ASSIGNED.match(raw, at)) or (match := _ATTRIBUTE.match(raw, at)):
                found.append(match.span(2))
    return [span for span in found if raw[slice(*span)] != b"REDACTED"]


def _spans_of_short_names(raw: bytes) -> list[tuple[int, int]]:
    """Short names are words of their own elsewhere: they count in an address, or with a value only a session has."""
    found = []
    for name in _SHORT:
        shape = _KEY_VALUE if name == b"key" else _UIN_VALUE
        for at in _places(raw, name):
            begin = at - len(name)
            if raw[max(begin - 6, 0) : begin].endswith(_BEFORE_URL):
                if (match := _IN_URL.match(raw, at)) and not _is_code(match[1]):
                    found.append(match.span(1))
            elif name != b"wxtoken" and not raw[begin - 1 : begin].isalnum() and raw[begin - 1 : begin] not in (b"_", b"-"):
                match = _ASSIGNED.match(raw, at)
                if match and shape.fullmatch(match[2]) and (name == b"key" or any(48 <= c <= 57 for c in match[2])):
                    found.append(match.span(2))
    return [span for span in found if raw[slice(*span)] != b"REDACTED"]


def _places(raw: bytes, name: bytes) -> list[int]:
    """Where the name ends, each time it stands there."""
    found, at = [], raw.find(name)
    while at >= 0:
        at += len(name)
        found.append(at)
        at = raw.find(name, at)
    return found


def _is_code(value: bytes) -> bool:
    """A script's own names in an address it builds: window.pass_ticket, encodeURIComponent."""
    return value.startswith((b"window.", b"encodeURI", b"location.", b"params.")) or value == b"REDACTED"
