"""Keys, tickets and tokens of a reader's session, taken out of what they saved before it is kept. Pure.

Pages and lists loaded inside WeChat carry the reader's own pass_ticket, key and appmsg_token; a page opened in a plain browser
carries none, and then not a byte is changed.
"""

from __future__ import annotations

import re

__all__ = ["scrub"]

_NAMES = (b"pass_ticket", b"appmsg_token", b"wap_sid2", b"uin_base64", b"exportkey", b"poc_token", b"poc_sid", b"cap_sid", b"slave_sid", b"data_ticket")
_ASSIGNED = re.compile(rb"""(?:_token)?["']?\s*[:=]\s*(?:JsDecode\()?\\?(["'])([^"'\s<>\\]{10,}?)\\?\1""")
_IN_URL = re.compile(rb"=(?=[A-Za-z0-9%+/=_.~-]*[0-9])([A-Za-z0-9%+/=_.~-]{10,}+)(?!\()")
_URL_ONLY = (b"key=", b"uin=", b"wxtoken=")
_KEY = re.compile(rb"""key["']?\s*[:=]\s*\\?["']([0-9a-fA-F]{64,})""")


def scrub(raw: bytes) -> bytes:
    """The same bytes with session secrets replaced by REDACTED; unchanged bytes where there are none."""
    spans = sorted({*_spans_of_names(raw), *_spans_of_urls(raw), *(m.span(1) for m in _KEY.finditer(raw))})
    if not spans:
        return raw
    parts, at = [], 0
    for begin, end in spans:
        if begin >= at:
            parts += [raw[at:begin], b"REDACTED"]
            at = end
    return b"".join([*parts, raw[at:]])


def _spans_of_names(raw: bytes) -> list[tuple[int, int]]:
    """Where a secret's value stands, assigned or in a URL. Searching for each name in turn is three times faster than one pattern."""
    found = []
    for name in _NAMES:
        at = raw.find(name)
        while at >= 0:
            at += len(name)
            if match := _IN_URL.match(raw, at):
                found.append(match.span(1))
            elif match := _ASSIGNED.match(raw, at):
                found.append(match.span(2))
            at = raw.find(name, at)
    return found


def _spans_of_urls(raw: bytes) -> list[tuple[int, int]]:
    found = []
    for name in _URL_ONLY:
        at = raw.find(name)
        while at >= 0:
            at += len(name)
            if raw[at - len(name) - 1 : at - len(name)] in (b"?", b"&", b";") and (match := _IN_URL.match(raw, at - 1)):
                found.append(match.span(1))
            at = raw.find(name, at)
    return found
