"""CSS lengths: text -> a checked length, a length -> px. calc(), min(), max() and clamp() included.
Pure.

Viewport units count from the width an article has on a computer (677 px), which is also what the
measured figures assume.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

__all__ = ["VIEWPORT", "Length", "parse_length", "parse_number"]

VIEWPORT = (677.0, 1000.0)  # CSS px; the width of WeChat's article column
_PX = {
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
}
_VIEW = {
    "vw": 0,
    "vh": 1,
    "svw": 0,
    "svh": 1,
    "lvw": 0,
    "lvh": 1,
    "dvw": 0,
    "dvh": 1,
    "vi": 0,
    "vb": 1,
}
_FONT = {
    "em": 1.0,
    "ex": 0.5,
    "ch": 0.5,
    "ic": 1.0,
    "cap": 0.7,
}  # ex, ch and cap are the font's; halves are what CSS says to fall back to
_UNITS = frozenset({*_PX, *_VIEW, *_FONT, "rem", "vmin", "vmax", "%"})
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
_PLAIN = re.compile(rf"({_NUMBER})([a-z%]*)")
_TOKEN = re.compile(rf"\s*(?:({_NUMBER})([a-z]+|%)?|(calc|min|max|clamp)?\(|([-+*/,)]))")
_MAX_TERMS = 200


@dataclass(frozen=True, slots=True)
class Length:
    """A length before its unit is resolved: a number and a unit, or a formula of them."""

    number: float
    unit: str
    formula: tuple[Any, ...] | None = None

    @property
    def negative(self) -> bool:
        """Whether it is plainly below nothing; a formula is clamped when resolved instead."""
        return self.formula is None and self.number < 0

    @property
    def relative(self) -> bool:
        """Whether it is told in type sizes or per cent; a formula counts as a length of its own, as
        in Chromium.
        """
        return self.unit in _FONT or self.unit == "%"

    def px(self, em: float, root: float, whole: float) -> float:
        """In CSS px: `em` is the type size it stands in, `root` that of the page, `whole` what 100
        % is.
        """
        if self.formula is None:
            return _resolve(self.number, self.unit, em, root, whole)
        value = _evaluate(self.formula, em, root, whole)
        return value if math.isfinite(value) else 0.0


def _resolve(number: float, unit: str, em: float, root: float, whole: float) -> float:
    if unit == "px":
        return number
    if unit in _FONT:
        return number * _FONT[unit] * em
    if unit == "%":
        return number / 100 * whole
    if unit in _PX:
        return number * _PX[unit]
    if unit == "rem":
        return number * root
    if unit in _VIEW:
        return number / 100 * VIEWPORT[_VIEW[unit]]
    return number / 100 * (min(VIEWPORT) if unit == "vmin" else max(VIEWPORT)) if unit else number


@lru_cache(maxsize=8192)
def parse_length(value: str, *, percent: bool = False) -> Length | None:
    """A lower-case length, or percentage where it is allowed; None for anything else, a bare number
    but 0 included.
    """
    match = _PLAIN.fullmatch(value)
    if match is None:
        formula = _parse_formula(value)
        return Length(0.0, "", formula[0]) if formula is not None and formula[1] else None
    number, unit = float(match[1]), match[2]
    if not unit:
        return Length(0.0, "px") if number == 0 else None
    if unit not in _UNITS or (unit == "%" and not percent) or not math.isfinite(number):
        return None
    return Length(number, unit)


@lru_cache(maxsize=4096)
def parse_number(value: str) -> float | None:
    """A bare number, or a formula of bare numbers."""
    match = _PLAIN.fullmatch(value)
    if match is not None:
        number = float(match[1])
        return number if not match[2] and math.isfinite(number) else None
    formula = _parse_formula(value)
    return _evaluate(formula[0], 0, 0, 0) if formula is not None and not formula[1] else None


def _parse_formula(value: str) -> tuple[tuple[Any, ...], bool] | None:
    """(formula, whether it is a length) of calc(), min(), max() or clamp(); None where it is none
    or mixes numbers with lengths.
    """
    if not value.startswith(("calc(", "min(", "max(", "clamp(")):
        return None
    try:
        reader = _Reader(value)
        formula, is_length = reader.factor()
        return (formula, is_length) if reader.at_end() else None
    except _NoFormulaError:
        return None


class _NoFormulaError(ValueError):
    """Not a formula that CSS allows."""


class _Reader:
    """Recursive descent over one formula; every step gives (formula, is it a length)."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, ...]] = []
        at = 0
        while at < len(text):
            token = _TOKEN.match(text, at)
            if token is None or token.end() == at or len(self.tokens) > _MAX_TERMS:
                raise _NoFormulaError
            glued = (
                self.tokens
                and (self.tokens[-1][0] or self.tokens[-1][3] == ")")
                and token[1]
                and token[1][0] in "+-"
            )
            number = token[1] or ""
            if (
                glued
            ):  # "1em -2px" is two tokens in the pattern's eyes and no formula; "1em - 2px" is one
                raise _NoFormulaError
            self.tokens.append(
                (
                    number,
                    token[2] or "",
                    token[3] or ("(" if token[0].strip() == "(" else ""),
                    token[4] or "",
                )
            )
            at = token.end()
        self.at = 0

    def at_end(self) -> bool:
        return self.at == len(self.tokens)

    def peek(self) -> str:
        return self.tokens[self.at][3] if self.at < len(self.tokens) else ""

    def take(self) -> tuple[str, ...]:
        if self.at >= len(self.tokens):
            raise _NoFormulaError
        self.at += 1
        return self.tokens[self.at - 1]

    def sum(self) -> tuple[tuple[Any, ...], bool]:
        left, is_length = self.product()
        while self.peek() in ("+", "-"):
            sign = self.take()[3]
            right, other = self.product()
            if other != is_length:
                raise _NoFormulaError
            left = (sign, left, right)
        return left, is_length

    def product(self) -> tuple[tuple[Any, ...], bool]:
        left, is_length = self.factor()
        while self.peek() in ("*", "/"):
            sign = self.take()[3]
            right, other = self.factor()
            if other and (is_length or sign == "/"):
                raise _NoFormulaError
            left, is_length = (sign, left, right), is_length or other
        return left, is_length

    def factor(self) -> tuple[tuple[Any, ...], bool]:
        number, unit, opening, _ = self.take()
        if number:
            if unit and unit not in _UNITS:
                raise _NoFormulaError
            return ("number", float(number), unit), bool(unit)
        if not opening:
            raise _NoFormulaError
        terms = [self.sum()]
        while self.peek() == ",":
            self.take()
            terms.append(self.sum())
        if self.take()[3] != ")" or len({is_length for _, is_length in terms}) != 1:
            raise _NoFormulaError
        if (opening in ("calc", "(") and len(terms) > 1) or (
            opening == "clamp" and len(terms) != 3
        ):
            raise _NoFormulaError
        return (opening, *(formula for formula, _ in terms)), terms[0][1]


def _evaluate(formula: tuple[Any, ...], em: float, root: float, whole: float) -> float:
    what, *rest = formula
    if what == "number":
        return _resolve(rest[0], rest[1], em, root, whole)
    values = [_evaluate(term, em, root, whole) for term in rest]
    if what in ("calc", "("):
        return values[0]
    if what == "clamp":
        return max(values[0], min(values[1], values[2]))
    if what in ("min", "max"):
        return min(values) if what == "min" else max(values)
    if what == "/":
        return values[0] / values[1] if values[1] else 0.0
    return (
        values[0] + values[1]
        if what == "+"
        else values[0] - values[1]
        if what == "-"
        else values[0] * values[1]
    )
