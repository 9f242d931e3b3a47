"""Topics that several rivals write about and a new account may take up: nouns and Latin terms of
their titles of the window, whole, nobody's name and no event.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from analysis.content.purpose import assign_purposes
from analysis.prelaunch.answers.topics import find_terms, launch_words, spell_terms, word_pattern
from analysis.prelaunch.group import Group
from analysis.text.normalize import normalize_key, normalize_word
from analysis.text.tokens import find_names
from analysis.text.word_vectors import hash_word, load_word_vectors

__all__ = ["LEAST_ARTICLES", "LEAST_BRANDS", "Topic", "TopicTitles", "find_candidates"]

LEAST_BRANDS = 2  # a topic of one brand alone may be its product
LEAST_ARTICLES = 3
_MOST_OF_ONE = 0.8  # of a topic's titles at one brand: from there on it is the brand's own
_COMMON = 0.15  # of all titles: what more have is the trade itself, no topic in it
_FIXED = 0.7  # of a word's titles with the same character beside it: the word is a piece of another
_LONGEST = 8  # characters of a topic in Han: longer ones are pieces of a repeated sentence
_LABEL = 0.5  # of a word's titles that set it off (X：, X|): a source or a column, no topic
_DATED = 0.2  # of a word's titles with a year at it (ICLR 2025): an event
# rarity of a word over accounts (length of its vector, 2.4 to 6.1) below which it is nobody's
# topic: 技术 3.0, 能力 3.2 and 流程 3.6 are below, 部署 3.9 and 材料 4.0 on it, 电池 4.4 above
_RARE = 3.85
_NOT_TO_COPY = frozenset(
    ("活动预告", "招聘", "通知公告", "推广营销", "企业动态", "早晚问候", "用户互动")
)
_SIZE = re.compile(r"^\d+(?:\.\d+)?[bkm]$|20[12]\d$")  # of a model or a file, or a year
# who does things is no topic: of a word's titles with one of these behind it
_ACTS = r"(?:发布|推出|开源|宣布|联合|携手|联手|发表|上线|创始人|首席|官宣|回应|团队|ceo|研究员)"
_ACTING = 0.15
_COUNTED = re.compile(r"^[一二两三四五六七八九十几这那每各某]|[一二三四五六七八九十]$")
_ASCII = re.compile(r"[a-z0-9]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# what a longer noun doesn't hold: with one of these it is a piece of a sentence
_NO_NOUN = re.compile(
    r"[的地得了着过在是和与及或从把被让给对为谁哪盏个张写做看说去来你我他她它们吗呢]"
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is shown and as it is matched (folded), the rows of TopicTitles that have it,
    and at how many brands.
    """

    shown: str
    term: str
    rows: tuple[int, ...]
    brands: int


@dataclass(frozen=True, slots=True, eq=False)
class TopicTitles:
    """The rivals' articles of the window that may be studied (`articles`, a row each), their
    titles folded, and each title's terms; with the topics in them, most brands first; and all
    titles the rivals ever had, as keys (`everything`), so that none is proposed again.
    """

    articles: pd.DataFrame
    folded: tuple[str, ...]
    terms: tuple[tuple[str, ...], ...]
    topics: tuple[Topic, ...]
    everything: tuple[str, ...]


def find_candidates(group: Group, *, without: Sequence[str] = ()) -> TopicTitles:
    """The topics of a group; none that holds a folded word of `without` or any account's name."""
    articles = _articles_to_study(group)
    titles = [str(title) for title in articles["title"]]
    folded = tuple(normalize_word(title) for title in titles)
    terms = tuple(tuple(words) for words in find_terms(titles, kinds="n"))
    brands = [group.brands[key] for key in articles["account_id"]]
    names = Counter(normalize_word(name) for found in find_names(titles) for name in found)
    often = {name for name, count in names.items() if count >= LEAST_ARTICLES}
    spelled = spell_terms(titles)
    called = [normalize_word(name) for names_of in group.called.values() for name in names_of]
    topics = []
    for term, rows in sorted(_whole_terms(terms, folded).items()):
        if (
            _is_shared(rows, brands, len(titles))
            and not any(term in name or name in term for name in called)
            and not any(word in term for word in without)
            and names[term] < len(rows) / 2
            and not any(name in term for name in often)
            and _is_topic(term, [folded[row] for row in rows])
        ):
            topics.append(
                Topic(spelled.get(term, term), term, rows, len({brands[row] for row in rows}))
            )
    order = sorted(topics, key=lambda topic: (-topic.brands, -len(topic.rows), topic.term))
    everything = tuple(normalize_key(title) for title in group.articles["title"].dropna())
    return TopicTitles(articles, folded, terms, tuple(order), everything)


def _articles_to_study(group: Group) -> pd.DataFrame:
    """The window's titled articles but events, seasons, notices and advertising; a title that
    stands at several accounts once, at the first.
    """
    recent = group.in_window(group.articles).dropna(subset=["title"])
    recent = recent.sort_values(["published_at", "article_id"])
    purposes = assign_purposes(recent)["purpose"].array
    kept = [
        purpose not in _NOT_TO_COPY
        and not word_pattern("events").search(title)
        and not word_pattern("seasons").search(title)
        for purpose, title in zip(purposes, recent["title"], strict=True)
    ]
    chosen = recent[kept]
    keys = pd.Series([normalize_word(title) for title in chosen["title"]], index=chosen.index)
    return chosen[~keys.duplicated()].reset_index(drop=True)


def _whole_terms(
    terms: Sequence[Sequence[str]], folded: Sequence[str]
) -> dict[str, tuple[int, ...]]:
    """The rows of each term, neighbours joined (固态电解质) and pieces made whole (炸锅 is 空气炸锅
    wherever it stands): of two with the same rows the longer only.
    """
    rows: defaultdict[str, set[int]] = defaultdict(set)
    for row, (words, title) in enumerate(zip(terms, folded, strict=True)):
        ordered = sorted(words, key=title.find)
        for word in words:
            rows[word].add(row)
        for word, after in pairwise(ordered):
            if word + after in title and not _ASCII.search(word + after):
                rows[word + after].add(row)
    whole: dict[str, tuple[int, ...]] = {}
    for term, at in rows.items():
        if len(at) < LEAST_ARTICLES:
            continue
        longer = _make_whole(term, [folded[row] for row in sorted(at)])
        if longer is not None:
            having = {row for row in at if longer in folded[row]}
            whole[longer] = tuple(sorted(having | set(whole.get(longer, ()))))
    return {
        term: at
        for term, at in whole.items()
        if not any(
            other != term and term in other and len(whole[other]) >= len(at) * _FIXED
            for other in whole
        )
    }


def _make_whole(term: str, titles: Sequence[str]) -> str | None:
    """The term with the characters that nearly always stand beside it; None where that grows into
    a sentence that was only repeated.
    """
    if term.isascii():
        return term
    while len(term) <= _LONGEST:
        grown = _grow(term, titles)
        if grown is None:
            return term
        if _NO_NOUN.search(grown):
            return None
        term = grown
    return None


def _grow(term: str, titles: Sequence[str]) -> str | None:
    """The term with the character that nearly always stands before or behind it; None without."""
    before: Counter[str] = Counter()
    behind: Counter[str] = Counter()
    for title in titles:
        start = title.find(term)
        while start >= 0:
            before[title[start - 1 : start]] += 1
            behind[title[start + len(term) : start + len(term) + 1]] += 1
            start = title.find(term, start + len(term))
    least = max(len(titles) * _FIXED, LEAST_ARTICLES)
    for beside, ahead in ((before, True), (behind, False)):
        character, count = min(
            beside.items(), key=lambda item: (-item[1], item[0]), default=("", 0)
        )
        if count >= least and (_HAN.match(character) or (ahead and _ASCII.match(character))):
            return character + term if ahead else term + character
    return None


def _is_shared(rows: Sequence[int], brands: Sequence[str], titles: int) -> bool:
    counts = Counter(brands[row] for row in rows)
    return (
        len(rows) >= LEAST_ARTICLES
        and len(counts) >= LEAST_BRANDS
        and max(counts.values()) <= len(rows) * _MOST_OF_ONE
        and len(rows) <= max(titles * _COMMON, LEAST_ARTICLES)
    )


def _is_topic(term: str, titles: Sequence[str]) -> bool:
    """Whether a term is a thing to write about: no event, season, person or place of work, no kind
    of article, not set off as a label, and not everybody's word.
    """
    forms = launch_words("no_subject")
    if term in forms or any(term.endswith(form) for form in forms if not form.isascii()):
        return False
    patterns = (word_pattern("nobody"), word_pattern("seasons"), _COUNTED, _SIZE)
    if any(pattern.search(term) for pattern in patterns) or not _is_rare(term):
        return False
    spot = re.escape(term)
    labels = sum(
        re.search(rf"(?:^|[|｜【《「]){spot}\W*[:：|｜】》」.]", title) is not None
        or (re.search(rf"{spot}\s*(?:[:：|｜】》]|\.\s|$)", title) is not None and term.isascii())
        for title in titles
    )
    dated = sum(
        re.search(rf"{spot}\W{{0,2}}(?:20)?[12]\d(?![\d.b])|20[12]\d\s?{spot}", title) is not None
        for title in titles
    )
    phrase = sum(
        term.isascii()
        and re.search(rf"[a-z]{{2,}}\.? {spot}(?![a-z0-9])|(?<![a-z0-9]){spot} [a-z]{{2,}}", title)
        is not None
        for title in titles
    )
    acts = sum(re.search(rf"{spot}\s*{_ACTS}", title) is not None for title in titles)
    n = len(titles)
    return labels < n * _LABEL and phrase < n * _LABEL and dated < n * _DATED and acts < n * _ACTING


def _is_rare(term: str) -> bool:
    """Whether few accounts use the word; a word that is not known is rare."""
    lexicon: Mapping[int, int] = load_word_vectors().rows
    row = lexicon.get(hash_word(term))
    if row is None:
        return True
    vector = load_word_vectors().vectors[row]
    return float((vector**2).sum() ** 0.5) >= _RARE
