"""Raw pages come back byte for byte, and small."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.store.compression import PageCompressor, pack, unpack


def vault() -> tuple[PageCompressor, dict[int, bytes]]:
    kept: dict[int, bytes] = {}

    def save(raw: bytes, digest: str) -> int:
        kept[len(kept) + 1] = raw
        return len(kept)

    return PageCompressor(kept.__getitem__, save), kept


TEMPLATE = b"".join(b"f%d=function(){return %d*%d};" % (n, n, n * n) for n in range(4000))


def test_a_page_of_a_known_template_costs_little_more_than_its_own_text() -> None:
    content, kept = vault()
    pages = [TEMPLATE + f"第{n}篇正文，各不相同。".encode() * 3 for n in range(20)]
    packed = [content.pack_page(page) for page in pages]
    assert len(kept) == 1
    assert max(len(blob) for _, blob in packed[1:]) < len(pages[0]) // 100
    assert [content.unpack_page(*one) for one in packed] == pages


def test_a_template_is_told_by_its_scripts_among_many() -> None:
    content, kept = vault()
    templates = [
        b"".join(b"%s%d=function(){return %d};" % (name, n, n * n) for n in range(3000))
        for name in (b"a", b"b", b"c", b"d", b"e", b"f")
    ]
    for template in templates:
        content.pack_page(template)
    packed = [content.pack_page(template + b"text") for template in templates]
    assert [number for number, _ in packed] == list(kept) == [1, 2, 3, 4, 5, 6]
    assert [content.unpack_page(*one) for one in packed] == [
        template + b"text" for template in templates
    ]
    assert len(content.known.pieces) == 6


def test_another_template_becomes_a_dictionary_of_its_own() -> None:
    content, kept = vault()
    other = Random(0).randbytes(60_000)
    first, second = content.pack_page(TEMPLATE), content.pack_page(other)
    assert len(kept) == 2
    assert (content.unpack_page(*first), content.unpack_page(*second)) == (TEMPLATE, other)


@settings(max_examples=40)
@given(st.lists(st.binary(max_size=3000), max_size=6))
def test_any_bytes_come_back(pages: list[bytes]) -> None:
    content, _ = vault()
    packed = [content.pack_page(page) for page in pages]
    assert [content.unpack_page(*one) for one in packed] == pages
    assert [unpack(pack(page)) for page in pages] == pages
