"""A candidate's name -> what kind of words it is made of: a column's words, a call for attention, a
person, a place, an office.

Word lists are data (lexicons/); places and people beyond them come from jieba's dictionary, read as
the word list it is.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from analysis.text.tokens import dictionary_words

__all__ = ["NAME_SIGNS", "describe_name", "is_medium", "is_place", "load_words"]

NAME_SIGNS = (
    "letters",
    "long",
    "latin",
    "column_end",
    "column_in",
    "call",
    "person",
    "place",
    "office",
    "medium",
    "when",
    "sentence",
    "own",
    "venue",
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_OFFICES = re.compile(
    r"(?:大学|学院|公司|集团|银行|法院|检察院|总局|[局厅部委会]|政府|协会|学会|医院|研究院|中心|"
    r"证券|基金|团队|课题组|教授|院士|博士|老师|主任|医生|部长|局长|书记|总统|警方|官方)(?<!读书会)"
    r"(?<!研讨会)(?<!分享会)(?<!座谈会)$"
)
_JOURNALS = re.compile(r"^(?:the)?(?:nature|science|cell|lancet|jama)")
_VENUES = re.compile(
    r"(?:cvpr|iccv|eccv|icml|iclr|neurips|nips|aaai|ijcai|^acl|emnlp|naacl|siggraph|kdd|sigir|www|"
    r"icra|iros|corl|rss|interspeech|icassp|miccai)['’]?(?:#|$|[^a-z])"
)
_COMMON_PLACE = 100  # its count in jieba's dictionary: rarer places are villages, and words as well
_TIME = re.compile(r"^[#年月日号上下午周期第季度至\-/.:、（）()\s]+$")
_FLOW = re.compile(r"[的了吗呢吧啊着过把被让给向从在是有不都也还就要会能可将]")


@cache
def load_words(name: str) -> frozenset[str]:
    """The words of a list in analysis/lexicons, without its comment lines."""
    text = (resources.files("analysis") / "lexicons" / f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(
        word for line in text.splitlines() if not line.startswith("#") for word in line.split()
    )


@cache
def _column_words() -> tuple[tuple[str, ...], re.Pattern[str]]:
    """The words of columns, two characters and more: to ask how a name ends, and whether it has
    one.
    """
    words = tuple(sorted(word for word in load_words("column_words") if len(word) > 1))
    return words, re.compile("|".join(map(re.escape, words)))


@cache
def _surnames() -> frozenset[str]:
    return frozenset("".join(load_words("surnames")))


@cache
def _tagged() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """(places, people, other words) of jieba's dictionary, two characters and more."""
    sets: dict[str, set[str]] = {"ns": set(), "nr": set(), "": set()}
    for word, count, tag in dictionary_words():
        sets[
            "ns"
            if tag.startswith("ns") and count >= _COMMON_PLACE
            else "nr"
            if tag.startswith("nr")
            else ""
        ].add(word)
    return frozenset(sets["ns"]), frozenset(sets["nr"]), frozenset(sets[""])


def describe_name(name: str, account: str) -> dict[str, float]:
    """NAME_SIGNS of one folded name, each 0 to 1 (`letters`: log of its length, Chinese characters
    counting two).
    """
    words = "".join(c for c in name if c.isalnum() or c == "#")
    han = _HAN.findall(words)
    size = len(han) * 2 + (len(words) - len(han))
    (column, any_column), call = _column_words(), load_words("column_not")
    ends = words.endswith(column)
    return {
        "letters": min(size, 40) / 10,
        "long": float(size > 16),
        "latin": float(not han and bool(words)),
        "column_end": float(ends),
        "column_in": float(not ends and bool(any_column.search(words))),
        "call": float(words in call or words[:-1] in call),
        "person": float(_is_person(words)),
        "place": float(is_place(words)),
        "office": float(bool(_OFFICES.search(words))),
        "medium": float(is_medium(words)),
        "when": float(bool(_TIME.match(words))),
        "sentence": len(_FLOW.findall(words)) / max(len(words), 1),
        "own": _shared_with(words, account),
        "venue": float(bool(_VENUES.search(words))),
    }


def is_medium(name: str) -> bool:
    """Whether a folded name is a newspaper's, an agency's or a journal's: it says where a story
    comes from.
    """
    words = "".join(c for c in name if c.isalnum())
    return words in load_words("media") or (bool(_JOURNALS.match(words)) and not _HAN.search(words))


def _is_person(words: str) -> bool:
    if not 2 <= len(words) <= 4 or not all(_HAN.match(c) for c in words):
        return False
    _, people, others = _tagged()
    return words in people or (
        words[0] in _surnames()
        and len(words) <= 3
        and words not in others
        and not any(words.endswith(w) for w in load_words("column_words"))
    )


def is_place(words: str) -> bool:
    """Whether a folded name is a place's."""
    places, _, _ = _tagged()
    return words in places or (len(words) <= 5 and words.rstrip("省市县区州镇") in places)


def _shared_with(words: str, account: str) -> float:
    """The share of the name that is a piece of the account's own name."""
    longest = max(
        (
            b - a
            for a in range(len(words))
            for b in range(a + 2, len(words) + 1)
            if words[a:b] in account
        ),
        default=0,
    )
    return longest / len(words) if words else 0.0
