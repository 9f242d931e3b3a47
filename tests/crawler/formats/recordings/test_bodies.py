"""Bodies of answers in every shape that browsers and proxies write: the bytes decide."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from crawler.files import ArchiveError
from crawler.formats.recordings.bodies import LARGEST, decode_body, decode_text, unpack_body

PAGE = "<!DOCTYPE html><html><body>砧板 " + "慢火炖汤。" * 40 + "</body></html>"
RAW = PAGE.encode()


def raw_deflate(raw: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(raw) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
    "deflate": zlib.compress,
    "raw deflate": raw_deflate,
}


@pytest.mark.parametrize("declared", ["", "gzip", "br", "deflate", "zstd", "nonsense"])
@pytest.mark.parametrize("encoding", ["", "base64", "BASE64"])
def test_text_is_text_whatever_was_declared(encoding: str, declared: str) -> None:
    assert decode_text(PAGE, encoding=encoding, packing=declared) == RAW


@pytest.mark.parametrize("declared", ["", "gzip", "br", "deflate", "zstd", "identity"])
@pytest.mark.parametrize("packer", PACKERS)
def test_packed_bytes_are_unpacked_whatever_was_declared(packer: str, declared: str) -> None:
    packed = PACKERS[packer](RAW)
    assert unpack_body(packed, declared) == RAW
    text = base64.b64encode(packed).decode()
    assert decode_text(text, encoding="base64", packing=declared) == RAW
    assert decode_text(packed.decode("latin-1"), packing=declared) in (
        RAW,
        packed.decode("latin-1").encode(),  # without a mark it may as well be text of its own
    )


def test_bytes_that_were_packed_twice_are_unpacked_twice() -> None:
    assert unpack_body(gzip.compress(brotli.compress(RAW))) == RAW


def test_bytes_kept_as_characters_are_bytes() -> None:
    assert decode_text(RAW.decode("latin-1")) == RAW
    assert decode_text(gzip.compress(RAW).decode("latin-1")) == RAW


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(RAW).decode(),
        base64.encodebytes(RAW).decode(),
        base64.urlsafe_b64encode(RAW).decode().rstrip("="),
        "data:text/html;charset=utf-8;base64," + base64.b64encode(RAW).decode(),
    ],
)
@pytest.mark.parametrize("encoding", ["", "base64"])
def test_base64_in_its_variants_declared_or_not(text: str, encoding: str) -> None:
    assert decode_text(text, encoding=encoding) == RAW


def test_a_word_is_no_base64_unless_it_is_declared() -> None:
    assert decode_text("success0") == b"success0"
    assert decode_text("b2s=", encoding="base64") == b"ok"
    assert decode_text("a" * 100) == b"a" * 100  # decodes to no text
    assert decode_text("not base64!", encoding="base64") == b"not base64!"


def test_json_is_text_under_base64_too() -> None:
    text = json.dumps({"base_resp": {"ret": 0}, "title": "砧板"}, ensure_ascii=False)
    assert decode_text(text, encoding="base64") == text.encode()


@pytest.mark.parametrize("charset", ["gbk", "GB2312", "gb18030"])
def test_the_declared_charset_counts_where_the_bytes_agree(charset: str) -> None:
    raw = PAGE.encode(charset)
    text = base64.b64encode(raw).decode()
    assert decode_text(text, encoding="base64", charset=f"text/html; charset={charset}") == RAW
    assert decode_body(RAW, charset=f"text/html; charset={charset}") == RAW
    assert decode_body(raw, charset="text/html; charset=utf-8") == RAW
    assert decode_body(gzip.compress(raw), charset=f'text/html;charset="{charset}"') == RAW


@pytest.mark.parametrize("packer", ["gzip", "br", "zstd", "deflate"])
def test_a_bomb_is_refused(packer: str) -> None:
    zeros = b"<" + b" " * (2 * LARGEST)
    with pytest.raises(ArchiveError, match="压缩炸弹"):
        unpack_body(PACKERS[packer](zeros), packer)


def test_what_breaks_off_gives_what_was_before() -> None:
    whole = b"".join(b"<p>%d</p>" % number for number in range(9000))
    for packer in ("gzip", "br", "deflate", "zstd"):
        packed = PACKERS[packer](whole)
        part = unpack_body(packed[: len(packed) * 2 // 3], packer)
        assert whole.startswith(part) or part == packed[: len(packed) * 2 // 3], packer


@given(st.binary(max_size=400), st.sampled_from(["", "gzip", "br", "deflate"]))
def test_any_bytes_give_bytes(raw: bytes, declared: str) -> None:
    assert isinstance(decode_body(raw, packing=declared, charset="charset=gbk"), bytes)


@given(st.text(max_size=200), st.sampled_from(["", "base64"]))
def test_any_text_gives_bytes(text: str, encoding: str) -> None:
    assert isinstance(decode_text(text, encoding=encoding), bytes)
