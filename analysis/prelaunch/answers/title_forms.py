"""Titles that come out as sentences whatever noun they are about, by what a column does. Where
none fits there is no title. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from analysis.prelaunch.answers.topics import launch_words

__all__ = ["find_verb", "shape_title"]

_TOOL = r"(?:用|基于|借助|通过|利用|采用|面向)"
_END = r"(?=$|[^\u4e00-\u9fffa-z0-9]|的)"
_LETTER = re.compile(r"[A-Za-z0-9+]")
# what a column's name says it does, and titles of that kind; the first kind that fits
_FORMS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile("退货|退回"), ("{topic}为什么会被退回来",)),
    (re.compile("踩坑|避坑|翻车|误区|差评"), ("{topic}最容易踩的坑", "{topic}，新手常错在哪")),
    (
        re.compile("论文|顶刊|文献|新刊|期刊|导读"),
        ("一篇论文讲清{topic}", "{topic}的新论文，先看这一篇"),
    ),
    (re.compile("上手|入门|教程|实操|实战"), ("{topic}怎么上手", "第一次用{topic}，先做这几步")),
    (re.compile("速读|速览|快讯|早报|晚报|日报|周报|资讯"), ("{topic}最近有什么变化",)),
    (re.compile("课堂|小课|科普|百科|学堂|讲堂"), ("{topic}是怎么回事",)),
    (re.compile("测评|评测|长测|开箱|试用"), ("{topic}到底值不值",)),
    (re.compile("人物|专访|对话|访谈|人谈"), ("天天和{topic}打交道的人",)),
)


def shape_title(topic: str, column: str, titles: Sequence[str], *, turn: int = 0) -> str | None:
    """A title on a topic for a column of this name: 「…怎么…」 where the folded `titles` of rivals
    on the topic show what is done to it, else one of the column's kind, the `turn`-th of them; None
    where the name shows no kind.
    """
    verb = find_verb(topic.casefold(), titles)
    forms = next((forms for kind, forms in _FORMS if kind.search(column)), ())
    if forms:
        return _set_apart(forms[turn % len(forms)], topic)
    return None if verb is None else _set_apart("{topic}怎么" + verb, topic)


def find_verb(term: str, titles: Sequence[str]) -> str | None:
    """What is done to a folded term in most folded titles: a verb right before it, or right behind
    it where nothing follows; None for what is a tool itself (用 LoRA 微调).
    """
    spot = re.escape(term)
    if any(re.search(rf"{_TOOL}\s*{spot}", title) for title in titles):
        return None
    counts: Counter[str] = Counter()
    for title in titles:
        for verb in launch_words("doable"):
            ahead = re.search(rf"{verb}\s*{spot}(?![\u4e00-\u9fff])", title)
            behind = not term.isascii() and re.search(rf"{spot}{verb}{_END}", title)
            if ahead or behind:
                counts[verb] += 1
    return min(counts, key=lambda verb: (-counts[verb], verb), default=None)


def _set_apart(form: str, topic: str) -> str:
    """The form with the topic in it; a space between Han and Latin letters."""
    before, after = form.split("{topic}")
    if before and _LETTER.match(topic[0]):
        before += " "
    if after and _LETTER.match(topic[-1]) and not after.startswith("，"):
        after = " " + after
    return f"{before}{topic}{after}"
