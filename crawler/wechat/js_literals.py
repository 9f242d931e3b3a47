"""JavaScript literals as WeChat's pages carry them, parsed and never evaluated. Standard library
only.

A value is a string, a number, an object or an array, dressed as the pages dress it: `'12' * 1`, `""
|| "x"`, `JsDecode('…')`, `htmlDecode("…")`, `'…'.html(false)`. Anything else (a ternary, a
function) reads as None.
"""

from __future__ import annotations

import html
import re
from typing import Any

__all__ = ["JsError", "decode_string", "parse_assignments", "parse_literal"]

_STRING = r"""'[^'\\]*+(?:\\.[^'\\]*+)*+'|"[^"\\]*+(?:\\.[^"\\]*+)*+\""""
_KEY = re.compile(rf"""\s*(?:({_STRING}|[A-Za-z_$][\w$]*|\d+)\s*:)?\s*([{{\[}}\]]|)""", re.S)
_ATOM = re.compile(
    rf"""\s*(?:(JsDecode|htmlDecode|decodeURIComponent|Number|parseInt)\s*\(\s*)?
         (?:({_STRING})|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null|undefined|void\s0))
         \s*\)?(\.html\((?:false)?\))?(\s*\*\s*1)?\s*""",
    re.S | re.X,
)
_OR = re.compile(r"\s*\|\|")
_COMMA = re.compile(r"\s*,")
_END = re.compile(r"\s*(?=[,}\]])")
_BALANCE = re.compile(rf"{_STRING}|[][(){{}},'\"]", re.S)
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(\r\n|.))", re.S
)
_UNCOMMON = re.compile(r"\\(?![xunrtbfv'\"\\])")
_PLAIN = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "0": "\0",
    "\n": "",
    "\r\n": "",
}
_JSDECODE = re.compile(r"\\x(5c|0d|22|26|27|3c|3e|0a)")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_CONSTANTS = {"true": True, "false": False}
_MAX_DEPTH = 64
_MAX_FAILURES = (
    8  # literals that can't be read before a script is given up: each may take its whole length
)


class JsError(ValueError):
    """The text is not a literal this module reads; says where."""


def decode_string(quoted: str) -> str:
    """The value of a quoted JavaScript string; surrogate pairs become one character."""
    inner = quoted[1:-1]
    if "\\" not in inner:
        return inner
    if (
        _UNCOMMON.search(inner) is None
    ):  # Python reads these escapes alike, and a hundred times faster
        try:
            return _join_surrogates(
                inner.encode("latin-1", "backslashreplace").decode("unicode_escape")
            )
        except UnicodeDecodeError:
            pass
    return _join_surrogates(_ESCAPE.sub(_unescape, inner))


def _unescape(match: re.Match[str]) -> str:
    two, four, braced, plain = match.groups()
    if plain is not None:
        return _PLAIN.get(plain, plain)
    code = int(two or four or braced, 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def _join_surrogates(text: str) -> str:
    return _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)


def parse_literal(text: str, start: int = 0, *, skip: frozenset[str] = frozenset()) -> Any:
    """The object or array that begins at `start`, as dicts, lists, str, int, float, bool and None.

    The values of the keys in `skip` are passed over undecoded and read as None.
    Raises JsError when the text ends inside it, or it is nested deeper than 64.
    """
    value, _ = _parse_value(text, start, 0, skip)
    return value


def _parse_value(
    text: str, at: int, depth: int, skip: frozenset[str] = frozenset()
) -> tuple[Any, int]:
    opening = text[at : at + 1]
    if opening not in ("{", "["):
        return _parse_atoms(text, at)
    if depth > _MAX_DEPTH:
        raise JsError(f"nested deeper than {_MAX_DEPTH} at character {at}")
    at += 1
    members: dict[str, Any] = {}
    items: list[Any] = []
    while True:
        match = _KEY.match(text, at)
        if match is None or (match.end() >= len(text) and not match[2]):
            raise JsError(f"cut off inside {opening} at character {at}")
        key, bracket = match.groups()
        if bracket in ("}", "]"):
            at = match.end()
            break
        name = decode_string(key) if key and key[0] in "'\"" else key
        begin = match.start(2) if bracket else match.end()
        if name in skip and (passed := _ATOM.match(text, begin)) and _END.match(text, passed.end()):
            value, at = None, passed.end()
        else:
            value, at = _parse_value(text, begin, depth + 1, skip)
        if name is None:
            items.append(value)
        else:
            members[name] = value
        comma = _COMMA.match(text, at)
        at = comma.end() if comma else at
    return (members if opening == "{" else items), at


def _parse_atoms(text: str, at: int) -> tuple[Any, int]:
    """One value or a `||` chain of them; the first that is true in JavaScript wins,
    else the last.
    """
    begin, value = at, None
    while True:
        match = _ATOM.match(text, at)
        if match is None:
            return _skip_junk(text, begin)
        value, at = _atom(match), match.end()
        chain = _OR.match(text, at)
        if chain is None:
            break
        at = chain.end()
        if value:
            return value, _skip_junk(text, at)[1]
    return (value, at) if _END.match(text, at) else _skip_junk(text, begin)


def _skip_junk(text: str, at: int) -> tuple[None, int]:
    """Past an expression that is no literal, to the comma or bracket that ends it."""
    depth = 0
    for match in _BALANCE.finditer(text, at):
        mark = match[0]
        if mark in (
            "'",
            '"',
        ):  # a string that never ends: looking on from each quote would take quadratic time
            break
        if mark in "([{":
            depth += 1
        elif mark in ")]}" and depth:
            depth -= 1
        elif mark in ",)]}" and not depth:
            if mark == ")" or (match.start() == at and mark != ","):
                break
            return None, match.start()
    raise JsError(f"not a literal at character {at}: {text[at : at + 30]!r}")


def _atom(match: re.Match[str]) -> Any:
    call, quoted, number, constant, dehtml, times = match.groups()
    if quoted is None:
        if constant is not None:
            return _CONSTANTS.get(constant)
        return _number(number)
    value = decode_string(quoted)
    if call == "JsDecode" and "\\x" in value:
        value = _JSDECODE.sub(lambda m: chr(int(m[1], 16)), value)
    if call == "htmlDecode" or dehtml:
        value = html.unescape(value)
    if times or call in ("Number", "parseInt"):
        return _number(value) if value.strip() else 0
    return value


def _number(text: str) -> int | float | None:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return None


def parse_assignments(text: str, names: re.Pattern[str]) -> dict[str, Any]:
    """The first non-empty value of each assignment `names` finds (group 1 is the name; the match
    ends after `=`).
    """
    variables: dict[str, Any] = {}
    failures = 0
    for match in names.finditer(text):
        if failures >= _MAX_FAILURES:
            break
        if variables.get(match[1]) not in (None, ""):
            continue
        at = match.end()
        atom_at = at + len(text[at : at + 40]) - len(text[at : at + 40].lstrip())
        try:
            value = (
                _parse_value(text, atom_at, 0)[0]
                if text[atom_at : atom_at + 1] in "{["
                else _statement(text, at)
            )
        except JsError:
            failures += 1
            continue
        if value is not None:
            variables[match[1]] = value
    return variables


def _statement(text: str, at: int) -> Any:
    value = None
    while (match := _ATOM.match(text, at)) is not None:
        value, at = _atom(match), match.end()
        chain = _OR.match(text, at)
        if value or chain is None:
            break
        at = chain.end()
    return value
