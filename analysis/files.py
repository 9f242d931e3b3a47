"""Files that people get: written whole or not at all, never over one that is there, and harmless in
a spreadsheet.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from crawler.errors import DuibiaoError

__all__ = ["OutputError", "check_free", "neutral", "save_file", "write_atomically"]

_RISKY = ("=", "+", "-", "@", "\t", "\r")


class OutputError(DuibiaoError, RuntimeError):
    """The file can't be written; says why and what to do."""


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet runs as a formula: a leading apostrophe before = + - @. Numbers
    stay numbers.
    """
    return f"'{value}" if isinstance(value, str) and value.lstrip().startswith(_RISKY) else value


def check_free(path: Path, *, force: bool = False) -> None:
    """Whether a file could be written there without covering another: ask before the work, not
    after it. Raises OutputError.
    """
    if path.is_dir():
        raise OutputError(f"{path} 是文件夹：写一个文件名，如 {path / '结果.xlsx'}")
    if path.exists() and not force:
        raise OutputError(f"{path} 已经存在：换个名字，或加 --force 覆盖")


def save_file(path: Path, content: str | bytes, *, force: bool = False) -> None:
    """Write a file beside `path`, in UTF-8 where it is text, and move it into place, so that no
    reader sees half of it.

    Raises OutputError where there is a file already and `force` is not set, or the folder can't be
    written.
    """
    check_free(path, force=force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise OutputError(f"写不了 {path}：{error.strerror}") from None


def write_atomically(path: Path, content: bytes) -> None:
    """Write a temporary file in the folder of `path` and rename it, with the rights a new file has.
    Raises OSError; nothing is left then.
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(content)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
