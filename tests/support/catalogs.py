"""The English catalogue of briefs, as a translator sees it."""

from __future__ import annotations

from functools import cache

from babel.messages.pofile import read_po

from analysis.report.translation import catalog_path

__all__ = ["names_in_sentences", "translations"]


@cache
def _entries() -> tuple[tuple[str, str | None, str, str], ...]:
    """The part of the catalogue, the context, the Chinese words and the English ones of every
    entry; a part begins with a comment such as "page: cadence".
    """
    entries, part = [], ""
    with catalog_path("en").open("rb") as file:
        for message in read_po(file, locale="en", abort_invalid=True):
            part = " ".join(message.user_comments) or part
            if message.id:
                words, text = _plural(message.id), _plural(message.string)
                entries.append((part, message.context, words, text))
    return tuple(entries)


def _plural(text: str | tuple[str, ...]) -> str:
    """A text, or its form for many."""
    return text if isinstance(text, str) else text[-1]


def translations(*, under: str = "") -> dict[str, str]:
    """The sentences of the parts whose names begin so, by their Chinese words."""
    return {
        words: text
        for part, context, words, text in _entries()
        if context is None and part.startswith(under)
    }


def names_in_sentences() -> dict[str, str]:
    """The names as they stand inside a sentence, by their Chinese words."""
    return {words: text for _, context, words, text in _entries() if context == "sentence"}
