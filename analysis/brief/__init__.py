"""The competitor brief: summary.py and sections/ hold the figures, findings.py and rules/ say what they mean, drawing.py draws, page.py makes the file."""

from analysis.brief.page import BriefError, render_brief, save_brief
from analysis.brief.summary import BriefSummary, summarise

__all__ = ["BriefError", "BriefSummary", "render_brief", "save_brief", "summarise"]
