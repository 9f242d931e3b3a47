"""Chinese labels of the codes that frames carry, once for commands, pages and charts. What a page
says around them is the page's.
"""

from __future__ import annotations

__all__ = [
    "ALIGN_NAMES",
    "COLUMN_STATUS_NAMES",
    "EVIDENCE_NAMES",
    "ROLE_NAMES",
    "STATUS_NAMES",
    "WEEKDAYS",
    "format_clock",
]

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")  # Monday is 0
ROLE_NAMES = {"own": "自己", "direct": "直接对手", "adjacent": "邻近", "benchmark": "标杆"}
STATUS_NAMES = {  # of an article
    "listed": "只有条目",
    "fetched": "有正文",
    "deleted": "已删除",
    "violation": "违规",
    "complaint": "被投诉",
    "unavailable": "无法查看",
    "expired": "链接过期",
    "migrated": "已迁移",
    "closed": "已注销",
    "about": "账号资料",  # of a page: about an account, not an article
}
EVIDENCE_NAMES = {  # what a content column is known by
    "album": "合集",
    "marker": "标题标记",
    "suffix": "固定结尾",
    "series": "连载",
    "slot": "固定位置",
    "formula": "句式",
    "theme": "主题",
}
COLUMN_STATUS_NAMES = {"new": "新开", "active": "在更", "paused": "停更", "ended": "已停"}
ALIGN_NAMES = {"left": "左对齐", "right": "右对齐", "center": "居中", "justify": "两端对齐"}


def format_clock(hours: float) -> str:
    """Hours after midnight as HH:MM, a day round: 24.5 is 00:30."""
    minutes = round(hours * 60) % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
