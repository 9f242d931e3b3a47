"""The line that says what is done: on a terminal, after two seconds, and never in what is piped."""

from __future__ import annotations

import io
import sys
import time

import pytest

from analysis.commands import terminal
from analysis.commands.terminal import echo_err, set_status, working


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_what_is_quick_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", screen := Screen())
    with working("在导入"):
        pass
    assert screen.getvalue() == ""


def test_what_takes_long_is_said_on_one_line_and_taken_off_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stderr", screen := Screen())
    monkeypatch.setattr(terminal, "_QUIET_S", 0.01)
    monkeypatch.setattr(terminal, "_EVERY_S", 0.01)
    with working("在导入"):
        with working("在写文件"):
            wait_for(screen, "在写文件…… 0 秒")
        set_status("在导入：3 个文件")
        wait_for(screen, "在导入：3 个文件…… 0 秒")
        echo_err("说明：一行")
    text = screen.getvalue()
    assert "\n" not in text.replace("说明：一行\n", "")
    assert "\r\x1b[K说明：一行\n" in text
    assert not set_status("没有了")


def test_nothing_is_drawn_where_stderr_is_no_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "_QUIET_S", 0.0)
    with working("在导入"):
        time.sleep(0.02)
        assert not set_status("在导入")
    assert capsys.readouterr().err == ""


def wait_for(screen: Screen, text: str) -> None:
    end = time.monotonic() + 10
    while text not in screen.getvalue():
        assert time.monotonic() < end, screen.getvalue()
        time.sleep(0.01)
