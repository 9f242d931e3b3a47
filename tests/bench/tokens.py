"""How alike the two tokenizers cut, and how much faster the one in bulk is: real titles and bodies,
both in one process, seconds of its core.

python -m tests.bench.tokens [TITLES] default: 100000 titles of the shared sets, and the bodies of
  the shared pages; our own sentences without them
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import islice
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from analysis.text.tokens import TOKENIZERS, cut_words
from crawler.wechat.page import PageError, parse_page

SHARED = Path(__file__).resolve().parents[3] / "shared"
SETS = ("feeds_2021", "scholar_histories", "column_gold", "ai_accounts_2024", "thucnews_titles")
OUR_OWN = (
    "【好物实测】7 款沥水架，只留下 2 款",
    "阳台收纳｜九宫格怎么摆才不乱",
    "周三读书：从 0 到 1 搭一个书架（附清单）",
    "GPT-4o 帮我改了 C++ 作业，涨了 8.5%",
    "公众号排版，行距到底用 1.75 还是 2？",
    "太太太好吃了！半间厨房的番茄牛腩",
    "今天也是努力生活的一天",
    "見證了一場大雨，我們在老街喝茶",
)
_ONLY_HAN = re.compile(r"[\u4e00-\u9fd5，。！？、：；“”‘’（）《》【】…—\s]+")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two cuttings of the same texts agree: texts cut the same, and F1 of the words by where
    they stand.
    """

    texts: int
    same: int
    f1: float

    def __str__(self) -> str:
        return (
            f"{self.texts:7} texts, {self.texts - self.same:4} differ "
            f"({self.same / self.texts:.4%} the same), F1 {self.f1:.6f}"
        )


def agree(ours: Sequence[list[str]], theirs: Sequence[list[str]]) -> Agreement:
    """Compare two cuttings, text by text. Both keep every letter, so that a word is where it begins
    and ends.
    """
    held = shown = both = same = 0
    for one, other in zip(ours, theirs, strict=True):
        mine, reference = _places(one), _places(other)
        held, shown, both = held + len(mine), shown + len(reference), both + len(mine & reference)
        same += one == other
    return Agreement(len(ours), same, 2 * both / (held + shown) if held + shown else 1.0)


def _places(words: Sequence[str]) -> set[tuple[int, int]]:
    found, at = set(), 0
    for word in words:
        found.add((at, at + len(word)))
        at += len(word)
    return found


def read_titles(count: int) -> list[str]:
    """Different titles of the shared sets, from each in turn."""
    found: dict[str, None] = {}
    for name in SETS:
        source = SHARED / "sets" / f"{name}.csv.gz"
        if source.is_file():
            with gzip.open(source, "rt", encoding="utf-8") as lines:
                found |= dict.fromkeys(
                    row["title"] for row in islice(csv.DictReader(lines), count) if row["title"]
                )
    return list(found)[:count]


def read_bodies() -> list[str]:
    """The text of every article among the shared pages."""
    return list(_bodies(sorted((SHARED / "pages").rglob("*.html"))))


def _bodies(paths: Sequence[Path]) -> Iterator[str]:
    for path in paths:
        try:
            body = parse_page(path.read_bytes()).body
        except PageError:
            continue
        if body and (text := LexborHTMLParser(body).text(separator="\n").strip()):
            yield text


def _timed(cut: Callable[[], list[list[str]]]) -> tuple[float, list[list[str]]]:
    began = time.process_time()
    words = cut()
    return time.process_time() - began, words


def _plain_jieba(texts: Sequence[str]) -> list[list[str]]:
    """jieba by itself, with the words that ship: what cut_words would give if it kept nothing from
    the tokenizer. Only words with letters.
    """
    import jieba

    held = jieba.Tokenizer()
    for line in (
        (resources.files("analysis") / "lexicons" / "words.txt")
        .read_text(encoding="utf-8")
        .split("\n")
    ):
        word, *more = line.split() or [""]
        if word:
            held.add_word(word, int(more[0]) if more and more[0].isdigit() else None)
    return [
        [
            word
            for word in held.cut(unicodedata.normalize("NFKC", text))
            if any(letter.isalnum() for letter in word)
        ]
        for text in texts
    ]


def compare(name: str, texts: Sequence[str]) -> tuple[Agreement, Agreement]:
    """Print how both cut these texts; gives the agreement on those of Han alone, and on all."""
    import rjieba

    for tokenizer in TOKENIZERS:
        cut_words(["热身"], tokenizer=tokenizer)
    fast, ours = _timed(lambda: cut_words(texts))
    slow, theirs = _timed(lambda: cut_words(texts, tokenizer="jieba"))
    alone, _ = _timed(lambda: [rjieba.cut(text) for text in texts])
    han = [place for place, text in enumerate(texts) if _ONLY_HAN.fullmatch(text)]
    only_han, whole = agree([ours[i] for i in han], [theirs[i] for i in han]), agree(ours, theirs)
    plain = agree([ours[i] for i in han], _plain_jieba([texts[i] for i in han]))
    letters = sum(map(len, texts))
    print(f"{name}: {len(texts)} texts, {letters:,} characters, {sum(map(len, ours)):,} words")
    print(
        f"  Han alone  {only_han}\n  all        {whole}\n  Han alone against jieba.cut by itself "
        f"{plain}"
    )
    print(
        f"  cut_words {fast:.2f} s, with jieba {slow:.2f} s: {slow / max(fast, 1e-9):.1f} times "
        f"faster; rjieba.cut alone {alone:.2f} s, {fast / max(alone, 1e-9):.2f} of that taken"
    )
    return only_han, whole


def main(count: int) -> None:
    """Print the figures."""
    titles, bodies = read_titles(count), read_bodies()
    compare("titles" if titles else "our own sentences", titles or OUR_OWN * 50)
    if bodies:
        compare("bodies", bodies)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
