"""What a page says, in the current language. Chinese is what code and templates hold; another
language is a gettext catalogue by the Chinese words, locale/<language>/LC_MESSAGES/duibiao.po.

A sentence is written once, whole, its values {named} as str.format fills them in:
`translate("每周 {rate} 次", rate="3.0")`. Where the catalogue has plural forms, the number {n}
decides between them; a sentence with two numbers is put together from smaller ones. Every sentence
must be in the catalogue: a test compares it with what code and templates hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from numbers import Real
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from analysis.report.safe_text import safe_text

__all__ = [
    "LANGUAGES",
    "catalog_path",
    "language",
    "look_up",
    "translate",
    "translate_label",
    "translate_name",
    "translate_on_page",
    "translate_phrase",
    "using_language",
]

LANGUAGES = ("zh", "en")
_language: ContextVar[str] = ContextVar("language", default="zh")
_IN_SENTENCE = "sentence"  # msgctxt of names that stand inside a sentence
_FIGURE = re.compile(r"(?<![\w{])-?\d[\d.,:%–-]*(?<![,:–-])(?![\dA-Za-z])")


@contextmanager
def using_language(lang: str) -> Iterator[None]:
    """Inside the block every sentence is in this language. Raises KeyError for one that is not in
    LANGUAGES.
    """
    if lang not in LANGUAGES:
        raise KeyError(lang)
    token = _language.set(lang)
    try:
        yield
    finally:
        _language.reset(token)


def language() -> str:
    """The current language."""
    return _language.get()


def translate(words: str, /, **values: object) -> str:
    """The sentence in the current language, its {named} values filled in; as it stands where there
    are none.

    Raises KeyError where the catalogue lacks the words: a sentence is never left half Chinese.
    """
    sentence = look_up(words, values)
    return sentence.format(**values) if values else sentence


def translate_name(word: str) -> str:
    """A name of the analysis (weekday, figure, purpose) as it stands inside a sentence. Raises
    KeyError as translate.
    """
    return _catalog(language()).pgettext(_IN_SENTENCE, word)


def translate_label(text: str) -> str:
    """A name of the analysis as tables and axes have it; what the catalogue lacks is left, a name
    from outside or a value.
    """
    with suppress(KeyError):
        return translate(text) if text else ""
    return text


def translate_phrase(text: str) -> str:
    """Words the analysis itself made, in the current language; its figures are {0}, {1}… in the
    catalogue. What is not there is left: a name or a value.
    """
    if language() == "zh":
        return text
    label = translate_label(text)
    if label != text:
        return label
    figures = _FIGURE.findall(text)
    numbers = iter(range(len(figures)))
    pattern = _FIGURE.sub(lambda _: f"{{{next(numbers)}}}", text)
    phrase = translate_label(pattern)
    return text if phrase == pattern else phrase.format(*figures)


def translate_on_page(words: str, /, **values: object) -> str:
    """A sentence of a template, `_("…", name=value)`: each value is escaped unless it is markup
    made by the page itself; without values the sentence is plain text. Raises KeyError as
    translate.

    It is no gettext of jinja2.ext.i18n: that fills %(name)s, so that every % has to be doubled, and
    takes the catalogue's words for markup.
    """
    sentence = look_up(words, values)
    if not values:
        return sentence
    clean = {
        name: safe_text(value)
        if isinstance(value, str) and not isinstance(value, Markup)
        else value
        for name, value in values.items()
    }
    return Markup(escape(safe_text(sentence))).format(**clean)


def look_up(words: str, values: Mapping[str, object]) -> str:
    """The sentence in the current language, its values still open. Raises KeyError as translate,
    TypeError where {n} is no number.
    """
    catalog = _catalog(language())
    if "n" not in values:
        return catalog.gettext(words)
    n = values["n"]
    if not isinstance(n, Real):
        raise TypeError(f"{{n}} of {words!r} is no number: {n!r}")
    number = float(n)
    count = int(number) if number.is_integer() else 2  # 1.5 articles, as 2 articles
    try:
        return catalog.ngettext(words, words, count)
    except KeyError:  # no plural forms
        return catalog.gettext(words)


def catalog_path(lang: str) -> Path:
    """The catalogue of a language other than Chinese."""
    return Path(__file__).parent / "locale" / lang / "LC_MESSAGES" / "duibiao.po"


@cache
def _catalog(lang: str) -> NullTranslations:
    """The catalogue of a language, compiled in memory (25 ms, once): no compiled copy can be
    older than its source.
    """
    if lang == "zh":
        return NullTranslations()
    compiled = BytesIO()
    with catalog_path(lang).open("rb") as file:
        write_mo(compiled, read_po(file, locale=lang))
    compiled.seek(0)
    catalog = GNUTranslations(compiled)
    catalog.add_fallback(_Untranslated())
    return catalog


class _Untranslated(NullTranslations):
    """What a catalogue lacks is an error."""

    def gettext(self, message: str) -> str:
        raise KeyError(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise KeyError(msgid1)

    def pgettext(self, context: str, message: str) -> str:
        raise KeyError(message)
