"""`duibiao collect` with a short time-out and one try each, so that a test of slow sites need not wait for minutes. python -m tests.reliability.quick_collect SECONDS ARGUMENTS…"""

from __future__ import annotations

import sys
from typing import Any

import crawler.collecting
from analysis.cli import main
from crawler.settings import crawl_settings

if __name__ == "__main__":
    seconds = float(sys.argv.pop(1))

    def quick_settings(**given: Any) -> dict[str, Any]:
        return crawl_settings(**given) | {"DOWNLOAD_TIMEOUT": seconds, "RETRY_ENABLED": False}

    crawler.collecting.crawl_settings = quick_settings
    main()
