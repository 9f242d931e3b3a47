"""What pyproject.toml can't say: the sample lies in data/ and travels inside the package, so that
`duibiao demo` runs from a wheel.
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

TRAVELS = (
    "accounts.example.toml",
    "plan.example.toml",
    "sample/accounts.json",
    "sample/articles.jsonl.gz",
)


class BuildWithSample(build_py):
    """Copies the sample beside the modules; an editable install reads it where it lies."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for name in TRAVELS:
            target = Path(self.build_lib, "analysis", "data", name)
            self.mkpath(str(target.parent))
            self.copy_file(str(Path("data", name)), str(target))


setup(cmdclass={"build_py": BuildWithSample})
