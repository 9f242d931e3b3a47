"""The English of a brief's page: every sentence is there, nothing is left over, and nothing from
outside becomes markup.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from markupsafe import Markup
from typer.testing import CliRunner

import analysis.brief
from analysis.brief.sections.compare import BLOCKS
from analysis.brief.sections.gaps import _FIGURES, _LEVELS, _REASONS
from analysis.brief.sections.sending import EVENT_NAMES
from analysis.brief.summary import summarise
from analysis.cadence.formats import KIND_NAMES
from analysis.cadence.regularity import REGULARITY_RULES
from analysis.charts.beginnings import EVENTS
from analysis.charts.cadence import _MARKS, FEED_CHANGES
from analysis.cli import app
from analysis.content.audience import DEMAND_SOURCE, NEEDS
from analysis.content.leads import KINDS as LEADS
from analysis.content.purpose import PURPOSES, UNSURE
from analysis.content.titles import CLICKBAIT
from analysis.engagement.bought_reads import SIGN_NAMES
from analysis.engagement.counts import AGES, EXCLUDED, UNKNOWN_AGE
from analysis.labels import ALIGN_NAMES, COLUMN_STATUS_NAMES, EVIDENCE_NAMES, ROLE_NAMES, WEEKDAYS
from analysis.layout.body.fixed_parts import EDITOR_NAMES, LEAD_IN_NAMES, PART_NAMES
from analysis.layout.body.headings import HEADING_NAMES
from analysis.layout.conventions import CONVENTIONS
from analysis.layout.measures import FEATURES, NEWSPAPER_NAMES
from analysis.layout.words import VALUE_NAMES
from analysis.peers.dimensions import DIMENSIONS
from analysis.peers.history.steadiness import STEADY_RULE
from analysis.report.environment import make_environment
from analysis.report.translation import (
    _FIGURE,
    LANGUAGES,
    translate_on_page,
    translate_phrase,
    using_language,
)
from analysis.report.value_formats import FACT_NAMES
from tests.support.catalogs import translations
from tests.support.outline import HOSTILE, Outline
from tests.support.small_briefs import ROLES, brief_of, competition, group_of, page_of, weekly
from tests.support.small_frames import MADE_ON, accounts, articles

HAN = re.compile(r"[㐀-鿿，。；：（）]")
VALUE = re.compile(r"\{\w+\}|%d")
COMPOSED = (
    "cadence/regularity.py",
    "peers/history/beginnings.py",
    "peers/history/phases.py",
    "peers/history/steadiness.py",
    "engagement/bought_reads.py",
    "engagement/wci.py",
    "engagement/counts.py",
    "columns/across/tree.py",
    "brief/summary.py",
    "brief/sections/columns.py",
    "brief/sections/gaps.py",
    "brief/sections/layout.py",
    "brief/templates/layout.html.j2",
)
BRIEF = Path(analysis.brief.__file__).parent
REPORT = BRIEF.parent / "report"
SAID = re.compile(r'(?<!\w)(?:_|translate|rich)\(\s*"([^"]+)"')
STRING = re.compile(r'"([^"\n]*[一-鿿][^"\n]*)"')


def sentences() -> set[str]:
    """What templates and code say, by its Chinese words."""
    charts = BRIEF.parent / "charts"
    texts = [
        path.read_text(encoding="utf-8")
        for path in (
            *BRIEF.glob("templates/*.j2"),
            *REPORT.glob("templates/*.j2"),
            *(REPORT / name for name in ("value_formats.py", "phrases.py")),
            *BRIEF.glob("tables/*.py"),
            BRIEF / "page.py",
            BRIEF / "charts.py",
            BRIEF / "changes.py",
            BRIEF.parent / "layout" / "style_card.py",
            *charts.glob("*.py"),
        )
    ]
    said = {words for text in texts for words in SAID.findall(text)}
    tables = {
        words
        for path in (BRIEF / "tables").glob("*.py")
        if path.name != "conclusions.py"
        for words in STRING.findall(path.read_text(encoding="utf-8"))
    }
    return (
        said
        | tables
        | {
            words
            for asset in (REPORT / "templates" / "page.css", BRIEF / "templates" / "brief.js")
            for words in STRING.findall(asset.read_text(encoding="utf-8"))
        }
    )


def terms() -> set[str]:
    """The words that figures carry, as their modules name them; their figures left open."""
    plain = {
        *ROLE_NAMES.values(),
        *EVIDENCE_NAMES.values(),
        *COLUMN_STATUS_NAMES.values(),
        *ALIGN_NAMES.values(),
        *FACT_NAMES.values(),
        *WEEKDAYS,
        *BLOCKS,
        *_LEVELS,
        *_REASONS.values(),
        *_FIGURES.values(),
        *EVENT_NAMES,
        *EVENTS.values(),
        *_MARKS.values(),
        *FEED_CHANGES.values(),
        *(one.name for one in AGES),
        UNKNOWN_AGE,
        *EXCLUDED.values(),
        *SIGN_NAMES.values(),
        *(one.name for one in DIMENSIONS.values()),
        *(one.unit for one in DIMENSIONS.values()),
        *(one.name for one in FEATURES.values()),
        *NEWSPAPER_NAMES.values(),
        *(f"1 {one.unit}" for one in FEATURES.values()),
        *(one.with_unit(0.001) for one in DIMENSIONS.values()),
        *(one.with_unit(2) for one in DIMENSIONS.values()),
        *(one.says for one in CONVENTIONS),
        *LEADS.values(),
        DEMAND_SOURCE,
        STEADY_RULE,
        *NEEDS,
        *PURPOSES,
        UNSURE,
        *PART_NAMES.values(),
        *LEAD_IN_NAMES.values(),
        *EDITOR_NAMES.values(),
        *HEADING_NAMES.values(),
        *KIND_NAMES.values(),
        *REGULARITY_RULES,
        *REGULARITY_RULES.values(),
        *CLICKBAIT,
        *(what for what, _ in VALUE_NAMES.values()),
        *(word for _, words in VALUE_NAMES.values() for word in words.values()),
    }
    named = set()
    for text in plain:
        counted = iter(range(99))
        named.add(
            text
            if text in translations()
            else _FIGURE.sub(lambda _, counted=counted: f"{{{next(counted)}}}", text)
        )
    return {text for text in named if HAN.search(text)}


def test_every_sentence_of_the_page_is_there_with_the_same_values() -> None:
    held = translations()
    assert sorted((sentences() | terms()) - held.keys()) == []
    assert {
        words: said
        for words, said in held.items()
        if set(VALUE.findall(words)) != set(VALUE.findall(said))
    } == {}


def test_no_sentence_is_left_over_and_none_is_there_twice() -> None:
    every = translations(under="page")
    composed = "".join(
        (BRIEF.parents[1] / name).read_text(encoding="utf-8")
        for name in (
            *(f"analysis/{name}" for name in COMPOSED),
            "crawler/store/coverage.py",
            "crawler/wechat/about.py",
        )
    )
    unused = set(every) - sentences() - terms()
    assert [
        words
        for words in sorted(unused)
        if not all(piece in composed for piece in re.split(r"\{\d\}|WCI \{0\} 无|[、，（]", words))
    ] == []


@pytest.mark.parametrize("roles", [ROLES, {}])
def test_an_english_page_is_english_but_for_names_and_titles(roles: dict[str, str]) -> None:
    brief = brief_of(
        competition(),
        roles=roles,
        sized=dict.fromkeys(ROLES, 15.0),
        told={"红崖": {"followers": "9"}},
    )
    page = page_of(brief, lang="en")
    assert '<html lang="en">' in page
    assert _chinese_of(page, names=[account.account for account in brief.accounts]) == []


def test_an_empty_brief_is_english_too() -> None:
    assert _chinese_of(page_of(brief_of([]), lang="en"), names=[]) == []


def _chinese_of(page: str, *, names: list[str]) -> list[str]:
    """What is left once conclusions (with those about tiers and the map), names, links, columns'
    names in charts and specimens are out.
    """
    bare = re.sub(
        r"<section id=\"conclusions\">.*?</section>|<p class=\"tier\">.*?</p>|<div "
        r"class=\"said\"><p>.*?</div>",
        "",
        page,
        flags=re.S,
    )
    bare = re.sub(
        r"<bdi[^>]*>.*?</bdi>|<a .*?</a>|font-family=\S+|font-family:[^;]*;|font:[^;]*;|<div "
        r"class=\"specimens\">.*?</div>\n</div>|<svg .*?</svg>|<script>.*?</script>",
        "",
        bare,
        flags=re.S,
    )
    for name in sorted(names, key=len, reverse=True):
        bare = bare.replace(name, "")
    return re.findall(r"[^<>\n]*[㐀-鿿，。；：（）][^<>\n]*", bare)


def test_words_in_charts_are_english() -> None:
    page = page_of(brief_of(competition(), roles=ROLES), lang="en")
    drawn = "".join(re.findall(r"<svg .*?</svg>", page, flags=re.S))
    assert "hour (Beijing time)" in drawn
    assert "Mon" in drawn
    assert not re.search("周一|次/周|第几周|每周推送|北京时间", drawn)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_every_language(text: str, lang: str) -> None:
    rows = [
        row | {"account": text, "title": f"【{text[:20]}】{text}{n}"}
        for n, row in enumerate(weekly("红崖"))
    ]
    known = accounts(
        {
            "account": text,
            "account_id": "id-红崖",
            "brand": text,
            "signature": text,
            "facts": {text: text},
            "role": "own",
        }
    )
    covered = pd.DataFrame(
        [{"account_id": "id-红崖", "coverage": 0.5, "basis": text, "permissions": [text]}]
    )
    page = page_of(
        summarise(group_of(articles(rows), known, coverage=covered), date=MADE_ON), lang=lang
    )
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x08]", page)
    tags = Outline(page).tags
    assert [tag for tag, _ in tags if tag in ("script", "img")] == ["script"]
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]


def test_values_of_a_sentence_are_escaped_and_cleaned_and_its_words_too() -> None:
    assert (
        translate_on_page("覆盖率{coverage}", coverage="<b>\u202e&{x}") == "覆盖率&lt;b&gt;&amp;{x}"
    )
    assert translate_on_page("覆盖率{coverage}", coverage=Markup("<b>1</b>")) == "覆盖率<b>1</b>"
    assert make_environment().from_string('{{ _("<i>") }}').render() == "&lt;i&gt;"


def test_one_of_a_thing_is_said_as_one() -> None:
    with using_language("en"):
        assert translate_on_page("{n:,} 篇", n=1) == "1 article"
        assert translate_on_page("{n:,} 篇", n=1021) == "1,021 articles"
        assert translate_on_page("{n:,} 次推送", n=1) == "1 push"


def test_figures_in_words_of_the_analysis_are_carried_over() -> None:
    assert (
        translate_phrase("看星期几能说准 84%，扎堆程度 -0.22")
        == "看星期几能说准 84%，扎堆程度 -0.22"
    )
    with using_language("en"):
        assert (
            translate_phrase("看星期几能说准 84%，扎堆程度 -0.22")
            == "weekday tells 84%, bunching -0.22"
        )
        assert translate_phrase("1.75 倍") == "1.75×"
        assert translate_phrase("某家的 3 号栏目") == "某家的 3 号栏目"


def test_the_command_refuses_a_language_it_lacks(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["brief", "--lang", "fr", "--store", f"sqlite:///{tmp_path / 'none.sqlite3'}"]
    )
    assert result.exit_code != 0
    assert "fr" in result.output
