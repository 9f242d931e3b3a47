"""The catalogues of a brief's other languages against what the code says, and conclusions said in
English.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from string import Formatter

import pytest

import analysis
from analysis.brief.findings import draw_findings
from analysis.brief.rules.base import join_list, join_sentences, translate_figure
from analysis.brief.rules.compare import describe_map, describe_roles
from analysis.brief.rules.layout import find_layout_apart, find_redesigned
from analysis.brief.rules.sending import find_formats, find_seasons
from analysis.brief.rules.words import find_self_talk, find_title_apart, find_unmet_need
from analysis.brief.sections.gaps import _FIGURES as BEGINNING_FIGURES
from analysis.brief.sections.layout import Distance, Layout, Redesign
from analysis.brief.sections.sending import EVENT_NAMES, Event
from analysis.brief.summary import AccountSummary, BriefSummary
from analysis.cadence.formats import KIND_NAMES
from analysis.content.audience import DEMAND
from analysis.content.purpose import PURPOSES
from analysis.engagement.counts import AGES
from analysis.labels import ALIGN_NAMES, WEEKDAYS
from analysis.layout.measures import FEATURES
from analysis.layout.words import VALUE_NAMES, Difference
from analysis.peers.dimensions import DIMENSIONS
from analysis.report.findings import Finding
from analysis.report.translation import translate, using_language
from tests.support.catalogs import names_in_sentences, translations
from tests.support.small_briefs import ROLES, brief_of, competition, weekly

PACKAGE = Path(analysis.__file__).parent
BRIEF = PACKAGE / "brief"
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
NOT_SAID = {  # Chinese in the rules that is compared with, never shown
    "每天固定时间",
    "发文计划",
    "头条",
    "第 ",
    " 条",
}


def trees(folder: Path) -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.py"))
    }


def texts(tree: ast.Module) -> Iterator[str]:
    """Every string of a module but docstrings, which stand alone as a statement."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def said_words(tree: ast.Module) -> Iterator[str]:
    """What translate() and rich() are called with literally, in either arm of a conditional too."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("translate", "rich")
            and node.args
        ):
            chosen = node.args[0]
            for one in (chosen.body, chosen.orelse) if isinstance(chosen, ast.IfExp) else (chosen,):
                if isinstance(one, ast.Constant):
                    yield str(one.value)


def fields(words: str) -> set[str]:
    """The names a message is filled with."""
    return {name.split(".")[0] for _, name, _, _ in Formatter().parse(words) if name}


def rule_words() -> dict[str, str]:
    """The sentences and names of the conclusions in English, without those of the page."""
    conclusions = translations(under="conclusions")
    units = {words.removeprefix("{number} "): text for words, text in names_in_sentences().items()}
    return conclusions | units


def test_every_sentence_the_code_says_is_in_the_catalogue() -> None:
    said = {words for tree in trees(BRIEF).values() for words in said_words(tree)}
    assert len(said) > 100
    assert sorted(said - translations().keys()) == []


def test_no_chinese_of_a_rule_is_left_unsaid() -> None:
    written = {
        text
        for tree in trees(BRIEF / "rules").values()
        for text in texts(tree)
        if CHINESE.search(text)
    }
    assert sorted(written - translations().keys() - names_in_sentences().keys() - NOT_SAID) == []
    assert written >= NOT_SAID


def test_both_languages_fill_in_the_same_values() -> None:
    assert {
        words: said
        for words, said in translations().items() | names_in_sentences().items()
        if fields(words) != fields(said)
    } == {}


def test_no_entry_of_the_rules_is_unused_and_none_is_left_chinese() -> None:
    written = {text for tree in trees(PACKAGE).values() for text in texts(tree)}
    held = rule_words()
    assert sorted(held.keys() - written) == []
    assert {
        words: said
        for words, said in held.items()
        if CHINESE.search(said.replace("阅读原文, the link", ""))
    } == {}


def test_what_the_analysis_names_can_be_said() -> None:
    names = [
        *WEEKDAYS,
        *PURPOSES,
        *(need for need, demand in DEMAND.items() if demand),
        *BEGINNING_FIGURES.values(),
        *ALIGN_NAMES.values(),
        *EVENT_NAMES,
    ]
    names += [one.name for one in (*DIMENSIONS.values(), *FEATURES.values(), *AGES)]
    names += [
        f"{{number}} {one.unit}" for one in (*DIMENSIONS.values(), *FEATURES.values()) if one.unit
    ]
    names += [KIND_NAMES[kind] for kind in ("video", "audio", "image")]
    names += [word for what, words in VALUE_NAMES.values() for word in (what, *words.values())]
    assert (
        sorted({name for name in names if CHINESE.search(name)} - names_in_sentences().keys()) == []
    )
    with using_language("en"):
        assert [
            translate_figure(text)
            for text in ("16 px", "1.75 倍", "3 种", "40%", "左对齐", "不到 1%")
        ] == ["16 px", "1.75 em", "3", "40%", "left-aligned", "under 1%"]


def test_sentences_stand_together_as_each_language_sets_them() -> None:
    assert (join_sentences("一句。", "", "两句。"), join_list(["甲", "乙", "丙"], most=2)) == (
        "一句。两句。",
        "甲、乙等",
    )
    with using_language("en"):
        assert (join_sentences("one.", "", "two."), join_list(["A", "B", "C"], most=2)) == (
            "One. Two.",
            "A, B and others",
        )


def test_words_the_catalogue_lacks_are_no_half_chinese_sentence() -> None:
    assert translate("没有这一句") == "没有这一句"
    with using_language("en"), pytest.raises(KeyError):
        translate("没有这一句")


def moved(account: AccountSummary) -> AccountSummary:
    """The account with a redesign, an own layout apart from the group's, and a Spring Festival it
    slowed down for.
    """
    layout: Layout | None = account.layout
    assert layout is not None
    assert account.sending is not None
    far = Distance("行高", "2.4 倍", "1.75 倍", "1.6 倍", "1.8 倍", True)
    changed = (
        Difference("正文字号", "14 px", "15 px"),
        Difference("首行缩进", "缩进", None),
        Difference("文字颜色数", "2 种", "5 种"),
    )
    at = datetime.fromisoformat("2026-04-06T20:00+08:00")
    event = Event("春节 2026", datetime(2026, 2, 15), datetime(2026, 2, 23), 1, 0.1)
    spoken = replace(
        layout,
        distances=(far,),
        peers=4,
        redesigns=(Redesign(at, "a1", 20, 20, 1.0, 1.0, changed),),
    )
    return replace(account, layout=spoken, sending=replace(account.sending, events={"春节": event}))


@pytest.fixture(scope="module")
def briefs() -> list[BriefSummary]:
    """With an own account and without, one account alone, one too small, and one where layouts and
    holidays speak.
    """
    sizes = dict.fromkeys(ROLES, 16.0)
    full = brief_of(competition(), roles=ROLES, sized=sizes, told={"自家": {"plan": "一周三次"}})
    speaking_layouts = replace(
        full,
        accounts=tuple(moved(account) if account.enough else account for account in full.accounts),
    )
    nobody = brief_of(competition(), told={}, sized=sizes)
    return [
        full,
        speaking_layouts,
        nobody,
        brief_of(weekly("红崖", weeks=30)),
        brief_of(weekly("红崖", weeks=3)),
    ]


RULES: tuple[Callable[[BriefSummary], Iterable[Finding]], ...] = (
    draw_findings,
    describe_roles,
    find_layout_apart,
    find_redesigned,
    find_seasons,
    find_formats,
    find_self_talk,
    find_title_apart,
    find_unmet_need,
)


def test_conclusions_in_english_have_no_chinese_outside_names(briefs: list[BriefSummary]) -> None:
    with using_language("en"):
        findings = [finding for brief in briefs for rule in RULES for finding in rule(brief)]
        said = [
            text for one in findings for text in (one.sentence, one.unit, one.advice, one.expected)
        ]
        said += [text for brief in briefs for text in describe_map(brief.comparison)]
    assert {"sample", "pace", "fixed day", "tier", "redesign", "layout apart", "season"} <= {
        one.rule for one in findings
    }
    assert [
        text for text in said if CHINESE.search(re.sub("\u2068[^\u2069]*\u2069", "", text))
    ] == []
    assert [
        text
        for one in findings
        for text in (one.sentence, one.advice, one.expected)
        if text and not re.match("[A-Z0-9\u2068“]", text)
    ] == []


def test_a_conclusion_reads_as_one_english_sentence_after_the_other() -> None:
    brief = brief_of(weekly("红崖", weeks=3))
    with using_language("en"):
        told = [(one.sentence, one.unit) for one in draw_findings(brief)]
    assert told == [
        (
            "WeChat official accounts looked at: 1. Too few articles for conclusions: fewer than "
            "10 are dated, or less than 8 weeks lie between first and last. "
            "Complete its history and run the brief again.",
            "articles",
        )
    ]
