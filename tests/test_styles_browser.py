"""The measures of a body held against a real browser's computed style."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from browser import browser, visit  # noqa: F401 - fixtures

from analysis.styles import measure_style

BASE = ".body{font-size:17px;text-align:justify}"  # WeChat's own, which the oracle page has to bring along
MEASURE = r"""() => {
  const sizes = {}, aligns = {};
  let chars = 0;
  const walker = document.createTreeWalker(document.querySelector('.body'), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const style = getComputedStyle(node.parentElement), n = [...node.data.replace(/\s/g, '')].length;
    if (style.display === 'none' || style.visibility !== 'visible' || !node.parentElement.getClientRects().length || !n) continue;
    chars += n;
    sizes[parseFloat(style.fontSize)] = (sizes[parseFloat(style.fontSize)] ?? 0) + n;
    const align = style.textAlign.replace('-webkit-', '').replace('start', 'left').replace('end', 'right');
    aligns[align] = (aligns[align] ?? 0) + n;
  }
  const top = (counts) => Object.entries(counts).sort((a, b) => b[1] - a[1])[0][0];
  return [chars, Number(top(sizes)), top(aligns)];
}"""
BODIES = [
    '<section style="font-size:1.2em"><section style="font-size:90%;text-align:center"><span>一二三</span></section></section>',
    '<p style="font-size:14px;font-size:banana">一</p>',
    '<p style="font-size:14px!important;font-size:20px;text-align:end">一</p>',
    "<h1>一</h1>",
    "<h2>一</h2>",
    "<p><small>一</small></p>",
    "<p><sup>一</sup></p>",
    '<p style="font-size:smaller">一</p>',
    '<p style="font-size:12pt">一</p>',
    '<p style="font-size:1.5rem">一</p>',
    '<p style="font-size:x-large">一</p>',
    '<p style="font-size:initial">一</p>',
    '<p style="font-size:-1px">一</p>',
    '<p style="font-size:1e1px">一</p>',
    '<p style="text-align:inherit"><center>一二</center></p>',
    '<div align="right"><p>一</p></div>',
    '<p style="visibility:hidden">一二<b style="visibility:visible">三</b></p><p style="display:none">四五六</p>',
    '<div hidden>一二</div><div hidden style="display:block">三</div>',
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_measures_what_the_browser_computes(visit: Callable[..., Any], body: str) -> None:  # noqa: F811
    page = visit(f"<!doctype html><meta charset=utf-8><style>{BASE}</style><div class=body>{body}</div>")
    chars, size, align = page.evaluate(MEASURE)
    found = measure_style(body)
    assert (found.chars, found.font_size_px, found.text_align) == (chars, pytest.approx(size, abs=0.01), align)
