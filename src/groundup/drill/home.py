"""Where the tool keeps what belongs to the user."""

from __future__ import annotations

import os
from pathlib import Path

from groundup.drill.errors import LockedAway


def home() -> Path:
    """The user's data folder; ``GROUNDUP_HOME`` names another one."""
    chosen = os.environ.get("GROUNDUP_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs  # some 10 ms, which only those pay who have not chosen

    return Path(platformdirs.user_data_dir("groundup", appauthor=False))


def make_home() -> Path:
    """The same, made if it is not there, for nobody else to read.

    Raises:
        LockedAway: It cannot be made.
    """
    folder = home()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise LockedAway(folder, (error.strerror or str(error)).lower()) from None
    return folder
