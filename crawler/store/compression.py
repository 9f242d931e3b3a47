"""Raw pages small: zstd with an earlier page of the same template as dictionary. Bytes in, bytes
out; tables are store.py's.

WeChat's pages are 1–4 MB of the same bundled scripts around some kilobytes of text: plain zstd
keeps 380 KB of each, a page of the same template as dictionary 40 KB. A page that no known
dictionary fits becomes one itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import zstandard

__all__ = ["RECENT", "DictionaryPool", "PageCompressor", "pack", "unpack"]

# 9 saves 4 % of a page with a dictionary, 2 % of what has none, and takes 1.5 to 2.7 times as long;
# 3 misses matches at long distance
_LEVEL = 6
_WINDOW_LOG = 25  # a page and its dictionary both fit the window
_FITS = 0.05  # packed ÷ raw at which a dictionary is of the page's template
_SMALLEST_DICTIONARY = 16 * 1024
_LARGEST_DICTIONARY = 6 * 1024 * 1024  # real pages have at most 4 MB
_TRIED = 4
RECENT = 16  # dictionaries among which a page's is looked for
# scripts hold it every thousand bytes or so, and nobody rewrites what stands between
_CUT = b"function("
_LEAST_PIECES = 16  # pieces below which nothing is told
# of a page's pieces that a dictionary of its template holds at least; of another template it is a
# few in a hundred
_ALIKE = 0.3
_BIGGEST = 64 * 1024 * 1024


def pack(raw: bytes) -> bytes:
    """Compress without a dictionary."""
    return zstandard.ZstdCompressor(level=_LEVEL).compress(raw)


def unpack(blob: bytes) -> bytes:
    """What `pack` was given. Raises zstandard.ZstdError on damaged bytes."""
    return zstandard.ZstdDecompressor().decompress(blob, max_output_size=_BIGGEST)


@dataclass(slots=True)
class DictionaryPool:
    """What is known of dictionaries by their digest, from one transaction to the next: what one
    takes back leaves nothing wrong here.
    """

    pieces: dict[str, frozenset[int]] = field(default_factory=dict)
    packers: dict[str, zstandard.ZstdCompressor] = field(default_factory=dict)


@dataclass(slots=True)
class PageCompressor:
    """Packs and unpacks pages; `load` fetches a dictionary's bytes by id, `save` keeps a new one
    under its digest and gives its id.
    """

    load: Callable[[int], bytes]
    save: Callable[[bytes, str], int]
    recent: dict[int, str] = field(
        default_factory=dict
    )  # dictionaries worth trying, best first: id -> digest
    known: DictionaryPool = field(default_factory=DictionaryPool)
    _unpackers: dict[int, zstandard.ZstdDecompressor] = field(default_factory=dict)

    def pack_page(self, raw: bytes) -> tuple[int | None, bytes]:
        """The dictionary's id (None: none) and the packed page."""
        best: tuple[int | None, bytes] | None = None
        for dictionary_pk in self._candidates(raw):
            packed = self._packer(dictionary_pk).compress(raw)
            if best is None or len(packed) < len(best[1]):
                best = (dictionary_pk, packed)
            if len(packed) <= _FITS * len(raw):
                break
        if best is not None and best[0] is not None and len(best[1]) <= max(_FITS * len(raw), 4096):
            self._prefer(best[0], self.recent[best[0]])
            return best
        if not _SMALLEST_DICTIONARY <= len(raw) <= _LARGEST_DICTIONARY:
            return best or (None, pack(raw))
        digest = hashlib.sha256(raw).hexdigest()
        dictionary_pk = self.save(raw, digest)
        self._prefer(dictionary_pk, digest)
        return dictionary_pk, self._packer(dictionary_pk).compress(raw)

    def _candidates(self, raw: bytes) -> list[int]:
        """The dictionaries worth trying: to pack a page with one of another template takes fifteen
        times as long as to see that it is.
        """
        mine = _pieces_of(raw)
        if len(mine) < _LEAST_PIECES:
            return list(self.recent)[:_TRIED]
        matches: list[tuple[float, int]] = []
        for dictionary_pk, digest in self.recent.items():
            if digest not in self.known.pieces:
                _forget(self.known.pieces, 2 * RECENT)
                self.known.pieces[digest] = _pieces_of(self.load(dictionary_pk))
            share = len(mine & self.known.pieces[digest]) / len(mine)
            matches.append((share, dictionary_pk))
            if share > 1 - _ALIKE:
                return [dictionary_pk]
        return [
            dictionary_pk
            for share, dictionary_pk in sorted(matches, key=lambda match: -match[0])[:2]
            if share >= _ALIKE
        ]

    def unpack_page(self, dictionary_pk: int | None, blob: bytes) -> bytes:
        """The page's bytes as they came."""
        if dictionary_pk is None:
            return unpack(blob)
        if dictionary_pk not in self._unpackers:
            _forget(self._unpackers, _TRIED)
            self._unpackers[dictionary_pk] = zstandard.ZstdDecompressor(
                dict_data=self._dictionary(dictionary_pk), max_window_size=1 << (_WINDOW_LOG + 1)
            )
        return self._unpackers[dictionary_pk].decompress(blob, max_output_size=_BIGGEST)

    def _packer(self, dictionary_pk: int) -> zstandard.ZstdCompressor:
        digest = self.recent[dictionary_pk]
        if digest not in self.known.packers:
            _forget(self.known.packers, _TRIED)
            data = self._dictionary(dictionary_pk)
            size = len(data.as_bytes())
            parameters = zstandard.ZstdCompressionParameters.from_level(
                _LEVEL, window_log=_WINDOW_LOG, source_size=size, dict_size=size
            )
            self.known.packers[digest] = zstandard.ZstdCompressor(
                compression_params=parameters, dict_data=data
            )
        return self.known.packers[digest]

    def _dictionary(self, dictionary_pk: int) -> zstandard.ZstdCompressionDict:
        return zstandard.ZstdCompressionDict(
            self.load(dictionary_pk), dict_type=zstandard.DICT_TYPE_RAWCONTENT
        )

    def _prefer(self, dictionary_pk: int, digest: str) -> None:
        others = [
            (other, checksums) for other, checksums in self.recent.items() if other != dictionary_pk
        ]
        self.recent = dict([(dictionary_pk, digest), *others][:RECENT])


def _forget(entries: dict[Any, Any], most: int) -> None:
    """Make room for one more, the oldest first: compressors with a 3 MB dictionary hold tens of
    megabytes each.
    """
    while len(entries) >= most:
        entries.pop(next(iter(entries)))


def _pieces_of(raw: bytes) -> frozenset[int]:
    """What a page's scripts are made of, as checksums: enough to tell its template."""
    return frozenset(map(crc32, raw.split(_CUT)))
