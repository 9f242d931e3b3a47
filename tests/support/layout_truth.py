"""What a real browser computes for an article's layout: the yardstick of styles.py, for tests and
for `make eval`.

Every visible run of text inside #js_content counts by its characters. Pages whose own sheets set no
type size get WeChat's base style.
"""

from __future__ import annotations

from typing import Any

from analysis.layout.body.profile import StyleProfile
from analysis.layout.css.stylesheets import BASE_SHEET

__all__ = ["FIGURES", "MEASURE", "TOLERANCE", "WIDTH", "disagreements"]

WIDTH = 677
FIGURES = (
    "chars",
    "font_size_px",
    "line_height",
    "letter_spacing_px",
    "text_align",
    "text_color",
    "bold_share",
    "indent_share",
    "images",
)
TOLERANCE = {
    "chars": 0,
    "font_size_px": 0.05,
    "line_height": 0.02,
    "letter_spacing_px": 0.05,
    "bold_share": 0.01,
    "indent_share": 0.02,
    "images": 0,
}
MEASURE = r"""() => {
  const body = document.querySelector('#js_content') ?? document.body;
  const sheets = [...document.querySelectorAll('style')].map((sheet) => sheet.textContent);
  if (!sheets.some((text) => /\.rich_media_content\s*\{[^}]*font-size/.test(text))) {
    const base = document.createElement('style');
    base.textContent = 'BASE_SHEET';
    document.head.prepend(base);
    body.classList.add('rich_media_content');
  }
  body.style.visibility = 'visible';
  const sizes = new Map(), aligns = new Map(), colours = new Map(), lines = [], spacings = [];
  let chars = 0, bold = 0, indented = 0;
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const element = node.parentElement, count = [...node.data.replace(/[\s\u200b-\u200f\u2060\ufeff]/g, '')].length;
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    if (!count || !size || element.closest('script,style,noscript,template') || style.visibility !== 'visible' || !element.getClientRects().length) continue;
    const add = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + count);
    add(sizes, size.toFixed(2));
    add(aligns, style.textAlign.replace('-webkit-', '').replace('start', 'left').replace('end', 'right'));
    add(colours, style.color);
    lines.push([style.lineHeight === 'normal' ? 1.2 : parseFloat(style.lineHeight) / size, count]);
    spacings.push([style.letterSpacing === 'normal' ? 0 : parseFloat(style.letterSpacing), count]);
    let block = element;
    while (block !== body && getComputedStyle(block).display.startsWith('inline')) block = block.parentElement;
    const wide = /^(\u3000|\u00a0\u00a0|\u2003)/.test(block.textContent.replace(/^[\n\r\t ]+/, ''));
    if (wide || parseFloat(getComputedStyle(block).textIndent) >= size) indented += count;
    if (Number(style.fontWeight) >= 600) bold += count;
    chars += count;
  }
  const top = (counts) => [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  const median = (pairs) => {
    let half = chars / 2;
    for (const [value, count] of pairs.sort((a, b) => a[0] - b[0])) if ((half -= count) <= 0) return value;
    return null;
  };
  const hex = (colour) => colour && '#' + colour.match(/[\d.]+/g).slice(0, 3).map((part) => Math.round(part).toString(16).padStart(2, '0')).join('');
  return {
    chars, font_size_px: chars ? Number(top(sizes)) : null, line_height: median(lines), letter_spacing_px: median(spacings), text_align: top(aligns),
    text_color: hex(top(colours)), bold_share: chars ? bold / chars : null, indent_share: chars ? indented / chars : null, images: body.querySelectorAll('img').length,
  };
}""".replace("BASE_SHEET", BASE_SHEET)


def disagreements(truth: dict[str, Any], measured: StyleProfile) -> dict[str, tuple[Any, Any]]:
    """Figures on which a profile and the browser differ: name -> (the browser's, the profile's)."""
    return {
        name: (truth[name], getattr(measured, name))
        for name in FIGURES
        if not _agrees(name, truth[name], getattr(measured, name))
    }


def _agrees(name: str, truth: Any, measured: Any) -> bool:
    if truth is None or measured is None or name not in TOLERANCE:
        return bool(truth == measured)
    return bool(abs(truth - measured) <= TOLERANCE[name] + 1e-9)
