"""Layout profiles of a store: measured once, kept, measured again only where something changed."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pandas as pd
import pytest

from analysis.compute import bodies as kept_bodies
from analysis.compute.cache import FrameCache
from analysis.layout import load as module
from analysis.layout.load import PROFILES, load_profiles, profile_bodies
from crawler.importer import import_files
from crawler.store import Store
from tests.support.places import PAGES


@pytest.fixture
def filled(store: Store) -> Store:
    list(import_files(store, [PAGES / "g1_2018.html", PAGES / "g2_2023.html"]))
    return store


def test_what_is_loaded_again_is_what_was_measured_and_nothing_is_measured_twice(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = FrameCache(tmp_path / "kept")
    first = load_profiles(filled, cache=kept)
    assert {column: str(dtype) for column, dtype in first.dtypes.items()} == dict(PROFILES)
    assert len(first) == 2

    def never(*_: object, **__: object) -> None:
        raise AssertionError("measured again")

    monkeypatch.setattr(module, "measure_style", never)
    pd.testing.assert_frame_equal(load_profiles(filled, cache=kept), first)


def test_other_code_measures_again(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = FrameCache(tmp_path / "kept")
    load_profiles(filled, cache=kept)
    measured: list[str] = []
    measure = module.measure_style
    monkeypatch.setattr(
        module,
        "measure_style",
        lambda body, **more: (measured.append(body), measure(body, **more))[1],
    )
    monkeypatch.setattr(kept_bodies, "key_of_code", lambda *_: "another")
    load_profiles(filled, cache=kept)
    assert len(measured) == 2


def test_a_folder_that_cannot_be_written_costs_time_only(filled: Store, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert len(load_profiles(filled, cache=FrameCache(blocked))) == 2


def test_bodies_profiled_directly_are_sorted_and_know_their_covers() -> None:
    image = '<p>一</p><img data-src="https://mmbiz.qpic.cn/mmbiz_png/KEY/0" data-ratio="1">'
    found = profile_bodies(
        [("a2", image), ("a1", "<p>二</p>")],
        covers={"a2": ("https://mmbiz.qpic.cn/mmbiz_png/KEY/300", None)},
    )
    assert found["article_id"].tolist() == ["a1", "a2"]
    assert found["cover_in_text"].tolist() == [pd.NA, True]
    assert found["cover_shape"].tolist()[1] == "1:1"


URL = (
    "https://mp.weixin.qq.com/s?__biz=MzkwMDAwMDAwMQ==&mid=2650000101&idx=2&sn="
    "00112233445566778899aabbccddeeff"
)  # the page g1_2018's


def note(folder: Path) -> Path:
    """The same article as somebody's note: newer than the page, without any styling."""
    path = folder / "note.md"
    path.write_text(
        f"---\ntitle: 竹砧板\nurl: {URL}\ndate: 2026-01-01\n---\n\n新砧板先泡半小时。\n"
    )
    return path


def test_a_text_without_styling_has_no_layout(store: Store, tmp_path: Path) -> None:
    list(import_files(store, [note(tmp_path)]))
    assert len(list(store.bodies())) == 1
    assert load_profiles(store, cache=FrameCache(tmp_path / "cache")).empty


def test_the_pages_own_body_is_measured_before_a_newer_copy(filled: Store, tmp_path: Path) -> None:
    before = load_profiles(filled, cache=FrameCache(tmp_path / "cache"))
    list(import_files(filled, [note(tmp_path)]))
    after = load_profiles(filled, cache=FrameCache(tmp_path / "cache"))
    pd.testing.assert_frame_equal(after, before)


def test_a_copy_that_kept_the_pages_styles_is_measured(store: Store, tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    body = escape(f"<section style='font-size: 15px'>{'先看木纹。' * 50}</section>")
    item = f"<title>木勺</title><link>{escape(URL)}</link><description>{body}</description>"
    feed.write_text(
        f"<rss version='2.0'><channel><title>青石灶间</title><item>{item}</item></channel></rss>"
    )
    list(import_files(store, [feed]))
    (size,) = load_profiles(store, cache=FrameCache(tmp_path / "cache"))["font_size_px"]
    assert size == 15
