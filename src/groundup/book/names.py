"""The names that readers bring, each with the chapter that must define it, held against the glossary.

    [names]
    8 = ["gradient", "SGD"]            # by chapter number
    9 = ["validation"]

    [forms]
    "validation" = ["validation set"]  # what the book calls it

    [[elsewhere]]
    name = "MAE"
    listed = 10
    defined = 7
    reason = "It is a loss before it is a metric; chapter 10 uses it."

``docs/glossary.toml`` is the one place that lists them; a book may go without. A name fits a term's name, label or
alias, whatever its case and hyphens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

import msgspec

from groundup.book.errors import Fault
from groundup.book.glossary import Entry
from groundup.book.term import plain

FILE = "docs/glossary.toml"
"""Where the names are listed, for messages."""


class Elsewhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name that another chapter defines than the one under which it is listed.

    Args:
        name: As it is listed.
        listed: The chapter under which readers look for it.
        defined: The chapter that defines it.
        reason: Why the term belongs there.
    """

    name: str
    listed: int
    defined: int
    reason: str


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds.

    Args:
        names: The names by chapter number.
        forms: For a name that the book lengthens, the terms that it stands for.
        elsewhere: The names that another chapter defines.
    """

    names: dict[str, tuple[str, ...]]
    forms: dict[str, tuple[str, ...]] = {}
    elsewhere: tuple[Elsewhere, ...] = ()


def read(path: Path) -> Names | None:
    """Read the list; nothing where a book has none.

    Raises:
        Fault: The file names what is wrong by key.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Names)
    except FileNotFoundError:
        return None
    except msgspec.ValidationError as error:
        raise Fault(f"the list of names does not fit: {error} ($ is the file)", file=FILE) from None
    except msgspec.DecodeError as error:
        raise Fault(f"the list of names is not TOML: {error}", file=FILE) from None


def faults(names: Names, entries: Iterable[Entry]) -> list[Fault]:
    """Names that the glossary lacks or has in another chapter, and exceptions that nothing needs.

    Args:
        names: The list.
        entries: The terms of the book.
    """
    return [Fault(message, file=FILE) for message in _Check(names, entries).wrong()]


class _Check:
    def __init__(self, names: Names, entries: Iterable[Entry]) -> None:
        self.names = names
        self.found: dict[str, Entry] = {}
        for entry in entries:
            for claim in entry.term.claims:
                self.found.setdefault(claim, entry)
        self.elsewhere = {(plain(each.name), str(each.listed)): each for each in names.elsewhere}

    def wrong(self) -> Iterator[str]:
        """Everything, in sentences."""
        listed = {(plain(name), number) for number, names in self.names.names.items() for name in names}
        for number, names in self.names.names.items():
            for name in names:
                for form in self.names.forms.get(name, (name,)):
                    yield from self._unresolved(name, form, number)
        for name, forms in self.names.forms.items():
            if not any(name in names for names in self.names.names.values()):
                yield f"`forms` holds {name!r}, which `names` does not list"
            elif forms == (name,) or not forms:
                yield f"`forms` says nothing about {name!r}; drop it"
        for key, each in self.elsewhere.items():
            if key not in listed:
                yield f"`elsewhere` holds {each.name!r} of chapter {each.listed}, which `names` does not list there"
            if not each.reason.strip():
                yield f"`elsewhere` gives no reason for {each.name!r}"
            if each.listed == each.defined:
                yield f"`elsewhere` sends {each.name!r} to the chapter under which it is listed; drop it"

    def _unresolved(self, name: str, form: str, number: str) -> Iterator[str]:
        exception = self.elsewhere.get((plain(name), number))
        wanted = str(exception.defined) if exception else number
        told = f"the name {name!r}" if form == name else f"the name {name!r}, which stands for {form!r},"
        entry = self.found.get(plain(form))
        if entry is None:
            yield f"{told} is no term of chapter {wanted}, and of no other; {self._nearest(form, wanted)}"
        elif entry.chapter.number != wanted:
            where = f"{entry.term.label} in {entry.file}"
            yield (
                f"{told} is no term of chapter {wanted}: it is {where}; correct its number, or say in `elsewhere` why "
                f"it is at home there; {self._nearest(form, wanted)}"
            )

    def _nearest(self, form: str, number: str) -> str:
        """The terms whose names are most like a form, those of the wanted chapter first."""
        claims = {claim: entry for claim, entry in self.found.items() if plain(form) not in (claim, "")}
        own = [claim for claim, entry in claims.items() if entry.chapter.number == number]
        inside = [claim for claim in own if plain(form) in claim]
        close = [*inside, *get_close_matches(plain(form), own, 2, 0.6), *get_close_matches(plain(form), claims, 3, 0)]
        told = (f"{claim!r} ({claims[claim].place.lower()})" for claim in list(dict.fromkeys(close))[:3])
        return f"the nearest terms are {', '.join(told)}" if close else "the book has no terms"
