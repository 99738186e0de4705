"""Turns programs and pages into a site in which no printed output can be stale."""

from groundup.book.figures import figure

__all__ = ["figure"]
