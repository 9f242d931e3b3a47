"""Lists of words that say what an article is for: reading them, and finding their words in titles.
No judgement here.

A line is `目的 位置 词 词 …`; 位置 is 标记 (in a name set off by 【】, ｜ or ：) or 标题
(anywhere); /…/ is a regular expression; # begins a comment. Words match folded: lower case,
simplified, half width.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from analysis.text.normalize import normalize_title
from crawler.errors import DuibiaoError

__all__ = [
    "PLACES",
    "Hit",
    "Lexicon",
    "LexiconError",
    "Reading",
    "Rule",
    "parse_rules",
    "read_rules",
    "shipped_rules",
    "split_markers",
]

PLACES = ("标记", "标题")
_LONGEST = 16  # of a name before ｜ or in 【】
_BEFORE = re.compile(
    rf"\s*(?:[【「『\[〔]([^】」』\]〕]{{2,{_LONGEST}}})[】」』\]〕]|([^|]{{2,{_LONGEST}}}?)\s*\||"
    rf"([^,。!?《》“”\": ]{{2,8}}):)\s*"
)
_AFTER = re.compile(rf"\s*(?:\|\s*([^|]{{2,{_LONGEST}}})|[(【]([^)】]{{2,10}})[)】])\s*$")
_LEAST_REST = 4  # characters: what is left of a title after its names must still be a title


class LexiconError(DuibiaoError, ValueError):
    """A list of words can't be used; says which line and why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One word of a list: the purpose it speaks for, where it has to stand, and the word or
    pattern.
    """

    purpose: str
    place: str
    word: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A word found: its purpose, its place, and the words as they stand in the folded text."""

    purpose: str
    place: str
    word: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A folded title with the hits in its names and the hits anywhere in it."""

    title: str
    named: tuple[Hit, ...]
    worded: tuple[Hit, ...]


def split_markers(title: str) -> tuple[list[str], str]:
    """The names set off at either end of a folded title, at most two at each, and what is left of
    it.
    """
    names: list[str] = []
    for _ in range(2):
        marker = _BEFORE.match(title)
        if marker and len(title) - marker.end() >= _LEAST_REST:
            names.append(next(filter(None, marker.groups())))
            title = title[marker.end() :]
        marker = _AFTER.search(title)
        if marker and marker.start() >= _LEAST_REST:
            names.append(next(filter(None, marker.groups())))
            title = title[: marker.start()]
    return names, title


def parse_rules(text: str, *, purposes: Sequence[str], source: str) -> tuple[Rule, ...]:
    """The rules of a list, in its order. Raises LexiconError naming source, line and what can stand
    there.
    """
    rules: list[Rule] = []
    for number, line in enumerate(text.splitlines(), 1):
        purpose, *rest = line.split("#")[0].split() or [""]
        if not purpose:
            continue
        if purpose not in purposes:
            raise LexiconError(
                f"{source} 第 {number} 行：目的 {purpose!r} 不认识；可以用 {'、'.join(purposes)}"
            )
        if len(rest) < 2 or rest[0] not in PLACES:
            raise LexiconError(
                f"{source} 第 {number} 行：写成「目的 位置 词…」，位置是 {'、'.join(PLACES)}"
            )
        rules += [_rule(purpose, rest[0], word, f"{source} 第 {number} 行") for word in rest[1:]]
    return tuple(rules)


def _rule(purpose: str, place: str, word: str, where: str) -> Rule:
    if len(word) > 2 and word.startswith("/") and word.endswith("/"):
        try:
            re.compile(word[1:-1])
        except re.error as error:
            raise LexiconError(f"{where}：正则 {word} 不对：{error}") from None
        return Rule(purpose, place, word)
    return Rule(purpose, place, normalize_title(word))


def read_rules(path: Path, *, purposes: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of a user's file (UTF-8). Raises LexiconError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LexiconError(f"读不了词表 {path}：{error.strerror}") from None
    except UnicodeDecodeError:
        raise LexiconError(f"词表 {path} 不是 UTF-8：另存为 UTF-8 再试") from None
    return parse_rules(text, purposes=purposes, source=str(path))


@cache
def shipped_rules(name: str, purposes: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules of a list in lexicons/."""
    return parse_rules(
        (resources.files("analysis") / "lexicons" / name).read_text(encoding="utf-8"),
        purposes=purposes,
        source=name,
    )


@dataclass
class Lexicon:
    """Rules ready to be found: words by their first character, so that the cost hardly grows with
    their number; earlier rules go first.
    """

    rules: Sequence[Rule]
    _words: dict[str, dict[str, list[tuple[int, Hit]]]] = field(init=False)
    _patterns: dict[str, list[tuple[int, Hit, re.Pattern[str]]]] = field(init=False)

    def __post_init__(self) -> None:
        self._words = {place: defaultdict(list) for place in PLACES}
        self._patterns = {place: [] for place in PLACES}
        for order, rule in enumerate(self.rules):
            hit = Hit(rule.purpose, rule.place, rule.word)
            if rule.word.startswith("/") and len(rule.word) > 2:
                self._patterns[rule.place].append((order, hit, re.compile(rule.word[1:-1])))
            else:
                self._words[rule.place][rule.word[0]].append((order, hit))

    def find(self, text: str, place: str) -> list[Hit]:
        """Every hit in a folded text, each once: the ones that end last go first (财经 in 财经日报
        says less than 日报), then by rule.
        """
        words, hits = self._words[place], []
        for start, character in enumerate(text):
            for order, hit in words.get(character, ()):
                if text.startswith(hit.word, start):
                    hits.append((-start - len(hit.word), order, hit))
        for order, hit, pattern in self._patterns[place]:
            if (match := pattern.search(text)) is not None:
                hits.append((-match.end(), order, Hit(hit.purpose, hit.place, match.group())))
        return list(dict.fromkeys(hit for _, _, hit in sorted(hits, key=lambda item: item[:2])))

    def find_in_markers(self, names: Iterable[str]) -> list[Hit]:
        """The hits of a title's names, first name first."""
        return list(dict.fromkeys(hit for name in names for hit in self.find(name, "标记")))

    def read_titles(self, titles: Sequence[str]) -> list[Reading]:
        """What the rules find in each folded title, in its names and anywhere."""
        return [
            Reading(
                title,
                tuple(self.find_in_markers(split_markers(title)[0])),
                tuple(self.find(title, "标题")),
            )
            for title in titles
        ]
