"""Mutated inputs: the quick form of `make fuzz`, and everything that once broke a parser."""

from __future__ import annotations

import random

import pytest

from tests.reliability.fuzz import PARSERS, Unstorable, check_storable, fuzz_here, shrink, try_one
from tests.reliability.mutating import LONGEST, mutate
from tests.reliability.seeds import FOUND

FILES = sorted(path.relative_to(FOUND).as_posix() for path in FOUND.rglob("*.*"))


@pytest.mark.parametrize("name", FILES)
def test_what_once_broke_a_parser_is_read_or_refused(name: str) -> None:
    told, took = try_one(name.split("/")[0], (FOUND / name).read_bytes())
    assert not told.startswith("!")
    assert took < 1


@pytest.mark.parametrize("parser", PARSERS)
def test_mutated_inputs_break_nothing(parser: str) -> None:
    result = fuzz_here(parser, range(300, 600))
    assert result.findings == []
    assert result.runs == 300
    assert result.told["read"] > 50


def test_a_mutant_is_the_same_for_the_same_seed_and_bounded() -> None:
    seeds = [b"<html><p style='a'>1</p></html>", b'{"a": [1, {"b": "c"}]}']
    made = [mutate(seeds, random.Random(n)) for n in range(300)]
    assert made == [mutate(seeds, random.Random(n)) for n in range(300)]
    assert max(map(len, made)) <= LONGEST
    assert len(set(made)) > 250


def test_the_least_that_still_breaks_is_found() -> None:
    assert shrink(b"x" * 1000 + b"bad" + b"y" * 500, lambda raw: b"bad" in raw) == b"bad"


@pytest.mark.parametrize("value", ["a\0", "\ud800", {"a": ["\ud800"]}, 2**70, ("ok", "b\0")])
def test_what_no_store_can_hold_is_seen(value: object) -> None:
    with pytest.raises(Unstorable):
        check_storable(value)
