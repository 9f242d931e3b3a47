"""The sentence frames in frames/*.toml and how one becomes a sentence: choosing, filling, avoiding
what was said before.

Which frames an article needs is decided in shapes.py.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from plan import Row

__all__ = ["SEASON", "SENTENCE_END", "load_frames", "split_sentences", "Writer"]

FRAMES = Path(__file__).with_name("frames")
ALTERNATIVES = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{([a-z_0-9]+(?:\.[a-z]+)?)(?::([\d.]+)-([\d.]+)(?::([\d.]+))?)?\}")
SEASON = re.compile(r"^@(\d+)-(\d+) ")
SENTENCE_END = re.compile(r"(?:(?<=[。！？])|(?<=[。！？]”))(?![”」）。])")
# an alternative that is a clause of its own: starts after a stop, ends before one
CLAUSES = re.compile(r"(?:(?<=^)|(?<=[，。；：]))\[([^\[\]“”‘’]{9,})\](?=[，。；])")
MONTHS = [
    "一月",
    "二月",
    "三月",
    "四月",
    "五月",
    "六月",
    "七月",
    "八月",
    "九月",
    "十月",
    "十一月",
    "十二月",
]
DIGITS = "零一二三四五六七八九"
FRESH = {
    "surname",
    "district",
    "pf",
    "pm",
    "p",
    "nick",
}  # drawn anew each time; other words stay the same within an article


def load_frames(folder: Path = FRAMES) -> Row:
    """All frame files merged: subjects, news and bundles by key, words,
    voices, shared sentences.
    """
    tables = (
        "bundles",
        "parts",
        "words",
        "voice",
        "shared",
        "more",
        "same",
        "consumables",
        "items",
    )
    frames: Row = {"subjects": {}, "news": {}} | {name: {} for name in tables}
    for path in sorted(folder.glob("*.toml")):
        part = tomllib.loads(path.read_text(encoding="utf-8"))
        for subject in part.get("subjects", []):
            subject.setdefault("topic", part.get("topic"))
            frames["subjects"][subject["key"]] = subject
        frames["news"].update({item["key"]: item for item in part.get("news", [])})
        for name in tables:
            frames[name].update(part.get(name, {}))
    for key, paragraphs in frames["more"].items():
        frames["subjects"][key]["more"] = paragraphs
    for subject in frames["subjects"].values():
        subject["offers"] = {
            i: frames["items"].get(i, [*subject["price"], ""]) for i in subject["items"]
        }
    return frames


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, their marks kept."""
    return [s for s in SENTENCE_END.split(text) if s]


@dataclass
class Writer:
    """Fills frames for one article after another and remembers what the whole sample has already
    said.
    """

    frames: Row
    rng: random.Random
    said: Counter[str] = field(default_factory=Counter)
    drawn: Counter[str] = field(default_factory=Counter)
    bound: Row = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)
    month: int = 1

    def begin(self, when: datetime, bound: Row) -> None:
        """Start an article: its date, its bound words, nothing spent yet."""
        self.month, self.spent = when.month, set()
        back, ahead = (
            when - timedelta(days=self.rng.randint(1, 4)),
            when + timedelta(days=self.rng.randint(3, 12)),
        )
        back -= timedelta(days=max(0, back.isoweekday() - 5))  # meetings are on working days
        self.bound = {
            "year": when.year,
            "month": MONTHS[when.month - 1],
            "q": DIGITS[(when.month + 2) // 3],
            "day": f"{back.month}月{back.day}日",
            "until": f"{ahead.month}月{ahead.day}日",
            "wd": "一二三四五六日"[when.weekday()],
            "year0": 1958,
            "age": when.year - 1958,
            "year1": self.rng.randint(1959, 1996),
            **bound,
        }

    def in_season(self, frame: str) -> bool:
        """Whether a frame tagged `@from-to` (months, may wrap the year) fits this article."""
        tag = SEASON.match(frame)
        if not tag:
            return True
        low, high = int(tag[1]), int(tag[2])
        return low <= self.month <= high if low <= high else self.month >= low or self.month <= high

    def draw(self, frames: Sequence[str]) -> str:
        """The least used frame in season that this article has not used, with a little chance in
        it.
        """
        open_frames = [f for f in frames if f not in self.spent and self.in_season(f)]
        if not open_frames:
            return ""
        frame = min(open_frames, key=lambda f: self.drawn[f] + self.rng.random() * 4)
        self.spent.add(frame)
        self.drawn[frame] += 1
        return frame

    def fill(self, frame: str, *, fuller: float = 0.0) -> str:
        """The least worn of a few renderings; `fuller` is the chance that two clauses are said
        where one would do.
        """
        body = SEASON.sub("", frame)

        def once() -> str:
            chosen = CLAUSES.sub(
                lambda m: self.both(m[1]) if self.rng.random() < fuller else m[0], body
            )
            return self.reword(self.render(chosen)).replace("。”。", "。”")

        text = min((once() for _ in range(7)), key=self.wear)
        self.said.update(split_sentences(text))
        return text

    def both(self, choices: str) -> str:
        """Two alternative clauses one after the other, in their order, when they are long enough to
        stand alone.
        """
        clauses = choices.split("|")
        if len(clauses) < 2 or min(map(len, clauses)) < 5:
            return f"[{choices}]"
        first, second = (clauses[i] for i in sorted(self.rng.sample(range(len(clauses)), 2)))
        return first + ("；" if "，" in first and "；" not in choices else "，") + second

    def wear(self, text: str) -> int:
        """How worn a text is: how often the sample has said its sentences."""
        return sum(self.said[s] ** 2 for s in split_sentences(text))

    def reword(self, text: str) -> str:
        """Near-synonyms put in at random, each place for itself."""
        for pattern, words in self.frames["same"].items():
            text = re.sub(pattern, lambda _, words=words: self.rng.choice(words), text)  # type: ignore[misc]
        return text

    def say(self, frames: Sequence[str]) -> str:
        """Draw a frame and fill it; "" when none is left."""
        frame = self.draw(frames)
        return self.fill(frame) if frame else ""

    def render(self, frame: str) -> str:
        """Choose among `[a|b]`, then fill `{slots}`, words inside words included."""
        text = ALTERNATIVES.sub(lambda m: self.rng.choice(m[1].split("|")), frame)
        while SLOT.search(text):
            text = SLOT.sub(lambda m: self.slot(m[1], m.groups()[1:]), text)
        return text

    def slot(self, name: str, span: tuple[str | None, ...]) -> str:
        """The word for a slot: a number in a span, a bundle's field, a bound word, or a word from a
        list.
        """
        if name == "n":
            return self.number(*span)
        if "." in name:
            bundle, key = name.split(".")
            return str(self.bound[bundle][key])
        if name not in self.bound or name in FRESH:
            words = {"pf": "jobf", "pm": "jobm", "p": self.rng.choice(["jobf", "jobm"])}.get(
                name, name
            )
            choice = self.rng.choice(self.frames["words"][words])
            if name in FRESH:
                return str(choice)
            self.bound[name] = choice
        return str(self.bound[name])

    def number(self, low: str | None, high: str | None, step: str | None) -> str:
        """A number between two ends; the decimals of the ends and the step are kept."""
        if low is None or high is None:
            raise ValueError(
                "a number slot without its ends; write {n:3-9}, or {n:2-4:0.5} with a step"
            )
        digits = max(len(part.partition(".")[2]) for part in (low, high, step or ""))
        unit = float(step or 10**-digits)
        value = float(low) + unit * self.rng.randint(0, round((float(high) - float(low)) / unit))
        return f"{value:.{digits}f}"
