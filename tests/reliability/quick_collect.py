"""`duibiao collect` with a short time-out and one try each, so that a test of slow sites need not
wait for minutes. python -m tests.reliability.quick_collect SECONDS PEAK ARGUMENTS…; its peak memory
in kB goes to the file PEAK.
"""

from __future__ import annotations

import atexit
import re
import sys
from pathlib import Path
from typing import Any

import crawler.run
from analysis.cli import main
from crawler.settings import crawl_settings


def tell_peak(path: Path) -> None:
    """The most memory this process had; what the kernel tells a parent begins with the parent's
    own.
    """
    path.write_text(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0])


if __name__ == "__main__":
    seconds = float(sys.argv.pop(1))

    def quick_settings(**given: Any) -> dict[str, Any]:
        return crawl_settings(**given) | {"DOWNLOAD_TIMEOUT": seconds, "RETRY_ENABLED": False}

    crawler.run.crawl_settings = quick_settings
    atexit.register(tell_peak, Path(sys.argv.pop(1)))
    main()
