from importlib.metadata import version

import pytest
from click.testing import CliRunner

from groundup.drill.cli import main


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_version_is_the_packages(runner):
    result = runner.invoke(main, ["--version"])

    assert result.exit_code == 0
    assert result.stdout == f"drill, version {version('groundup')}\n"
