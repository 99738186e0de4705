"""What an installation promises: every package that it brings is pinned."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"


def pins() -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", CONSTRAINTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def installed_with(extras: tuple[str, ...]) -> dict[str, str]:
    """The distributions that `groundup[extras]` brings to this machine, by name, with their versions."""
    versions: dict[str, str] = {}
    waiting = [("groundup", extras)]
    while waiting:
        name, wanted = waiting.pop()
        for line in distribution(name).requires or []:
            requirement = Requirement(line)
            applies = requirement.marker is None or any(
                requirement.marker.evaluate({"extra": extra}) for extra in ("", *wanted)
            )
            needed = canonicalize_name(requirement.name)
            if applies and needed not in versions and not needed.startswith(("nvidia-", "cuda-", "triton")):
                versions[needed] = distribution(needed).version.partition("+")[0]
                waiting.append((needed, tuple(requirement.extras)))
    return versions


@pytest.mark.parametrize("extras", [(), ("book", "test")], ids=["base", "book and test"])
def test_every_package_that_is_installed_has_its_pin(extras):
    try:
        installed = installed_with(extras)
    except PackageNotFoundError as missing:
        pytest.fail(f"{missing} is required and not installed: run `make install`")

    assert {name: pins().get(name) for name in installed} == installed
