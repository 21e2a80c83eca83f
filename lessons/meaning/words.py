"""What the page on meaning says in numbers: which causes a network's features tell, and which any numbers tell."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from galviz.analysis.correlation import Correlations
from galviz.artefacts.probes import PERMUTED, PIXELS, PREDICTION, TRAINED, UNKNOWABLE, ProbeResults
from galviz.features.features import CONTROLS
from galviz.survey.causes import CAUSES

# As controls of the page name them, and as `galviz.artefacts.probes` does.
SOURCES = {
    "trained": TRAINED,
    "random weights": CONTROLS[0],
    "shuffled labels": CONTROLS[1],
    "raw pixels": PIXELS,
    "its prediction alone": PREDICTION,
    "causes dealt out anew": PERMUTED,
}
# Features that can't hold what was learnt from the label.
TRUE_CONTROLS = (*CONTROLS, PIXELS)
_WORDS = {source: words for words, source in SOURCES.items()}
# Of so small a share a probe may be sure, and yet tell next to nothing.
_WORTH_SAYING = 0.05


def cause_name(column: str) -> str:
    """A cause in a few words, without its unit."""
    special = {
        "metallicity": "metallicity",
        "metallicity_expected_dex": "metallicity without its scatter",
        "metallicity_scatter_dex": "the label's own scatter",
    }
    return special.get(column, CAUSES[column].name if column in CAUSES else column)


def source_words(source: str) -> str:
    """A source as the page names it; a layer by its own name."""
    return _WORDS.get(source, source)


def signed(value: float) -> str:
    """A number with its sign: "+0.54", "−0.54"."""
    # Rounded first, so that −0.001 doesn't become "−0.00".
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")


def with_interval(value: float, low: float, high: float, *, sign: bool = False) -> str:
    """A number with its interval: "0.54 [0.50, 0.57]"."""
    number, start, stop = (signed(each) if sign else signed(each).removeprefix("+") for each in (value, low, high))
    return f"{number} [{start}, {stop}]"


def closest_causes(found: Correlations, causes: Sequence[str]) -> list[str]:
    """A sentence a component: which cause it follows most, how closely, and how sure that is."""
    symbol, told = "r" if found.method == "pearson" else "ρ", []
    for place, row in enumerate(np.abs(found.r)):
        name = f"PC{place + 1}"
        if not np.isfinite(row).any():
            told.append(f"**{name}** is the same for all galaxies.")
            continue
        best = int(np.nanargmax(row))
        number = with_interval(found.r[place, best], found.low[place, best], found.high[place, best], sign=True)
        told.append(f"**{name}** follows *{cause_name(causes[best])}* most, {symbol} = {number}.")
    return told


def claims(results: ProbeResults, told_of: Collection[str], label: str = "metallicity") -> dict[str, str]:
    """What may be claimed of the features, and what may not: paragraphs of Markdown, by what they are about.

    Parameters
    ----------
    results : ProbeResults
    told_of : collection of str
        Causes that the network was taught beside the label.
    label : str
        The cause that it was taught last.
    """
    trained = results.of(TRAINED)
    best = _best_controls(results)
    knowable = [cause for cause in trained.index if cause not in UNKNOWABLE]
    ahead = [cause for cause in knowable if best.loc[cause, "least_ahead_low"] > 0]
    told = [cause for cause in knowable if cause in told_of and cause != label]
    return {
        "ahead": _ahead(trained, best, ahead, knowable),
        "level": _level(trained, best, [cause for cause in knowable if cause not in ahead]),
        "controls": _controls(results, label),
        "construction": _construction(results, knowable, label),
        "told": _told(results, best, ahead, told, label),
        "chance": _chance(results, trained),
    }


def _best_controls(results: ProbeResults) -> pd.DataFrame:
    """Of each cause, the control that tells it best, and the least certain lead over any control."""
    tables = {source: results.of(source) for source in TRUE_CONTROLS}
    r2 = pd.DataFrame({source: table["r2"] for source, table in tables.items()})
    winner = r2.idxmax(axis=1)
    rows = [{"control": winner[cause], **tables[winner[cause]].loc[cause]} for cause in r2.index]
    least = pd.DataFrame({source: table["ahead_low"] for source, table in tables.items()}).min(axis=1)
    return pd.DataFrame(rows, index=r2.index).assign(least_ahead_low=least)


def _number(row: pd.Series) -> str:
    return with_interval(row["r2"], row["low"], row["high"])


def _lead(row: pd.Series) -> str:
    return with_interval(row["ahead"], row["ahead_low"], row["ahead_high"], sign=True)


def _names(causes: Sequence[str]) -> str:
    # Some names hold a comma.
    words = [f"*{cause_name(cause)}*" for cause in causes]
    return "; ".join([*words[:-1], f"and {words[-1]}"] if len(words) > 1 else words)


def _begin(cause: str) -> str:
    """A cause's name at the beginning of a sentence, its other letters as they are."""
    name = cause_name(cause)
    return f"*{name[0].upper()}{name[1:]}*"


def _ahead(trained: pd.DataFrame, best: pd.DataFrame, ahead: Sequence[str], knowable: Sequence[str]) -> str:
    said = (
        f"**Claim: training put it there.** Of {len(knowable)} causes, the trained features tell **{len(ahead)}** "
        "better than each of the three controls, by an interval that leaves out 0."
    )
    for cause in sorted(ahead, key=lambda name: -best.loc[name, "ahead"])[:3]:
        row = best.loc[cause]
        said += (
            f" {_begin(cause)}: R² = {_number(trained.loc[cause])}, ahead of the best control "
            f"({source_words(row['control'])}, {row['r2']:.2f}) by {_lead(row)}."
        )
    return said


def _level(trained: pd.DataFrame, best: pd.DataFrame, level: Sequence[str]) -> str:
    if not level:
        return "**No claim: a control does as well.** There is no such cause: all are told better than by controls."
    said = "**No claim: a control may do as well.**"
    for cause in level:
        row = best.loc[cause]
        said += (
            f" {_begin(cause)}: R² = {_number(trained.loc[cause])}, "
            f"{source_words(row['control'])} {row['r2']:.2f}, a lead of {_lead(row)}."
        )
    return f"{said} Such a cause can be read off the features, but that is no sign that training put it there."


def _controls(results: ProbeResults, label: str) -> str:
    rows = {source: results.about(label).loc[source] for source in TRUE_CONTROLS}
    listed = "; ".join(f"{source_words(source)} {_number(row)}" for source, row in rows.items())
    knowing = [cause for cause, low in results.of(CONTROLS[0])["low"].items() if low > _WORTH_SAYING]
    if min(row["low"] for row in rows.values()) <= _WORTH_SAYING:
        verdict = "Not all of them tell the label: compare those that do with the network before you praise it."
    else:
        verdict = (
            "**The controls don't come out at 0**, though none of them learnt metallicity. They needn't learn it: "
            "light and colour pass through any weights, however random, and a galaxy's light and colour tell of its "
            "metallicity. So 'metallicity can be read off the features' is no finding. The finding is the lead: "
            + "; ".join(f"{_lead(row)} over {source_words(source)}" for source, row in rows.items())
            + "."
        )
    return (
        f"**What controls tell of the {cause_name(label)}:** {listed}. {verdict} Random weights alone tell "
        f"{len(knowing)} of {len(results.of(CONTROLS[0]))} causes with an R² that is surely above {_WORTH_SAYING}."
    )


def _construction(results: ProbeResults, knowable: Sequence[str], label: str) -> str:
    alone, trained = results.of(PREDICTION), results.of(TRAINED)
    beyond = max((cause for cause in knowable if cause != label), key=lambda name: alone.loc[name, "ahead_low"])
    borrowed = max(
        (cause for cause in knowable if not cause.startswith("metallicity")), key=lambda name: alone.loc[name, "r2"]
    )
    lead = alone.loc[label]
    more = "tell more than the prediction does" if lead["ahead_low"] > 0 else "don't surely tell more than it does"
    return (
        f"**What comes with the label.** The prediction alone, one number, tells *{cause_name(borrowed)}* with "
        f"R² = {_number(alone.loc[borrowed])}, because galaxies rich in metals differ from others in that too; all the "
        f"features tell {_number(trained.loc[borrowed])}. Of the {cause_name(label)} itself they {more}: a lead of "
        f"{_lead(lead)}. Farthest beyond the prediction they go for *{cause_name(beyond)}*: "
        f"{_number(trained.loc[beyond])} against {_number(alone.loc[beyond])}."
    )


def _told(results: ProbeResults, best: pd.DataFrame, ahead: Sequence[str], told: Sequence[str], label: str) -> str:
    if not told:
        return "**What it was told.** This network was taught the label alone."
    trained = results.of(TRAINED)
    untold = [cause for cause in ahead if cause not in told and cause != label]
    said = (
        f"**What it was told.** Before its last epoch this network was also taught {len(told)} of these causes "
        f"({_names(told)}). That it can tell *those* is what it was trained for, and no discovery."
    )
    if untold:
        first = max(untold, key=lambda name: best.loc[name, "ahead"])
        said += (
            f" Of those that nobody told it, {len(untold)} are told better than by the controls, the farthest ahead "
            f"*{cause_name(first)}*, {_number(trained.loc[first])}, by {_lead(best.loc[first])}. That is what "
            "it took up by itself, or because it goes with what it was told."
        )
    return said


def _chance(results: ProbeResults, trained: pd.DataFrame) -> str:
    said = (
        "**What chance gives.** With each cause dealt out to other galaxies, probes of none reach more than "
        f"R² = {results.of(PERMUTED)['high'].max():.3f} in 97.5 % of the deals."
    )
    hidden = [cause for cause in UNKNOWABLE if cause in trained.index]
    for cause in hidden:
        said += f" {_begin(cause)}: {_number(trained.loc[cause])}."
    if hidden:
        said += (
            " No network can know these: the scatter leaves no trace in the picture, and the sense of winding, "
            "mirrored half of the time in training, stands for nothing. A probe that told them would have a leak."
        )
    return said
