"""What a text is about, as topics: nouns and verbs, and Latin terms as people write them (LoRA,
SK-II, GPT-4o). Which topics matter to a plan is said elsewhere. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

from analysis.text.normalize import normalize_text, normalize_word
from analysis.text.tokens import find_topics

__all__ = [
    "find_term",
    "find_terms",
    "launch_words",
    "name_pieces",
    "spell_terms",
    "without_pieces",
    "word_pattern",
]

# letters, with digits and further parts joined by a hyphen, a point or a plus; 3D and 5G too; words
# of a name in capitals are one (Stable Diffusion, Nature Materials)
_LATIN = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Z][a-z]+(?: [A-Z][a-z]+)+(?![A-Za-z0-9])"
    r"|(?:\d{1,2}(?=[A-Z]))?[A-Za-z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)*\+{0,2})"
)
_LATIN_WORD = re.compile(r"[a-z0-9]")
_LEAST_PIECE = 2  # characters: one shared character of two names is no shared name


@cache
def launch_words(name: str) -> frozenset[str]:
    """One of the lists of lexicons/launch_topics.toml."""
    path = resources.files("analysis") / "lexicons" / "launch_topics.toml"
    lists = tomllib.loads(path.read_text(encoding="utf-8"))
    return frozenset(lists[name].split())


@cache
def word_pattern(name: str) -> re.Pattern[str]:
    """Any word of one of those lists."""
    return re.compile("|".join(sorted(map(re.escape, launch_words(name)))))


def find_terms(texts: Sequence[str], *, kinds: str = "nv") -> list[list[str]]:
    """The topics of each text, folded by normalize_word, each once: Latin terms as they come, then
    words as tokens.find_topics gives them for `kinds`.
    """
    return [
        list(dict.fromkeys([*_latin_terms(text), *words]))
        for text, words in zip(texts, find_topics(texts, kinds=kinds), strict=True)
    ]


def _latin_terms(text: str) -> list[str]:
    terms = (normalize_word(match) for match in _LATIN.findall(normalize_text(text)))
    return [term for term in terms if len(term) > 1 and _is_word_of_its_own(term)]


def _is_word_of_its_own(term: str) -> bool:
    """Whether a term is no word of a sentence (how), number of an issue (vol.3) or link."""
    none, parts = launch_words("no_latin"), re.split(r"[-.]", term)
    return term not in none and (len(parts) == 1 or not {parts[0], parts[-1]} & (none - {"ii"}))


def spell_terms(titles: Iterable[str]) -> Mapping[str, str]:
    """How each Latin term is written most often, by its folded form; the first in order of
    characters where two ways are as common.
    """
    counts: dict[str, Counter[str]] = {}
    for title in titles:
        for written in _LATIN.findall(normalize_text(title)):
            counts.setdefault(normalize_word(written), Counter())[written] += 1
    return {
        folded: min(forms, key=lambda form: (-forms[form], form))
        for folded, forms in counts.items()
    }


def find_term(term: str, folded_title: str) -> bool:
    """Whether a title folded by normalize_word has a folded term: a Latin one as a word of its
    own, so that AI is not in AIGC.
    """
    if term not in folded_title:
        return False
    if not _LATIN_WORD.match(term):
        return True
    return re.search(rf"(?<![a-z0-9]){re.escape(term)}(?![a-z0-9])", folded_title) is not None


def name_pieces(name: str | None, other_names: Iterable[str]) -> tuple[str, ...]:
    """The longest runs of at least two characters that a name shares with others (青石 of 青石茶室
    and 青石家居), folded, longest first: what may not make two accounts alike.
    """
    folded = normalize_word(name or "")
    others = [normalize_word(other) for other in other_names]
    runs = {
        folded[start:end]
        for start in range(len(folded))
        for end in range(start + _LEAST_PIECE, len(folded) + 1)
        if any(folded[start:end] in other for other in others)
    }
    whole = [run for run in runs if not any(run != other and run in other for other in runs)]
    return tuple(sorted(whole, key=lambda run: (-len(run), run)))


def without_pieces(text: str, pieces: Iterable[str]) -> str:
    """A text without these folded pieces of a name, whatever their case."""
    for piece in pieces:
        text = re.sub(re.escape(piece), " ", text, flags=re.IGNORECASE)
    return text
