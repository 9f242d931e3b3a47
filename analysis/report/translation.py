"""What a page says, in the language spoken: sentences of the templates, and words that figures
carry. Escaped; nothing from outside becomes markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

from analysis.report.safe_text import safe_text
from analysis.report.wording import catalog, language, translate

__all__ = ["translate_counted", "translate_on_page", "translate_phrase"]

_FIGURE = re.compile(r"(?<![\w{])-?\d[\d.,:%–-]*(?<![,:–-])(?![\dA-Za-z])")
_PLURAL = re.compile(r"\{(\w+)\} (\w{3,}?)(es|s)\b")
_LONG_PLURALS = ("push", "match")


def translate_on_page(words: str, /, **values: object) -> Markup:
    """A sentence of a template with its values filled in, each escaped unless it is markup made by
    the page itself. Raises KeyError as wording.translate.
    """
    sentence = translate_counted(words, values)
    clean = {
        name: safe_text(value)
        if isinstance(value, str) and not isinstance(value, Markup)
        else value
        for name, value in values.items()
    }
    return Markup(escape(safe_text(sentence))).format(**clean)


def translate_counted(words: str, values: Mapping[str, object]) -> str:
    """The sentence in the current language, its values still open, its nouns as their numbers ask
    for. Raises KeyError as wording.translate.
    """
    sentence = translate(words)
    if language() == "zh":
        return sentence
    return _PLURAL.sub(
        lambda match: _one(match) if str(values.get(match[1])) == "1" else match[0], sentence
    )


def _one(found: re.Match[str]) -> str:
    """{n} articles -> {n} article, where there is one."""
    noun = found[2] if found[3] == "s" or found[2] in _LONG_PLURALS else f"{found[2]}e"
    return f"{{{found[1]}}} {noun}"


def translate_phrase(text: str) -> str:
    """Words the analysis itself made, in the language spoken; its figures are {0}, {1}… in the
    catalogue. What is not there is left: a name or a value.
    """
    if language() == "zh":
        return text
    known = catalog(language())
    if text in known:
        return known[text]
    figures = _FIGURE.findall(text)
    counted = iter(range(len(figures)))
    spoken = known.get(_FIGURE.sub(lambda _: f"{{{next(counted)}}}", text))
    return spoken.format(*figures) if spoken else text
