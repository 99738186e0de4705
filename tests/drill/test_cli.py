from importlib.metadata import version

import pytest
from click.testing import CliRunner

from groundup.drill.cli import main


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


@pytest.mark.parametrize(
    "args", [[], ["start"], ["start", "kmeans", "--minutes", "20"]], ids=["bare", "start", "options"]
)
def test_practice_is_refused_in_one_sentence(runner, args):
    result = runner.invoke(main, args)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == "Error: practice is not there yet: this version of Ground Up holds the book only.\n"


def test_help_says_that_practice_is_not_there_yet(runner):
    result = runner.invoke(main, ["--help"])

    assert result.exit_code == 0
    assert "Practice is not there yet" in result.stdout


def test_version_is_the_packages(runner):
    result = runner.invoke(main, ["--version"])

    assert result.exit_code == 0
    assert result.stdout == f"drill, version {version('groundup')}\n"
