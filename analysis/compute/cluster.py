"""Work on many machines: the parts that parallel.py deals out go to a Dask cluster, whose workers
read what they need where it lies.

Keys travel, frames come back. Bodies are read from a PostgreSQL store by their articles' numbers;
frames, and the bodies of a SQLite file, from Parquet at any address that fsspec knows. The work is
that of one machine, so is the answer.
"""

from __future__ import annotations

import functools
import json
import logging
import posixpath
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from analysis.compute.keys import key_of
from analysis.compute.parallel import ALONE, Executor, using_executor
from analysis.frames import fill_column
from crawler.errors import DuibiaoError

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["ClusterError", "load_partition", "on_cluster", "save_partition"]

_CONNECT_S = 10
_LOOK_S = 5
_PATIENCE = 12  # looks at a cluster without any worker before giving it up
_ADDRESS = re.compile(r"(tcp|tls|ws|wss)://\S+:\d+/?")
# tokenizers and converters are one for a process: a worker with several threads takes parts in turn
_LOCK = threading.Lock()
_PACKAGES = tuple(Path(__file__).parents[2] / half for half in ("analysis", "crawler"))


class ClusterError(DuibiaoError, RuntimeError):
    """The cluster can't be reached or does not answer, or its code is another; says what to do."""


@contextmanager
def on_cluster(address: str | None, *, partitions: str | None = None) -> Iterator[None]:
    """Inside, work is spread over the Dask cluster at `address` (None: over this machine);
    `partitions` is a folder that its workers read too.

    What is put there goes when the work is done. Raises ClusterError.
    """
    if address is None:
        yield
        return
    with _connected(address) as client:
        far = _Far(client, address, _PartitionStore(partitions) if partitions else None)
        try:
            with using_executor(Executor(far.cores(), far.run, far=True)):
                yield
        finally:
            if far.partitions:
                far.partitions.clear()


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    if not _ADDRESS.fullmatch(address):
        raise ClusterError(f"--cluster {address!r} 不是 Dask 集群的地址：写成 tcp://主机:8786")
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(f"用不了集群：缺少 {error.name}；请安装 duibiao[cluster]") from None
    for name in (
        "distributed",
        "distributed.client",
        "distributed.comm",
        "distributed.core",
        "distributed.utils_comm",
        "tornado.application",
    ):
        logging.getLogger(name).setLevel(
            logging.CRITICAL
        )  # what goes wrong is said below, in one line
    try:
        client = Client(address, timeout=_CONNECT_S, set_as_default=False, name="duibiao")
    except (OSError, TimeoutError, ValueError) as error:
        raise ClusterError(
            f"连不上 Dask 集群 {address}（{type(error).__name__}）：检查 dask scheduler "
            "是否在运行，主机和端口对不对"
        ) from None
    try:
        yield client
    finally:
        client.close(timeout=_LOOK_S)


@dataclass(frozen=True, slots=True)
class _Task:
    """What a worker is to do; shown without its arguments, as a store's password may
    be among them.
    """

    do: Callable[[Any], Any]
    code: str

    def __repr__(self) -> str:
        named = self.do.func if isinstance(self.do, functools.partial) else self.do
        return f"<{named.__module__}.{named.__name__}>"


@dataclass(frozen=True, slots=True)
class _Partition:
    """A frame that lies elsewhere."""

    url: str


@dataclass(slots=True)
class _PartitionStore:
    """A folder for partitions, here or far away."""

    url: str
    put: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """A path of this machine's whole, as workers stand elsewhere."""
        import fsspec

        with _explained(self.url):
            files, path = fsspec.url_to_fs(self.url)
            self.url = files.unstrip_protocol(path) if "file" in files.protocol else self.url

    def send(self, part: Any) -> Any:
        """The same part, with its frames put on the shelf and named."""
        if isinstance(part, pd.DataFrame):
            self.put.append(posixpath.join(self.url, f"{uuid4().hex}.parquet"))
            save_partition(part, self.put[-1])
            return _Partition(self.put[-1])
        return _each(self.send, part)

    def clear(self) -> None:
        """Take away what was put here."""
        import fsspec

        for url in self.put:
            files, path = fsspec.url_to_fs(url)
            with suppress(OSError):  # left behind, it costs room; what it was for is done
                files.rm(path)


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """What goes wrong at an address, in one line."""
    try:
        yield
    except (OSError, ValueError, ImportError) as error:
        reason = " ".join(str(error).split())[:120]
        shown = re.sub("//[^/@]*@", "//***@", url)
        raise ClusterError(
            f"读写不了 {shown}（{type(error).__name__}：{reason}）：--partitions "
            "要写一个这里和每个 worker 都能读写的地址"
        ) from None


def _each(change: Callable[[Any], Any], part: Any) -> Any:
    if isinstance(part, tuple):
        return tuple(change(item) for item in part)
    return {name: change(item) for name, item in part.items()} if isinstance(part, dict) else part


def save_partition(frame: pd.DataFrame, url: str) -> None:
    """A frame as Parquet at any address that fsspec knows. Raises ClusterError."""
    import fsspec

    categories = {
        str(name): list(column.cat.categories)
        for name, column in frame.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }
    table = pa.Table.from_pandas(frame.astype(dict.fromkeys(categories, "str")))
    table = table.replace_schema_metadata(
        {**(table.schema.metadata or {}), b"duibiao_categories": json.dumps(categories).encode()}
    )
    with _explained(url):
        files, path = fsspec.url_to_fs(url)
        if "file" in files.protocol:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        with files.open(path, "wb") as file:
            pa.parquet.write_table(table, file, compression="zstd")


def load_partition(url: str) -> pd.DataFrame:
    """The frame as save_partition was given it: its types, categories that no row has, and lists.
    Raises ClusterError.
    """
    import fsspec

    with _explained(url), fsspec.open(url, "rb") as file:
        table = pa.parquet.read_table(file)
    frame: pd.DataFrame = table.to_pandas()
    for name in (name for name in frame if frame[name].dtype == object):
        objects = fill_column(
            (list(value) if hasattr(value, "tolist") else value for value in frame[name]), "object"
        )
        frame[name] = objects.set_axis(frame.index)
    categories = json.loads((table.schema.metadata or {})[b"duibiao_categories"])
    return frame.astype({name: pd.CategoricalDtype(words) for name, words in categories.items()})


@functools.cache
def _code() -> str:
    """One key of all this package's code and data."""
    files = sorted(
        path
        for package in _PACKAGES
        for path in package.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    )
    return key_of(
        part
        for path in files
        for part in (path.relative_to(path.parents[1]).as_posix(), path.read_bytes())
    )


def _work(task: _Task, part: Any) -> Any:
    """On a worker: fetch what a part names, and do the work on this core alone."""
    if task.code != _code():
        raise ClusterError(
            "集群里 worker 的 duibiao 和这里的不是同一版：在每台机器上装同一版，再重开 worker"
        )
    with _LOCK, using_executor(ALONE):
        return task.do(_fetch(part))


def _fetch(part: Any) -> Any:
    return load_partition(part.url) if isinstance(part, _Partition) else _each(_fetch, part)


@dataclass(slots=True)
class _Far:
    """A connected cluster."""

    client: Client
    address: str
    partitions: _PartitionStore | None

    def cores(self) -> int:
        """How many parts it works on at once. Raises ClusterError where there is no worker."""
        with self._answering():
            from distributed import TimeoutError as NoWorker

            try:
                self.client.wait_for_workers(1, timeout=_CONNECT_S)
            except NoWorker:
                raise ClusterError(
                    f"Dask 集群 {self.address} 里没有 worker：先运行 dask worker {self.address} "
                    "--nthreads 1"
                ) from None
            return sum(self.client.nthreads().values())

    def run(self, task: Callable[[Any], Any], parts: Iterable[Any]) -> list[Any]:
        """What the workers make of the parts, in their order; parts of a worker that is gone are
        done by another.
        """
        with self._answering():
            sealed = _Task(task, _code())
            sent = [
                self.client.submit(
                    _work,
                    sealed,
                    self.partitions.send(part) if self.partitions else part,
                    pure=False,
                )
                for part in parts
            ]
            self._wait(sent)
            results: list[Any] = self.client.gather(sent)
            return results

    def _wait(self, sent: list[Any]) -> None:
        from distributed import TimeoutError as NotYet
        from distributed import wait

        looks = 0
        while looks < _PATIENCE:
            try:
                with self.client.as_current():
                    wait(sent, timeout=_LOOK_S)
                return
            except NotYet:
                looks = 0 if self.client.nthreads() else looks + 1
        raise ClusterError(f"Dask 集群 {self.address} 里没有 worker 了：开了 worker 再运行一次")

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """What a cluster's failure means, in one line; what fails in the work itself says so
        itself.
        """
        from distributed import KilledWorker

        try:
            yield
        except KilledWorker:
            raise ClusterError(
                f"Dask 集群 {self.address} 的 worker 接连中断，多半是内存不够：给 worker "
                "更多内存再运行"
            ) from None
        except (CancelledError, OSError, TimeoutError) as error:
            raise ClusterError(
                f"与 Dask 集群 {self.address} 的连接断了（{type(error).__name__}）：检查 "
                "scheduler，再运行一次"
            ) from None
