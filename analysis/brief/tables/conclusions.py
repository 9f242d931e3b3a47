"""The conclusions as the first sheet of the workbook: on the page they are a list."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.report.findings import Finding
from analysis.report.phrases import date_span
from analysis.report.rich_text import Content, rich, to_text
from analysis.report.safe_text import clamp, is_article_url
from analysis.report.translation import translate, translate_phrase
from analysis.report.value_formats import format_count
from analysis.report.workbook import Sheet

__all__ = ["PREAMBLE", "list_conclusions"]

PREAMBLE = ("sample", "silence")  # rules that say what was looked at, which is no conclusion


def list_conclusions(findings: Sequence[Finding]) -> Sheet:
    """One row a conclusion: the sentence, what it rests on, the advice, its examples."""
    drawn = [finding for finding in findings if finding.rule not in PREAMBLE]
    rows = tuple(
        (
            number,
            to_text(finding.sentence),
            to_text(_evidence(finding)),
            to_text(_advice(finding)),
            "\n".join(_examples(finding)),
        )
        for number, finding in enumerate(drawn, 1)
    )
    return Sheet("结论", ("序号", "结论", "依据", "建议", "例"), rows)


def _evidence(finding: Finding) -> Content:
    sample = f"n = {format_count(finding.n)} {translate_phrase(finding.unit)}"
    if not finding.first:
        return sample
    return (sample, rich("，{span}", span=date_span(finding.first, finding.last)))


def _advice(finding: Finding) -> Content:
    """The advice, or where to look for its effect if there is none."""
    if finding.advice:
        return (rich("建议"), " ", finding.advice)
    return (rich("预期"), " ", finding.expected) if finding.expected else ""


def _examples(finding: Finding) -> list[str]:
    linked = [example for example in finding.examples if is_article_url(example.url)]
    return [
        f"{to_text(clamp(example.title or translate('（没有标题）'), 34))} {example.url}"
        for example in linked
    ]
