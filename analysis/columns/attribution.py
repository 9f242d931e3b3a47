"""What an article bears beside its title (author, opening and closing block, layout template) ->
the unmarked articles a marked column claims by it. Pure.

A value speaks for a column only where it is that column's own in this account: an author who writes
everything, or a closing line under every article, tells nothing.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from itertools import combinations

from analysis.text.normalize import normalize_key

__all__ = ["ATTRIBUTES", "Attributes", "match_articles", "read_attributes"]

ATTRIBUTES = ("author", "opening", "closing", "template")
_LEAST = 5  # members that bear it
_OWN = 0.8  # of all others that bear it are members
_CHANCE = 1e-3  # how likely so many would be members if it had nothing to do with the column

_SOURCE = re.compile(
    r"^\W*(?:(?:信息|文章|内容|稿件|图文|素材|部分)?来源|(?:本文)?转载|转自|原标题|以下文章)"
)  # where a story comes from: the same source serves many columns

_Value = tuple[tuple[int, str], ...]  # which of BORNE and what, one or two of them


def read_attributes(values: Sequence[object]) -> tuple[str | None, ...]:
    """What one article bears, in the order of BORNE: words folded, None where missing, without two
    letters, or a story's source; a template as named.
    """
    *words, template = values
    return *map(_read, words), template if isinstance(template, str) else None


def _read(value: object) -> str | None:
    text = normalize_key(value) if isinstance(value, str) else ""
    return text if sum(c.isalpha() for c in text) > 1 and not _SOURCE.match(text) else None


class Attributes:
    """What each article of an account bears, one value or two together, and the articles that bear
    it. `borne[i]` is what article i bears, in the order of BORNE.
    """

    def __init__(self, attributes: Sequence[Sequence[str | None]]) -> None:
        self.values = [list(_values(values)) for values in attributes]
        self.articles: defaultdict[_Value, list[int]] = defaultdict(list)
        for i, values in enumerate(self.values):
            for value in values:
                self.articles[value].append(i)


def match_articles(members: Set[int], free: Set[int], attributes: Attributes) -> dict[int, float]:
    """The articles of `free` that bear what is the column's own, each with the share of members
    among the others that bear it (0.8 to 1).

    `members` are the column's articles. What is borne is the column's own where five members or
    more bear it, four in five of all that bear it are members, and so many would not be by chance
    (binomial tail, the column's share of the account, 1 in 1,000).
    """
    inside = Counter(value for i in members for value in attributes.values[i])
    share = len(members) / max(len(attributes.values), 1)
    strengths: dict[int, float] = {}
    for value, n in inside.items():
        others = len(attributes.articles[value]) - 1
        matching_articles = (
            [i for i in attributes.articles[value] if i in free]
            if n >= max(_LEAST, _OWN * others)
            else []
        )
        if matching_articles and _chance(n, others, share) <= _CHANCE:
            strengths |= {i: max(strengths.get(i, 0.0), n / others) for i in matching_articles}
    return dict(sorted(strengths.items()))


def _chance(n: int, others: int, share: float) -> float:
    """How likely n or more of the others are members by chance."""
    from scipy.stats import binom  # takes 0.7 s to load: only where columns are found anew

    return float(binom.sf(n - 1, others, share))


def _values(values: Sequence[str | None]) -> Iterator[_Value]:
    present = [(kind, value) for kind, value in enumerate(values) if value]
    for size in (1, 2):
        yield from combinations(present, size)
