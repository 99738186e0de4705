"""How a shell learns to complete commands and drills."""

from __future__ import annotations

SHELLS = ("bash", "zsh", "fish")

_LINES = {
    "bash": ("~/.bashrc", 'eval "$(_DRILL_COMPLETE=bash_source drill)"'),
    "zsh": ("~/.zshrc", 'eval "$(_DRILL_COMPLETE=zsh_source drill)"'),
    "fish": ("~/.config/fish/completions/drill.fish", "_DRILL_COMPLETE=fish_source drill | source"),
}


def instructions(shell: str) -> str:
    """What to do, for one shell: comments and one line, so that the whole may be appended to its file."""
    file, line = _LINES[shell]
    return f"# Put this line into {file}; it holds from the next shell on.\n{line}"
