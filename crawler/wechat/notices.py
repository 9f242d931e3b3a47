"""What WeChat says in place of an article, by structure, never by a script's substring. Pure."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from crawler.records import clean_text

__all__ = []

_STATUS_OF_TEXT = (
    (
        "verification",
        (
            "环境异常",
            "访问过于频繁",
            "验证身份",
            "请在微信客户端打开",
            "去验证",
            "Verification Required",
            "environment is abnormal",
        ),
    ),
    ("deleted", ("已被发布者删除", "deleted by the author", "内容已删除")),
    ("complaint", ("被投诉", "涉嫌侵权", "冒名侵权")),
    ("violation", ("违规", "涉嫌违反", "无法查看此内容", "violat")),
    ("expired", ("链接已过期", "expired")),
    ("migrated", ("已迁移", "迁移流程中", "帐号迁移", "账号迁移")),
    ("closed", ("已自主注销", "已被屏蔽", "已注销", "已冻结", "停止使用")),
    (
        "unavailable",
        ("暂时无法查看", "发送失败无法查看", "参数错误", "系统出错", "无法打开", "不存在"),
    ),
)


def read_notice(tree: LexborHTMLParser, raw: bytes) -> str:
    for selector in (
        ".weui-msg__title",
        ".mesg-block",
        ".page_msg .title",
        ".tips_title",
        ".global_error_msg",
        ".icon_msg + .text_area",
    ):
        node = tree.css_first(selector)
        if node is not None and node.text().strip():
            reason = tree.css_first(".weui-msg__desc") if selector == ".weui-msg__title" else None
            return (clean_text(node.text()) or "") + (
                "\n" + reason.text().strip() if reason is not None else ""
            )
    if (
        b"appmsgqrcode?ticket=" in raw and b"js_open_from_wx" in raw
    ):  # the page of 2018 writes its notice by script
        return "访问过于频繁"
    for node in tree.css("script, style"):
        node.decompose()
    body = clean_text(tree.body.text(separator=" ")) if tree.body else None
    return body if body and len(body) < 80 else ""


def classify_notice(text: str) -> str | None:
    return next(
        (status for status, words in _STATUS_OF_TEXT if any(word in text for word in words)), None
    )
