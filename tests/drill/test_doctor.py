"""What the doctor finds, and what looking does not do."""

import json
import platform
import subprocess
import sys
from importlib.metadata import version
from types import SimpleNamespace

import pytest

from groundup import catalogue
from groundup.drill import doctor, sandbox

NOT_INITIALISED = 3
"""An error of CUDA's driver."""


def driver(*names: str, starts: int = 0, counts: int = 0, tells: int = 0) -> SimpleNamespace:
    """A CUDA driver with cards of these names; each of its functions may fail."""

    def count(where):
        where._obj.value = len(names)
        return counts

    def get(where, number):
        where._obj.value = 100 + number
        return 0

    def name(buffer, size, device):
        text = names[device.value - 100].encode()
        assert len(text) < size
        buffer.value = text
        return tells

    return SimpleNamespace(cuInit=lambda flags: starts, cuDeviceGetCount=count, cuDeviceGet=get, cuDeviceGetName=name)


@pytest.mark.parametrize(
    ("found", "cards"),
    [
        (None, ()),
        (driver(), ()),
        (driver("Large Card"), ("Large Card",)),
        (driver("Large Card", "Small Card"), ("Large Card", "Small Card")),
        (driver("Large Card", starts=NOT_INITIALISED), ()),
        (driver("Large Card", counts=NOT_INITIALISED), ()),
        (driver("Large Card", tells=NOT_INITIALISED), ("card 0",)),
    ],
    ids=["no driver", "no card", "one", "two", "does not start", "does not count", "does not tell"],
)
def test_cards_are_found_through_the_driver(monkeypatch, found, cards):
    monkeypatch.setattr(doctor, "_driver", lambda: found)
    assert doctor.cuda_devices() == cards


def test_without_the_drivers_library_there_is_no_driver(monkeypatch):
    monkeypatch.setattr(doctor, "_DRIVERS", ("libno-such-driver.so.1", "libno-such-driver.so"))
    assert doctor.cuda_devices() == ()


def test_the_report_tells_what_is_there(monkeypatch, tmp_path):
    monkeypatch.setenv("GROUNDUP_HOME", str(tmp_path))
    monkeypatch.setattr(doctor, "_driver", lambda: driver("Large Card", "Small Card"))
    report = doctor.examine("runs since noon")
    assert report.python == f"{platform.python_version()} ({platform.python_implementation()})"
    assert report.executable == sys.executable
    assert report.packages == {name: version(name) for name in ("groundup", "numpy", "torch")}
    assert report.devices == {"cpu": platform.machine(), "cuda": "Large Card, Small Card"}
    assert report.layers == sandbox.layers()
    assert report.complete == sandbox.complete()
    assert (report.home, report.drills) == (str(tmp_path), str(catalogue.root()))
    assert report.daemon == "runs since noon"


def test_a_package_that_is_not_installed_has_no_version(monkeypatch):
    monkeypatch.setattr(doctor, "_PACKAGES", ("numpy", "no-such-package"))
    assert doctor.examine().packages == {"numpy": version("numpy"), "no-such-package": None}


def test_the_report_is_plain_json(monkeypatch):
    monkeypatch.setattr(doctor, "_driver", lambda: None)
    report = doctor.examine()
    data = json.loads(json.dumps(report.to_json()))
    assert data["devices"] == {"cpu": platform.machine()}
    assert [layer["name"] for layer in data["layers"]] == ["parent-death", "limits", "landlock", "seccomp", "memfd"]
    assert data["complete"] is report.complete


def test_looking_imports_neither_numpy_nor_pytorch():
    code = (
        "import sys; from groundup.drill import doctor; assert doctor.examine().packages['numpy']\n"
        "assert not {'numpy', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
