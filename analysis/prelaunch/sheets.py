"""A benchmark as rows: one list a question, for a spreadsheet's sheets and for JSON. Raw values;
what is proposed says so in its own column.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from analysis.layout.measures import FEATURES
from analysis.prelaunch.answers.columns import ColumnAnswer
from analysis.prelaunch.answers.verdicts import VERDICTS
from analysis.prelaunch.benchmark import Benchmark
from analysis.prelaunch.conclusions import draw_conclusions
from analysis.rows import Example, plain

__all__ = ["SHEETS", "list_rows", "render_json"]

SHEETS: Mapping[str, tuple[str, dict[str, str]]] = {
    "conclusions": (
        "结论",
        {
            "rule": "规则",
            "question": "问题",
            "verdict": "判断",
            "sentence": "结论",
            "advice": "建议",
            "basis": "依据",
            "n": "n",
            "unit": "单位",
            "first": "从",
            "last": "到",
            "examples": "例文",
        },
    ),
    "contradictions": (
        "对不上的地方",
        {"rule": "规则", "sentence": "哪里对不上", "advice": "怎么改"},
    ),
    "rivals": (
        "对手",
        {
            "rank": "名次",
            "account": "账号",
            "account_id": "账号编号",
            "role": "角色",
            "likeness": "内容相像",
            "meaning": "词义",
            "shared": "用词",
            "words": "共同的词",
            "examples": "例文",
            "articles": "n 篇",
            "first": "从",
            "last": "到",
            "coverage": "覆盖率",
        },
    ),
    "columns": (
        "栏目",
        {
            "name": "计划的栏目",
            "proposed": "建议值",
            "verdict": "判断",
            "rhythm": "节奏",
            "relation": "关系",
            "account": "对手",
            "content_column": "对手的栏目",
            "n": "期数",
            "status": "状态",
            "interval_days": "间隔天数",
            "likeness": "相像",
            "title_likeness": "标题",
            "name_likeness": "名称",
            "meaning": "词义",
            "first": "从",
            "last": "到",
            "topic_articles": "题材篇数",
            "topic_accounts": "题材对手数",
            "words": "题材词",
            "examples": "例文",
        },
    ),
    "titles": (
        "前八个选题",
        {
            "column": "计划的栏目",
            "topic": "选题",
            "title": "拟题",
            "angle": "从哪写起",
            "model": "照哪个标题写",
            "account": "看谁",
            "examples": "例文",
            "articles": "n 篇",
            "brands": "n 家",
            "first": "从",
            "last": "到",
        },
    ),
    "times": (
        "时间",
        {
            "time": "时间",
            "proposed": "建议值",
            "verdict": "判断",
            "pushes_per_week": "对手每周次数",
            "pushes": "n 次推送",
            "accounts": "对手数",
            "rivals": "谁",
            "free": "附近的空档",
            "first": "从",
            "last": "到",
        },
    ),
    "pace": (
        "频率",
        {
            "account": "谁",
            "proposed": "建议值",
            "pushes_per_week": "推送/周",
            "articles_per_week": "文章/周",
            "articles_per_push": "篇/次",
            "weeks_sent": "发了文的周",
            "weeks": "周数",
            "steady": "稳定",
            "regularity": "规律",
            "bylines": "署名",
            "enough": "够样本",
            "pushes": "n 次推送",
            "first": "从",
            "last": "到",
            "coverage": "覆盖率",
        },
    ),
    "layout": (
        "排版",
        {
            "name": "项",
            "feature": "项（英文）",
            "value": "计划",
            "source": "来自",
            "percentile": "同组百分位",
            "q1": "四分之一处",
            "median": "中位",
            "q3": "四分之三处",
            "verdict": "和教程比",
            "says": "教程说",
            "accounts": "n 个账号",
            "articles": "n 篇",
            "first": "从",
            "last": "到",
        },
    ),
    "norms": (
        "常态",
        {
            "name": "项",
            "key": "项（英文）",
            "unit": "单位",
            "low": "最低",
            "q1": "四分之一处",
            "median": "中位",
            "q3": "四分之三处",
            "high": "最高",
            "accounts": "n 个账号",
            "articles": "n 篇",
        },
    ),
    "calendar": (
        "头四周",
        {
            "at": "时间",
            "week": "第几周",
            "slots": "写什么",
            "day_kind": "那天",
            "festival": "节日",
            "crowding": "挤不挤",
        },
    ),
    "questions": ("待回答", {"question": "问题", "why": "为什么数据答不了", "how": "怎么知道"}),
    "candidates": (
        "未收录的账号",
        {
            "candidate": "账号",
            "candidate_id": "账号编号",
            "accounts": "几个对手提到",
            "articles": "几篇",
        },
    ),
}
_ISOLATES = dict.fromkeys([0x2068, 0x2069])
_SOURCES = {"plan": "计划", "draft": "草稿", "proposed": "建议值"}


def list_rows(benchmark: Benchmark) -> dict[str, list[dict[str, Any]]]:
    """The rows of each sheet, by the keys of SHEETS."""
    b = benchmark
    window = b.group.window or (None, None)
    span = {"first": plain(window[0]), "last": plain(window[1])}
    rows = {
        "conclusions": [
            asdict(verdict)
            | {
                "verdict": VERDICTS[verdict.verdict],
                "sentence": verdict.sentence,
                "examples": _links(verdict.examples),
            }
            | span
            for verdict in draw_conclusions(b)
        ],
        "contradictions": [asdict(contradiction) for contradiction in b.contradictions],
        "rivals": [
            asdict(rival)
            | {
                "words": [f"{word.word} {word.n}" for word in rival.words],
                "examples": _links(rival.examples),
            }
            for rival in b.rivals
        ],
        "titles": [
            asdict(draft) | {"examples": _links([draft.example])} | span for draft in b.drafts
        ],
        "columns": [row for answer in b.columns.answers for row in _column_rows(answer)],
        "times": [
            (asdict(answer.slot) if answer.slot else {})
            | {
                "time": answer.time.text,
                "proposed": answer.proposed,
                "verdict": answer.verdict,
                "rivals": list(answer.rivals),
                "free": [f"{slot.weekday + 1}/{slot.hour:02d}" for slot in answer.free],
                "first": b.times.first,
                "last": b.times.last,
            }
            for answer in b.times.answers
        ],
        "pace": [
            *_planned_pace(b),
            *(asdict(pace) | {"steady": pace.steady} for pace in b.pace.paces),
        ],
        "layout": _layout_rows(b),
        "norms": [
            {name: value for name, value in asdict(norm).items() if name != "quartiles"}
            | ({} if norm.quartiles is None else _quartile_fields(asdict(norm.quartiles)))
            for norm in b.norms
        ],
        "calendar": [
            asdict(push) | {"slots": [slot or "自由选题" for slot in push.slots]}
            for push in b.launch.pushes
        ],
        "questions": [asdict(question) for question in b.questions],
        "candidates": [asdict(mention) for mention in b.mentions],
    }
    return {name: [_clean(row) for row in sheet_rows] for name, sheet_rows in rows.items()}


def render_json(benchmark: Benchmark) -> str:
    """All rows with the plan and the day, as JSON; times as ISO 8601."""
    b = benchmark
    head = {
        "date": b.date,
        "plan": asdict(b.plan),
        "accounts": len(b.group.accounts),
        "articles": len(b.group.articles),
        "first": b.group.first,
        "last": b.group.last,
    }
    rows = {
        name: [{key: row.get(key) for key in SHEETS[name][1]} for row in sheet_rows]
        for name, sheet_rows in list_rows(b).items()
    }
    return json.dumps(head | rows, ensure_ascii=False, indent=1, default=_plain)


def _column_rows(answer: ColumnAnswer) -> list[dict[str, Any]]:
    """A row for each rival column that is of the same kind or near; one without, where there is
    none.
    """
    shared = {
        "name": answer.name,
        "proposed": answer.proposed,
        "verdict": answer.verdict,
        "rhythm": answer.rhythm.text if answer.rhythm else None,
        "topic_articles": answer.topic_articles,
        "topic_accounts": answer.topic_accounts,
        "words": [f"{word.word} {word.n}" for word in answer.words],
    }
    related = [
        (relation, column)
        for relation, columns in (("同类", answer.same), ("接近", answer.nearest))
        for column in columns
    ]
    return [
        asdict(column) | {"relation": relation, "examples": _links(column.examples)} | shared
        for relation, column in related
    ] or [shared]


def _planned_pace(b: Benchmark) -> list[dict[str, Any]]:
    if b.pace.articles_per_week is None:
        return []
    proposed = b.pace.pushes_proposed or b.pace.size_proposed
    planned = {
        "pushes_per_week": b.pace.pushes_per_week,
        "articles_per_week": b.pace.articles_per_week,
        "articles_per_push": b.pace.articles_per_push,
    }
    return [{"account": "计划", "proposed": proposed} | planned]


def _layout_rows(b: Benchmark) -> list[dict[str, Any]]:
    span = {"first": b.layout.first, "last": b.layout.last}
    rows = [
        asdict(value)
        | {
            "name": FEATURES[value.feature].name,
            "source": _SOURCES[value.source],
            "percentile": value.percentile,
            "says": value.convention.says if value.convention else None,
        }
        | span
        for value in b.layout.values
    ]
    if b.layout.text_align:
        rows.append(
            {
                "feature": "text_align",
                "name": "对齐",
                "value": b.layout.text_align,
                "source": _SOURCES[b.layout.align_source],
                "accounts": b.layout.accounts,
            }
            | span
        )
    return rows


def _quartile_fields(quartiles: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in quartiles.items() if name != "accounts"}


def _links(examples: Sequence[Example]) -> list[str]:
    return [
        f"{example.title or '（没有标题）'} {example.url or ''}".strip() for example in examples
    ]


def _clean(row: Mapping[str, Any]) -> dict[str, Any]:
    """Sentences without the marks that set names apart on the page."""
    return {
        key: value.translate(_ISOLATES) if isinstance(value, str) else value
        for key, value in row.items()
    }


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
