"""Colours of many points as bytes, for charts that Altair doesn't draw: by label, residual, column or category."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from galviz.charts.colour import CATEGORICAL

# ColorBrewer's Spectral and RdBu (Harrower & Brewer 2003, The Cartographic Journal 40, 27), as Vega has them, and
# viridis (van der Walt & Smith 2015), without its ends, as in `galviz.charts.scatter`. Each from low to high.
SCHEMES = {
    "spectral": "5e4fa2 3288bd 66c2a5 abdda4 e6f598 ffffbf fee08b fdae61 f46d43 d53e4f 9e0142",
    "diverging": "2166ac 4393c3 92c5de d1e5f0 f7f7f7 fddbc7 f4a582 d6604d b2182b",
    "viridis": "3b528b 2c728e 21918c 28ae80 5ec962 addc30",
}
MISSING = (128, 128, 128)
GREY = f"#{bytes(MISSING).hex()}"
# Text columns with more categories show all but the most frequent in grey.
MAX_CATEGORIES = len(CATEGORICAL)
_ROBUST = (0.02, 0.98)


@dataclass(frozen=True, eq=False)
class PointColours:
    """Colours of n points and the legend that explains them.

    Attributes
    ----------
    rgb : ndarray of uint8, shape (n, 3)
    scheme : str or None
        A key of `SCHEMES`; None for categories.
    domain : tuple of float or None
        Values of the two ends of the scheme.
    categories : dict of str to str
        Hexadecimal colour by category; empty for numbers.
    n_missing : int
        Number of points without a value, which are grey.
    """

    rgb: np.ndarray
    scheme: str | None
    domain: tuple[float, float] | None
    categories: dict[str, str]
    n_missing: int

    def category_scale(self, categories: Sequence[str]) -> alt.Scale:
        """The scale of a chart of these categories; those that have no colour of their own are grey, as on the map."""
        return alt.Scale(domain=list(categories), range=[self.categories.get(name, GREY) for name in categories])


def colour_numbers(
    values: np.ndarray, domain: tuple[float, float] | None = None, *, scheme: str = "viridis"
) -> PointColours:
    """Colour numbers by a continuous scheme.

    Parameters
    ----------
    values : array of shape (n,)
        Values that aren't finite are grey.
    domain : tuple of float, optional
        Values of the ends; values beyond have their colours. By default the 2nd and the 98th percentile.
    scheme : str
        A key of `SCHEMES`.

    Examples
    --------
    >>> colour_numbers(np.array([8.2, 9.4, np.nan]), (8.2, 9.4), scheme="spectral").rgb.tolist()
    [[94, 79, 162], [158, 1, 66], [128, 128, 128]]
    """
    values = np.asarray(values, dtype=float)
    finite = np.isfinite(values)
    if domain is None:
        # Halves, here and below: the difference of two floats may be beyond the largest one.
        low, high = 2 * np.quantile(values[finite] / 2, _ROBUST) if finite.any() else (0.0, 1.0)
        domain = (float(low), float(high if high > low else max(low + 1, np.nextafter(low, np.inf))))
    anchors = scheme_colours(scheme)
    low, high = domain[0] / 2, domain[1] / 2
    share = np.clip((np.where(finite, values / 2, low) - low) / (high - low), 0, 1)
    stops = np.linspace(0, 1, len(anchors))
    rgb = np.stack([np.interp(share, stops, anchors[:, channel]) for channel in range(3)], axis=1).round()
    rgb[~finite] = MISSING
    return PointColours(rgb.astype(np.uint8), scheme, domain, {}, int((~finite).sum()))


def colour_residuals(residuals: np.ndarray, extent: float | None = None) -> PointColours:
    """Colour predicted minus true by a diverging scheme that is centred on zero.

    Parameters
    ----------
    residuals : array of shape (n,)
    extent : float, optional
        The residual at the ends of the scheme; by default the 98th percentile of the absolute residuals.

    Examples
    --------
    >>> colour_residuals(np.array([-0.2, 0.0, 0.2]), 0.2).rgb[1].tolist()
    [247, 247, 247]
    """
    residuals = np.asarray(residuals, dtype=float)
    if extent is None:
        absolute = np.abs(residuals[np.isfinite(residuals)])
        extent = float(np.quantile(absolute, _ROBUST[1])) if len(absolute) else 1.0
    extent = extent or 1.0
    return colour_numbers(residuals, (-extent, extent), scheme="diverging")


def category_texts(values: pd.Series) -> pd.Series:
    """Return categories as text; missing ones stay missing.

    Examples
    --------
    >>> category_texts(pd.Series([True, None, "disc"])).dropna().tolist()
    ['True', 'disc']
    """
    return values.astype(object).map(str).where(values.notna())


def colour_categories(values: pd.Series) -> PointColours:
    """Colour categories, the most frequent first; categories beyond the eighth, and missing ones, are grey.

    Examples
    --------
    >>> colour_categories(pd.Series(["disc", "disc", "bulge", None])).categories
    {'disc': '#2f5fb3', 'bulge': '#179e78'}
    """
    texts = category_texts(values)
    frequent = texts.value_counts().index[:MAX_CATEGORIES]
    categories = dict(zip(frequent, CATEGORICAL, strict=False))
    rgb = np.full((len(values), 3), MISSING, dtype=np.uint8)
    for category, colour in categories.items():
        rgb[(texts == category).to_numpy(dtype=bool)] = _parse(colour.removeprefix("#"))
    return PointColours(rgb, None, None, categories, int(values.isna().sum()))


def scheme_colours(scheme: str) -> np.ndarray:
    """Return the anchors of a scheme, from its low end, as an array of float of shape (m, 3), 0 to 255.

    Examples
    --------
    >>> scheme_colours("viridis").shape
    (6, 3)
    """
    return np.array([_parse(colour) for colour in SCHEMES[scheme].split()], dtype=float)


def _parse(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour)
    return red, green, blue
