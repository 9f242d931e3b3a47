"""One input -> a broken one, cheaply and from a seed: what editors, tools, cut lines and enemies do
to pages and files.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

__all__ = ["LONGEST", "mutate"]

LONGEST = 96 * 1024  # a mutant is cut here: four hundred thousand of them are run
_NUMBER = re.compile(rb"\d+")
_QUOTED = re.compile(rb"[\"'][^\"'<>\n]{0,200}[\"']")
_TAG = re.compile(rb"<[a-zA-Z/][^<>]{0,300}>")

# Where parsers break: ends of ranges, half escapes, brackets that never close, bytes that are no
# text.
_NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"1e999",
    b"NaN",
    b"2147483648",
    b"9223372036854775808",
    b"-9223372036854775809",
    b"9" * 400,
    b"0" * 300,
    b"1.5.2",
    b"0x1f",
    b"",
    b"4000000001",
    b"99999999999999",
    "²".encode(),
    "１２".encode(),
    "٣".encode(),
)
_PIECES = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xed\xb0\x80\xed\xa0\x80",
    b"\x1b[2J",
    b"\r\n",
    b"\x0b\x0c\x1c",
    "\u202e\u2066".encode(),
    "\u2028\ufeff\u200b".encode(),
    b"\\x26amp;amp;",
    b"\\u{110000}",
    b"\\ud800",
    b"\\x",
    b"\\",
    b"JsDecode('",
    b"JsDecode(",
    b'htmlDecode("',
    b"' * 1",
    b"' || '",
    b"parseInt(",
    b".html(false)",
    b"&#99999999999999999999;",
    b"&#xd800;",
    b"&#0;",
    b"&amp;" * 9,
    b"&nbsp",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE html [<!ENTITY a 'b'>",
    b"<?xml version='1.0' encoding='x'?>",
    b"<script>",
    b"</script>",
    b"<style>",
    b"</style>",
    b"<svg>",
    b"<math>",
    b"<template>",
    b"<table><td>",
    b"<plaintext>",
    b"<title>",
    b"</html>",
    b"<frameset>",
    b"<base href='file:///'>",
    b"{",
    b"}",
    b"[",
    b"]",
    b"{{{{[[[[",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b'""',
    b'"',
    b"'",
    b",",
    b":",
    b";",
    b"\t",
    b"\n\n",
    b"=cmd()",
    b"@import url(//x);",
    b"%",
    b"%00%zz",
    b'style="',
    b"font-size:",
    b"font-size:1e39px;",
    b"font:",
    b"line-height:-1;",
    b"calc(",
    b"calc(1px*(",
    b"var(--a)",
    b"--a:var(--a);",
    b"rgb(",
    b"rgba(999,-1,1e9,.)",
    b"#fffffffff",
    b"!important",
    b"margin:1e308em;",
    b"font-size:1000000%;",
    b"display:none;",
    b"@media(",
    b"/*",
    b"*/",
    b"url(",
    b"inherit",
    b"unset",
    b"2em",
    b"em",
    b"<p style='font-size:2em'>",
    b"<section style='font-size:200%'>",
    b"https://mp.weixin.qq.com/s?__biz=",
    b"https://mp.weixin.qq.com:99999/s/",
    b"https://[::1/s",
    b"//mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA",
    b"file:///etc/passwd",
    b"javascript:alert(1)",
    b"window.cgiDataNew = {",
    b"var biz = '",
    b"album_id: '",
    b"getalbum_resp",
    b"continue_flag",
    b"2026-02-30 25:61",
    b"0000-00-00",
    b"9999-12-31 23:59:59",
    b"1e400",
)
_CODECS = ("gbk", "utf-16", "utf-8-sig", "latin-1", "utf-7", "big5", "shift_jis", "utf-32-le")


def mutate(seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """One of the seeds, with one to five things wrong with it; the same for the same state of
    `rng`.
    """
    raw = rng.choice(seeds)
    for _ in range(rng.choice((1, 1, 2, 2, 3, 5))):
        raw = rng.choice(_MUTATIONS)(raw, seeds, rng)
    return _mend(raw, rng)[:LONGEST]


def _mend(raw: bytes, rng: random.Random) -> bytes:
    """Half of the mutants are whole again as text and as a page, so that the reader's doors don't
    turn all of them away.
    """
    if rng.random() < 0.5:
        return raw
    whole = raw.decode("utf-8", "replace").encode()[: LONGEST - 10]
    return whole + b"</html>" if b"<html" in raw and b"</html>" not in whole else whole


def _span(raw: bytes, rng: random.Random, longest: int = 4000) -> tuple[int, int]:
    begin = rng.randrange(len(raw) + 1)
    return begin, min(len(raw), begin + rng.choice((1, 2, 8, 60, 400, longest)))


def _flip(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(rng.choice((1, 3, 20)) if raw else 0):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    begin, end = _span(raw, rng)
    return raw[:begin] + raw[end:]


def _truncate(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)] + rng.choice((b"", b"", b"</html>", b"}", b'"}]}'))


def _double(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    begin, end = _span(raw, rng)
    return raw[:end] + raw[begin:end] * rng.choice((1, 2, 20)) + raw[end:]


def _splice(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    other = rng.choice(seeds)
    begin, end = _span(other, rng)
    at, to = _span(raw, rng)
    return raw[:at] + other[begin:end] + raw[rng.choice((at, to)) :]


def _put(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    at = rng.randrange(len(raw) + 1)
    return raw[:at] + rng.choice(_PIECES) + raw[at:]


def _repeat(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    at = rng.randrange(len(raw) + 1)
    piece = rng.choice(_PIECES)
    return raw[:at] + piece * min(rng.choice((30, 300, 3000)), 30_000 // len(piece)) + raw[at:]


def _one_match(raw: bytes, shape: re.Pattern[bytes], rng: random.Random) -> re.Match[bytes] | None:
    """A match somewhere: the first after a random place."""
    return shape.search(raw, rng.randrange(len(raw) + 1)) or shape.search(raw)


def _renumber(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    found = _one_match(raw, _NUMBER, rng)
    return raw[: found.start()] + rng.choice(_NUMBERS) + raw[found.end() :] if found else raw


def _requote(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """One quoted value becomes another kind of value, or loses a quote."""
    found = _one_match(raw, _QUOTED, rng)
    if found is None:
        return raw
    value = rng.choice(
        (
            b"null",
            b"{}",
            b"[]",
            b"[1,[2,{}]]",
            b"{'a':1}",
            b"-0",
            b"1e999",
            b"true",
            found[0][:-1],
            found[0][1:],
            found[0] * 40,
            b'"' + rng.choice(_PIECES) + b'"',
        )
    )
    return raw[: found.start()] + value + raw[found.end() :]


def _nest(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """A tag of its own, or a bracket, opened very often; closed as often, or not."""
    found = _one_match(raw, _TAG, rng)
    opened = rng.choice(
        (
            found[0] if found else b"<section>",
            b"<section>",
            b"<b><p>",
            b"<table><tr><td>",
            b'<p style="font-size:1.1em">',
            b"[",
            b'{"a":',
        )
    )
    closed = b"</" + opened[1:].split()[0].rstrip(b">") + b">" if opened.startswith(b"<") else b"]"
    depth = min(rng.choice((50, 500, 5000)), 40_000 // len(opened))
    at, to = _span(raw, rng)
    return raw[:at] + opened * depth + raw[at:to] + closed * rng.choice((0, depth)) + raw[to:]


def _load(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """A tag with thousands of attributes, or with a style of thousands of rules."""
    found = _one_match(raw, _TAG, rng)
    at = found.end() - 1 if found else len(raw)
    many = rng.choice((100, 1000, 3000))
    bomb = rng.choice(
        (
            b"".join(b" a%d=%d" % (n, n) for n in range(many)),
            b' style="' + b"font-size:1.01em;" * many + b'"',
            b' style="' + b"a:b;" * many,
            b' class="' + b"x " * many + b'"',
            b' style="' + b"-" * many * 5 + b'"',
            b' style="margin:' + b"calc(" * many + b'"',
            b' style="font-family:' + b"'a'," * many + b'"',
        )
    )
    return raw[:at] + bomb + raw[at:]


_ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1.5,
    10**18,
    10**30,
    float("inf"),
    "",
    "x" * 5000,
    "\0",
    "\ud800",
    "１２",
    "1e999",
    [],
    {},
    [[]],
    [1, None],
    {"": None},
    {"list": []},
    "[]",
    "{}",
)


def _rejson(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """One value somewhere in a JSON file becomes an odd one, or its key is lost: what half-right
    files look like.
    """
    if raw[:1] not in (b"{", b"["):
        return _requote(raw, seeds, rng)
    try:
        held = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    node: Any = held
    while True:
        key = (
            rng.choice(list(node) if isinstance(node, dict) else range(len(node))) if node else None
        )
        if key is None:
            break
        if isinstance(node[key], dict | list) and node[key] and rng.random() < 0.85:
            node = node[key]
            continue
        if isinstance(node, dict) and rng.random() < 0.2:
            del node[key]
        else:
            node[key] = rng.choice(_ODD_VALUES)
        break
    return json.dumps(held, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")


def _recode(raw: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    codec = rng.choice(_CODECS)
    if rng.random() < 0.3:
        return raw.decode(codec, "replace").encode("utf-8", "surrogatepass")
    return raw.decode("utf-8", "replace").encode(
        codec, rng.choice(("replace", "ignore", "xmlcharrefreplace"))
    )


_MUTATIONS: tuple[Callable[[bytes, Sequence[bytes], random.Random], bytes], ...] = (
    _flip,
    _flip,
    _cut,
    _cut,
    _truncate,
    _double,
    _splice,
    _splice,
    _put,
    _put,
    _put,
    _repeat,
    _renumber,
    _renumber,
    _renumber,
    _requote,
    _requote,
    _rejson,
    _rejson,
    _nest,
    _load,
    _recode,
)
