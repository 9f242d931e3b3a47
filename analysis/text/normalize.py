"""Every way a text is normalized before it is compared: what counts as the same is decided here.
All begin with NFKC (full-width letters and signs become plain ones); what is shown is never
changed. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

__all__ = [
    "BARS",
    "DOTS",
    "normalize_key",
    "normalize_lines",
    "normalize_text",
    "normalize_title",
    "normalize_word",
    "normalize_words",
    "simplify",
]

BARS = "|｜丨│┃∣ǀ❘▏▕︱¦"
DOTS = "·•・‧∙⋅●"
_TITLE_BARS = str.maketrans(dict.fromkeys("｜丨│┃∣ǀ❘", "|"))
_BARS_AND_DOTS = str.maketrans(dict.fromkeys(BARS, "|") | dict.fromkeys(DOTS, "·"))
_FORMAT_SIGNS = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_NO_SPACE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff]+")
_SIGNS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")
_MAX_TITLE = 200  # longer texts are no titles and not worth a place in the cache
_COMMON_SIGNS = {
    sign: unicodedata.normalize("NFKC", sign) for sign in "，！？：（）；～…．"
}  # four titles in five hold one, and it alone would have the whole normalized


def normalize_text(text: str) -> str:
    """NFKC without invisible format characters: what a tokenizer gets to see."""
    return _FORMAT_SIGNS.sub("", unicodedata.normalize("NFKC", text))


def normalize_lines(text: str) -> str:
    """As normalize_text, several times faster where most lines hold nothing to normalize but the
    common full-width signs.
    """
    for sign, plain in _COMMON_SIGNS.items():
        text = text.replace(sign, plain)
    return _FORMAT_SIGNS.sub(
        "", "\n".join([unicodedata.normalize("NFKC", line) for line in text.split("\n")])
    )


def normalize_word(word: str) -> str:
    """A word as it is matched and counted: as normalize_text, simplified, lower case."""
    return simplify(normalize_text(word)).casefold()


def normalize_title(title: str) -> str:
    """A title as a lexicon's rules match it: simplified, lower case, one kind of bar; digits and
    spaces stay.
    """
    return simplify(unicodedata.normalize("NFKC", title.translate(_TITLE_BARS))).casefold()


def normalize_words(text: str) -> str:
    """A text as its grams are compared: lower case, signs and white space as single spaces; digits
    stay, names have them (交通918).
    """
    return _SIGNS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def normalize_key(text: str) -> str:
    """A column's name or a title as a key: lower case, no white space, one kind of bar and of dot,
    every run of digits as `#`, so that issue 3 and issue 4 are the same.
    """
    return _title_key(text) if len(text) <= _MAX_TITLE else _key(text)


def _key(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text.translate(_BARS_AND_DOTS)).casefold()
    return _DIGITS.sub("#", _NO_SPACE.sub("", folded))


# Each way to look at an account asks for its titles again: seven times in all.
_title_key = lru_cache(maxsize=16_384)(_key)


def simplify(text: str) -> str:
    """Traditional characters as simplified ones (OpenCC t2s), for matching only."""
    return text if text.isascii() else _converter()(text)


@cache
def _converter() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert
