"""The language of a brief. Chinese is what the code says; other languages are catalogues beside
this file, by the Chinese words.

A sentence is written once, in Chinese, with {named} values: `say("每周 {rate} 次", rate="3.0")`.
Where the language is not Chinese its words are looked up in the files <language>.*.toml. Every
sentence must be there: a test compares the catalogue with what the code and the templates say.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

__all__ = ["LANGUAGES", "catalog", "language", "translate", "using_language"]

LANGUAGES = ("zh", "en")
_spoken: ContextVar[str] = ContextVar("spoken", default="zh")


@contextmanager
def using_language(lang: str) -> Iterator[None]:
    """Inside the block every sentence is in this language. Raises KeyError for one that is not in
    LANGUAGES.
    """
    if lang not in LANGUAGES:
        raise KeyError(lang)
    token = _spoken.set(lang)
    try:
        yield
    finally:
        _spoken.reset(token)


def language() -> str:
    """The language spoken now."""
    return _spoken.get()


def translate(words: str, **values: object) -> str:
    """The sentence in the language spoken now, its {named} values filled in; as it stands where
    there are none.

    Raises KeyError where the catalogue lacks the words: a sentence is never left half Chinese.
    """
    sentence = words if (lang := _spoken.get()) == "zh" else catalog(lang)[words]
    return sentence.format(**values) if values else sentence


@cache
def catalog(lang: str) -> Mapping[str, str]:
    """What the catalogue of a language holds: Chinese words to its own, of all its files and their
    sections.
    """
    files = sorted(Path(__file__).parent.glob(f"{lang}.*.toml"))
    files_read = [tomllib.loads(path.read_text(encoding="utf-8")) for path in files]
    return {
        words: sentence
        for sections in files_read
        for section in sections.values()
        for words, sentence in section.items()
    }
