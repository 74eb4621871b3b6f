"""The wheel holds every package of the project, and nothing else."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
OUTSIDE = {"tests", "build", "docs"}


def test_every_package_is_listed_by_name() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = settings["tool"]["setuptools"]["packages"]
    found = {
        ".".join(init.parent.relative_to(ROOT).parts)
        for init in ROOT.glob("[a-z]*/**/__init__.py")
        if init.relative_to(ROOT).parts[0] not in OUTSIDE
    }
    assert listed == sorted(found)
