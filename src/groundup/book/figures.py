"""Figures: drawn with matplotlib, shown as SVG that follows the theme, locked by what they plot."""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALETTE = ("#0072b2", "#d55e00", "#009e73", "#a04a8a", "#8c6510", "#6b7280")
"""Data colours ``C0`` to ``C5``: told apart by colour-blind readers; the theme replaces each by its own shade."""

_SAMPLES = 24
"""How many points of a long curve the lock keeps."""

style: dict[str, Any] = {
    "figure.figsize": (6.0, 3.4),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "savefig.transparent": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "font.size": 10,
    "font.family": "sans-serif",
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "ground-up",
}
"""The house style, set before a chapter runs."""


@dataclass(frozen=True)
class Drawing:
    """A figure as the page shows it and as the lock keeps it.

    Args:
        svg: Inline SVG.
        alt: What is to be seen.
        caption: Where to look.
        plotted: Axes, labels, artists and their rounded data.
    """

    svg: str
    alt: str
    caption: str
    plotted: list[dict[str, Any]]


drawn: list[Drawing] | None = None
"""Figures of the running cell; ``None`` outside a build, where drawing would be wasted."""


def figure(fig: Figure, *, alt: str, caption: str) -> None:
    """Show a figure on the page, below the cell that drew it.

    Run as a plain script, a program prints the same with and without its figures. Jupyter shows them.

    Args:
        fig: A matplotlib figure. It is closed, except in Jupyter.
        alt: What is to be seen, for readers who do not see it.
        caption: Where to look.

    Raises:
        ValueError: ``alt`` or ``caption`` is empty.
    """
    import matplotlib.pyplot as plt

    for name, text in {"alt": alt, "caption": caption}.items():
        if not text.strip():
            raise ValueError(f"a figure needs `{name}`: a sentence, got {text!r}")
    if drawn is not None:
        drawn.append(Drawing(_svg(fig), alt.strip(), caption.strip(), [_axes(ax) for ax in fig.axes]))
    if drawn is not None or "inline" not in plt.get_backend():  # Jupyter shows what is left open.
        plt.close(fig)


def use_house_style() -> None:
    """Give matplotlib the house style and colours."""
    import matplotlib as mpl
    from matplotlib import rcsetup

    settings: dict[Any, Any] = {**style, "axes.prop_cycle": rcsetup.cycler(color=PALETTE)}
    mpl.rcParams.update(settings)


def _svg(fig: Figure) -> str:
    import matplotlib as mpl

    if layout := fig.get_layout_engine():
        layout.execute(fig)
        with mpl.rc_context({"figure.constrained_layout.use": False}):
            fig.set_layout_engine(None)  # Else saving draws everything once more, only to lay it out.
    buffer = io.StringIO()
    fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    width, height = (inches * 72 for inches in fig.get_size_inches())
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width / 0.72:.0f}" height="{height / 0.72:.0f}"'
    svg = re.sub(r"<svg[^>]*>", f'<svg class="figure" {size} fill="currentColor">', svg, count=1)
    for number, colour in enumerate(PALETTE, 1):
        svg = svg.replace(colour, f"var(--figure-{number}, {colour})")
    # matplotlib's style sheet would hold for the whole page.
    svg = re.sub(r"<style[^>]*>.*?</style>", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r"#000000\b", "currentColor", svg)
    svg = re.sub(r"#ffffff\b", "var(--figure-ground, #ffffff)", svg)
    svg = re.sub(r"'DejaVu Sans'[^;\"]*", "var(--figure-font, sans-serif)", svg)
    svg = re.sub(r' transform="rotate\(-0 [^"]*"', "", svg)
    svg = re.sub(r' (d|x|y|points|transform)="([^"]*)"', lambda found: f' {found[1]}="{_shorter(found[2])}"', svg)
    used = set(re.findall(r"#([A-Za-z0-9_-]+)[\")]", svg))
    svg = re.sub(r' id="([^"]*)"', lambda found: found.group() if found.group(1) in used else "", svg)
    svg = re.sub(r"<(g|defs)>\s*</\1>\s*", "", svg)
    return re.sub(r"\n\s*", "\n", svg).strip()


def _shorter(path: str) -> str:
    """A path with coordinates to a hundredth of a point."""
    short = re.sub(r"-?\d+\.\d{3,}", lambda found: f"{float(found.group()):.2f}".rstrip("0").rstrip("."), path)
    return short.replace("\n", "")


def _axes(ax: Axes) -> dict[str, Any]:
    import numpy as np
    from matplotlib.collections import PathCollection
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    artists: list[dict[str, Any]] = []
    for line in ax.lines:
        assert isinstance(line, Line2D)
        artists.append({"line": _sample(line.get_xydata())})
    for patch in ax.patches:
        if isinstance(patch, Rectangle):
            artists.append({"bar": _sample([[patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height()]])})
        else:
            artists.append({"patch": _sample(patch.get_path().transformed(patch.get_patch_transform()).vertices)})
    for collection in ax.collections:
        if isinstance(collection, PathCollection):
            artists.append({"points": _sample(collection.get_offsets())})
        else:
            outlines = [np.asarray(path.vertices) for path in collection.get_paths()]
            artists.append({"area": _sample(np.concatenate(outlines) if outlines else [])})
    for image in ax.images:
        assert isinstance(image, AxesImage)
        values = image.get_array()
        artists.append({"image": _sample(values.reshape(len(values), -1) if values is not None else [])})
    texts = [text.get_text() for text in ax.texts if text.get_text()]
    return {
        "title": ax.get_title(loc="left") or ax.get_title(),
        "x": ax.get_xlabel(),
        "y": ax.get_ylabel(),
        "texts": texts,
        "artists": artists,
    }


def _sample(rows: Any) -> dict[str, Any]:
    """The number of rows, and evenly spaced ones, rounded."""
    import numpy as np

    data: np.ndarray[Any, Any] = np.ma.filled(np.ma.asarray(rows, dtype=float), np.nan)
    data = data.reshape(len(data), -1) if data.size else data.reshape(0, 1)
    at = (
        range(len(data))
        if len(data) <= _SAMPLES
        else [round(k * (len(data) - 1) / (_SAMPLES - 1)) for k in range(_SAMPLES)]
    )
    kept = [[_rounded(value) for value in data[index, :_SAMPLES]] for index in at]
    return {"n": len(data), "data": kept}


def _rounded(value: float) -> float | str:
    """Five significant digits; JSON has no NaN."""
    return float(f"{value:.5g}") if math.isfinite(value) else str(value)


def with_prefix(svg: str, prefix: str) -> str:
    """The same SVG with ids that are unique on a page."""
    svg = re.sub(r' id="', f' id="{prefix}', svg)
    return re.sub(r'(href="|url\()#', rf"\1#{prefix}", svg)


def standing_alone(svg: str, alt: str) -> str:
    """The same SVG as a document of its own: ink on a ground that it brings along, whatever surrounds it."""
    svg = re.sub(r"var\(--[\w-]+, ([^()]*)\)", r"\1", svg).replace("currentColor", "#1d2524")
    head, _, rest = svg.partition(">")
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return f'{head} {spaces} role="img">\n<title>{escape(alt)}</title>\n{ground}{rest}\n'
