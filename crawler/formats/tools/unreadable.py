"""Files that are not read, by what they are: what to do instead, in one line. Pure."""

from __future__ import annotations

import re

__all__ = ["advice_for"]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_INSTEAD = "导不进来；在浏览器里打开原文另存为网页，或把链接一行一个贴进 .txt"
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", f"PDF 文档：{_INSTEAD}"),
    (b"{\\rtf", f"RTF 文档：{_INSTEAD}"),
    (b"\x89PNG\r\n\x1a\n", f"图片（PNG）：{_INSTEAD}"),
    (b"\xff\xd8\xff", f"图片（JPEG）：{_INSTEAD}"),
    (b"GIF87a", f"图片（GIF）：{_INSTEAD}"),
    (b"GIF89a", f"图片（GIF）：{_INSTEAD}"),
    (b"II*\0", f"图片（TIFF）：{_INSTEAD}"),
    (b"MM\0*", f"图片（TIFF）：{_INSTEAD}"),
    (b"7z\xbc\xaf\x27\x1c", "7z 压缩包：先解压，再导入解出来的文件夹；或改压成 ZIP"),
    (b"Rar!\x1a\x07", "RAR 压缩包：先解压，再导入解出来的文件夹；或改压成 ZIP"),
    (b"\x37\x7f\x06\x82", "SQLite 的 -wal 文件，里面不是整个数据库：导入旁边的 .db"),
    (b"\x37\x7f\x06\x83", "SQLite 的 -wal 文件，里面不是整个数据库：导入旁边的 .db"),
)
_PARTS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (
        re.compile(rb"word/(?:document|styles|settings|media|theme|_rels)"),
        f"Word 文档（DOCX）：{_INSTEAD}",
    ),
    (
        re.compile(rb"ppt/(?:presentation|slides|media|theme|_rels)"),
        f"PPT 文档（PPTX）：{_INSTEAD}",
    ),
    (re.compile(rb"opendocument\.text"), f"文字文档（ODT）：{_INSTEAD}"),
    (re.compile(rb"opendocument\.presentation"), f"演示文档（ODP）：{_INSTEAD}"),
)  # what a packed document's parts are called
_STREAMS: tuple[tuple[str, str], ...] = (
    ("WordDocument", f"Word 文档（DOC）：{_INSTEAD}"),
    ("PowerPoint Document", f"PPT 文档（PPT）：{_INSTEAD}"),
)
_MEDIA = {
    b"heic": "图片（HEIC）",
    b"heix": "图片（HEIC）",
    b"mif1": "图片（HEIC）",
    b"avif": "图片（AVIF）",
}


def advice_for(head: bytes) -> str | None:
    """What a file is and what to do instead, by its beginning; None for what may be readable."""
    for beginning, advice in _BEGINNINGS:
        if head.startswith(beginning):
            return advice
    if head.startswith(_ZIP) and b"xl/" not in head:
        return next((advice for part, advice in _PARTS if part.search(head)), None)
    if head.startswith(_OLE):
        return next((advice for name, advice in _STREAMS if name.encode("utf-16-le") in head), None)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return f"图片（WebP）：{_INSTEAD}"
    if head[4:8] == b"ftyp":
        return f"{_MEDIA.get(head[8:12], '视频或音频')}：{_INSTEAD}"
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return f"图片（BMP）：{_INSTEAD}"
    return None
