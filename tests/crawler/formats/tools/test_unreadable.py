"""Files that are not read say what they are and what to do instead."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from crawler.files import ArchiveError, Document
from crawler.formats.detect import find_reader
from crawler.importer import import_files
from crawler.store import Store


def packed(*names: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as pack:
        for name in names:
            pack.writestr(name, "<xml/>")
    return sink.getvalue()


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (packed("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "Word 文档（DOCX）"),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), "PPT 文档（PPTX）"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
            "Word 文档（DOC）",
        ),
        (b"%PDF-1.7\n", "PDF 文档"),
        (b"{\\rtf1\\ansi", "RTF 文档"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "图片（PNG）"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "图片（JPEG）"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "图片（WebP）"),
        (b"\0\0\0\x18ftypheic", "图片（HEIC）"),
        (b"\0\0\0\x18ftypisom", "视频或音频"),
    ],
)
def test_documents_and_pictures_say_what_to_save_instead(raw: bytes, kind: str) -> None:
    with pytest.raises(ArchiveError) as raised:
        find_reader(Document("a", data=raw))
    assert str(raised.value) == (
        f"{kind}：导不进来；在浏览器里打开原文另存为网页，或把链接一行一个贴进 .txt"
    )


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"7z\xbc\xaf\x27\x1c\0\4", "7z 压缩包：先解压"),
        (b"Rar!\x1a\x07\x01\0", "RAR 压缩包：先解压"),
        (b"\x37\x7f\x06\x82\0\0", "导入旁边的 .db"),
    ],
)
def test_other_containers_say_what_to_do(raw: bytes, told: str) -> None:
    with pytest.raises(ArchiveError, match=told):
        find_reader(Document("a", data=raw))


def test_spreadsheets_are_still_spreadsheets() -> None:
    raw = packed("[Content_Types].xml", "docProps/app.xml", "xl/workbook.xml", "xl/word/x.xml")
    assert find_reader(Document("a", data=raw)).kind == "table"


def test_a_word_file_on_the_disk_is_one_document_with_one_line(
    store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(packed("[Content_Types].xml", "word/document.xml"))
    (report,) = import_files(store, [path])
    assert report.error is not None
    assert report.error.startswith("Word 文档（DOCX）")
