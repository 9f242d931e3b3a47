"""What titles are about: the nouns, names and compound terms (深海采矿, GPT-4o, 小户型收纳) of many
titles together. What they say of an account is content.topics'.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise

from analysis.text.normalize import normalize_word
from analysis.text.tokens import dictionary_words, stop_words, tag_words

__all__ = ["find_terms", "general_share"]

# rjieba's tags of words that can stand for a subject, and of those that can stand in one
_NOUNS = frozenset(
    {"n", "nz", "nt", "ns", "nr", "nrt", "nrfg", "vn", "l", "eng", "j", "x", "i", ""}
)
_INSIDE = _NOUNS | {"v", "a", "b", "an", "s", "ng", "vg"}
_LAST = _NOUNS - {"l", "i"}  # a phrase at the end makes a slogan
_LEAST = 4  # titles that have a compound, before it is taken for one
_BOUND = 0.3  # of the titles with its rarer half: else the two only happen to meet
_BOUND_AGAIN = 0.5  # of the titles with its rarer pair, for a third word
_LONGEST = 14  # characters: a longer run is a slogan
_NUMBERS = re.compile(r"[\d.\-%+]+|[第首]?[一二三四五六七八九十百千万亿两几]+[届期个种名大]?")

_Tagged = list[tuple[str, str]]
_Compound = tuple[str, ...]


def find_terms(titles: Sequence[str]) -> list[list[str]]:
    """The terms of each title, each once, in the order they begin: nouns, names, and compounds of
    two or three words that belong together in these titles.

    A compound is taken where at least four of the titles have it and at least 30 % of those that
    have its rarer half (50 % of those that have its rarer pair, for a third word). Single
    characters, stop words, numbers and the wording of headlines (重磅, 倒计时) are none. Terms are
    folded (normalize_word); Latin names are written as most of the titles write them.
    """
    tagged = tag_words(titles)
    words = [[_fold(word) for word, _ in title] for title in tagged]
    compounds = _find_compounds(words, tagged)
    spelling = _spell(tagged)
    terms = []
    for folded, title in zip(words, tagged, strict=True):
        found = _terms_of(folded, title, compounds)
        terms.append([_write(term, spelling) for term in dict.fromkeys(found)])
    return terms


def general_share(term: str) -> float:
    """How common a word is in general Chinese: its share (0 to 1) of the words counted for jieba's
    dictionary; a compound or a name that is not in it counts once.
    """
    counts, total = _general()
    return (counts.get(normalize_word(term), 0) + 1) / total


def _find_compounds(
    words: Sequence[Sequence[str]], tagged: Sequence[_Tagged]
) -> frozenset[_Compound]:
    alone: Counter[str] = Counter()
    pairs: Counter[_Compound] = Counter()
    triples: Counter[_Compound] = Counter()
    for folded, title in zip(words, tagged, strict=True):
        inside = [tag in _INSIDE and bool(word) for word, tag in title]
        alone.update(set(folded))
        pairs.update(set(_runs(folded, inside, 2)))
        triples.update(set(_runs(folded, inside, 3)))
    bound = {
        pair
        for pair, n in pairs.items()
        if n >= max(_LEAST, _BOUND * min(alone[pair[0]], alone[pair[1]]))
    }
    bound |= {
        triple
        for triple, n in triples.items()
        if n >= max(_LEAST, _BOUND_AGAIN * min(pairs[triple[:2]], pairs[triple[1:]]))
    }
    return frozenset(bound)


def _runs(folded: Sequence[str], inside: Sequence[bool], size: int) -> Iterator[_Compound]:
    for start in range(len(folded) - size + 1):
        if all(inside[start : start + size]):
            yield tuple(folded[start : start + size])


def _terms_of(
    folded: Sequence[str], title: _Tagged, compounds: frozenset[_Compound]
) -> Iterator[tuple[str, ...]]:
    for start, (word, tag) in enumerate(title):
        for size in (3, 2)[2 - min(len(title) - start - 1, 2) :]:
            run = tuple(folded[start : start + size])
            if run in compounds and _can_end(*title[start + len(run) - 1]) and _is_subject(run):
                yield run
        if tag in _NOUNS and len(word) > 1 and not _is_plain(folded[start]):
            yield (folded[start],)


def _can_end(word: str, tag: str) -> bool:
    """Whether a word can be the last of a compound: a noun, or a verb of two characters (采矿)."""
    return tag in _LAST or (tag == "v" and len(word) == 2)


def _is_subject(run: _Compound) -> bool:
    """Whether a compound is one: not a slogan, and neither end is headline wording."""
    return sum(map(len, run)) <= _LONGEST and not (_is_plain(run[0]) or _is_plain(run[-1]))


def _is_plain(folded: str) -> bool:
    return folded in _wording() or folded in stop_words() or bool(_NUMBERS.fullmatch(folded))


def _write(term: _Compound, spelling: dict[str, str]) -> str:
    """A term as it is shown: Latin words with a space between them."""
    shown = spelling.get(term[0], term[0])
    for before, word in pairwise(term):
        space = " " if before.isascii() and word.isascii() else ""
        shown += space + spelling.get(word, word)
    return shown


def _spell(tagged: Sequence[_Tagged]) -> dict[str, str]:
    """The commonest spelling of each Latin word, by its folded form."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for title in tagged:
        for word, tag in title:
            if tag == "eng":
                spellings[_fold(word)][word] += 1
    return {
        folded: min(counts, key=lambda word: (-counts[word], word))
        for folded, counts in spellings.items()
    }


def _fold(word: str) -> str:
    """Llama 3 and Llama3 are one."""
    return word.casefold().replace(" ", "") if word.isascii() else normalize_word(word)


@cache
def _general() -> tuple[dict[str, int], int]:
    counts: Counter[str] = Counter()
    for word, n, _ in dictionary_words():
        counts[word] += n
    return dict(counts), counts.total()


@cache
def _wording() -> frozenset[str]:
    """Words of headlines that are no subject, folded."""
    lines = (resources.files("analysis") / "lexicons" / "headline_words.txt").read_text("utf-8")
    return frozenset(
        normalize_word(word)
        for line in lines.splitlines()
        if not line.startswith("#")
        for word in line.split()
    )
