"""Words of Chinese text, and the folding under which words match. The only user of a tokenizer.

`rjieba` (Rust) cuts in bulk; `jieba` is the reference. Both have jieba's dictionary and algorithm,
plus the domain words that ship here and the user's own. They part in two places, and there the text
is cut here, before either sees it: ASCII runs with signs inside (github.com), and one character
three times or more (太太太), where two ways of cutting are equally likely and each breaks the tie
its own way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.text.normalize import normalize_lines, normalize_text, normalize_word
from crawler.errors import DuibiaoError

if TYPE_CHECKING:
    import rjieba

__all__ = [
    "TOKENIZERS",
    "WordsError",
    "cut_folded",
    "cut_words",
    "dictionary_words",
    "find_names",
    "find_topics",
    "read_words",
    "stop_words",
    "tag_words",
]

TOKENIZERS = ("rjieba", "jieba")
_ASCII = "A-Za-z0-9"
# GPT-4o, 8.5%, C++, café
_SIGNED = (
    rf"[{_ASCII}](?:[{_ASCII}]*(?:[.\-_&+@][{_ASCII}]+)+[+#%]*|[{_ASCII}]*[+#%]+|"
    rf"[{_ASCII}]*[À-ɏ][{_ASCII}À-ɏ]*)|[À-ɏ][{_ASCII}À-ɏ]*"
)
_REPEATED = r"(?P<again>[\u4e00-\u9fd5])(?P=again)(?P=again)+"
_BLOCK = (
    rf"\u4e00-\u9fd5{_ASCII}"  # what jieba 0.42.1 looks up in its dictionary, without its signs
)
_RARE = rf"[^\W_{_BLOCK}]+"  # かな and rarer Han stay words of their own
_BLOCKS = re.compile(rf"[{_BLOCK}]+")
_END, _KEPT = "\n", "\0"  # between two texts, and in place of what no tokenizer gets to see
_GAP = re.compile(rf"[^{_BLOCK}{_END}{_KEPT}]+")
# GPT-4o, SK-II, Llama 3, Claude Code 2.1: a name, and the number of a version after a space
_TERM_PARTS = re.compile(
    rf"(?P<latin>[A-Za-z][{_ASCII}]*(?:[.\-+&][{_ASCII}]+)*\+*"
    rf"(?: \d{{1,2}}(?:\.\d+)*(?![{_ASCII}]))?)|(?P<han>[\u4e00-\u9fd5]+)"
    r"|(?P<sign>(?!(?<=[A-Za-z0-9]) (?=[A-Za-z]))[^A-Za-z\u4e00-\u9fd5]+)"
)
_AT_ONCE = 1000  # texts cut in one call: a call for each costs as much as the cutting
_NAME_TAGS = frozenset({"nr", "nrfg", "nrt", "ns", "nt", "nz"})
_DICTIONARY_LINE = re.compile(
    r"(.+?)(?: (\d+))?(?: ([a-z]+))?"
)  # jieba's own: word, frequency, tag

_Entry = tuple[str, str | None, str | None]  # word, frequency, tag


class WordsError(DuibiaoError, ValueError):
    """A file of words can't be used; says which and why."""


def cut_words(
    texts: Iterable[str], *, tokenizer: str = "rjieba", user_words: Sequence[str] = ()
) -> list[list[str]]:
    """The words of each text, in order, as written but for full-width letters; signs, emoji and
    white space are left out.

    `user_words` are lines of a dictionary in jieba's format, `word [frequency] [tag]`; a word
    without frequency gets the least one that keeps it whole. Both tokenizers give the same words,
    except that ties other than repetition may break differently (none in 28,679 real titles).
    Raises ValueError for another tokenizer.
    """
    if tokenizer not in TOKENIZERS:
        raise ValueError(f"tokenizer {tokenizer!r} is none of {', '.join(TOKENIZERS)}")
    cut, whole = _cutter(tokenizer, tuple(user_words))
    waiting = iter(texts)
    words: list[list[str]] = []
    while batch := list(islice(waiting, _AT_ONCE)):
        words += _cut_many(batch, cut, whole)
    return words


def cut_folded(folded: str) -> list[str]:
    """The words of a folded title (normalize_key), signs included, by jieba's own dictionary and
    no other words: weights are learned on these.
    """
    return [str(word) for word in _rjieba(()).cut(folded)]


def dictionary_words() -> Iterator[tuple[str, int, str]]:
    """jieba's dictionary: each word, how often it was counted, its tag."""
    with (resources.files("jieba") / "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, count, tag = line.split()
            yield word, int(count), tag


def find_names(texts: Iterable[str], *, user_words: Sequence[str] = ()) -> list[list[str]]:
    """The words of each text that rjieba tags as a person, place, organisation or other name, of
    two characters or more: a hint, no register.
    """
    tokenizer = _rjieba(tuple(_entries(tuple(user_words))[0]))
    return [
        [
            word
            for run in _BLOCKS.findall(normalize_text(text))
            for word, tag in tokenizer.tag(run)
            if tag in _NAME_TAGS and len(word) > 1
        ]
        for text in texts
    ]


def find_topics(texts: Iterable[str], *, kinds: str = "nv") -> list[list[str]]:
    """The words of each text that can be what it is about, folded: nouns and verbs by rjieba's tags
    (their first letters in `kinds`), of two characters or more and no stop words; each once, in the
    order they come. A hint, as find_names is.
    """
    tokenizer, stopped = _rjieba(tuple(_entries(())[0])), stop_words()
    tagged = (
        [
            (normalize_word(word), tag)
            for run in _BLOCKS.findall(normalize_text(text))
            for word, tag in tokenizer.tag(run)
        ]
        for text in texts
    )
    return [
        list(
            dict.fromkeys(
                word
                for word, tag in words
                if tag[:1] in kinds and len(word) > 1 and word not in stopped
            )
        )
        for words in tagged
    ]


def tag_words(texts: Iterable[str]) -> list[list[tuple[str, str]]]:
    """The words of each text in order with rjieba's tags, as written but for full-width letters.

    Latin names stay whole with their version (GPT-4o, SK-II, Llama 3) under the tag "eng"; where
    signs stand between two words, there is ("", ""); so it is for a space, but between two Latin
    words.
    """
    tokenizer = _rjieba(tuple(_entries(())[0]))
    tagged = []
    for text in texts:
        words: list[tuple[str, str]] = []
        for part in _TERM_PARTS.finditer(normalize_text(text)):
            if part.lastgroup == "latin":
                words.append((part[0], "eng"))
            elif part.lastgroup == "han":
                words += tokenizer.tag(part[0])
            else:
                words.append(("", ""))
        tagged.append(words)
    return tagged


def _cut_many(
    texts: Sequence[str], cut: Callable[[str], list[str]], whole: re.Pattern[str]
) -> Iterator[list[str]]:
    """The words of some texts by one call of the tokenizer, which gets letters it knows and three
    signs: space, _END, _KEPT.
    """
    placeholders: list[str] = []

    def keep(match: re.Match[str]) -> str:
        placeholders.append(match[0])
        return _KEPT

    joined = _END.join([text.replace(_END, " ").replace(_KEPT, " ") for text in texts])
    tokens = cut(_GAP.sub(" ", whole.sub(keep, normalize_lines(joined))))
    originals = iter(placeholders)
    words: list[str] = []
    for token in tokens:
        if token == _END:
            yield words
            words = []
        elif token == _KEPT:
            words.append(next(originals))
        elif token != " ":
            words.append(token)
    yield words


@cache
def _cutter(
    tokenizer: str, user_words: tuple[str, ...]
) -> tuple[Callable[[str], list[str]], re.Pattern[str]]:
    """A tokenizer of its own for each set of words (the libraries' default ones would carry words
    over), and what it never gets to see.
    """
    plain, signed = _entries(user_words)
    longest_first = sorted(
        {re.escape(word) for word, _, _ in signed}, key=lambda word: (-len(word), word)
    )
    whole = re.compile("|".join([*longest_first, _SIGNED, _REPEATED, _RARE]))
    return (_rjieba(tuple(plain)).cut if tokenizer == "rjieba" else _cut_with_jieba(plain)), whole


def _entries(user_words: tuple[str, ...]) -> tuple[list[_Entry], list[_Entry]]:
    """The words that ship and the user's: those a tokenizer can hold, and those with
    signs in them.
    """
    plain: list[_Entry] = []
    signed: list[_Entry] = []
    for line in (*_shipped("words.txt"), *user_words):
        if (entry := _DICTIONARY_LINE.fullmatch(line.strip())) is None:
            continue
        word = normalize_text(entry[1])
        (plain if _BLOCKS.fullmatch(word) else signed).append((word, entry[2], entry[3]))
    return plain, signed


@cache
def _rjieba(words: tuple[_Entry, ...]) -> rjieba.Jieba:
    import rjieba

    tokenizer = rjieba.Jieba()
    for word, frequency, tag in words:
        tokenizer.add_word(word, int(frequency) if frequency else None, tag)
    return tokenizer


def _cut_with_jieba(words: Sequence[_Entry]) -> Callable[[str], list[str]]:
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    total = tokenizer.total
    for word, frequency, tag in words:
        tokenizer.add_word(word, int(frequency) if frequency else None, tag)
        # as rjieba has it: an added word must not shift the odds between words of the dictionary
        tokenizer.total = total
    return lambda text: list(tokenizer.cut(text))


def read_words(path: Path) -> tuple[str, ...]:
    """The lines of a user's file of words (UTF-8), in jieba's format or one word a line; empty ones
    left out. Raises WordsError.
    """
    try:
        return _lines(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise WordsError(f"读不了词表 {path}：{error.strerror}") from None
    except UnicodeDecodeError:
        raise WordsError(f"词表 {path} 不是 UTF-8：另存为 UTF-8 再试") from None


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


@cache
def _shipped(name: str) -> tuple[str, ...]:
    return _lines((resources.files("analysis") / "lexicons" / name).read_text(encoding="utf-8"))


@cache
def stop_words() -> frozenset[str]:
    """The words that say nothing by themselves, folded as by normalize_word."""
    return frozenset(normalize_word(word) for word in _shipped("stop_words.txt"))
