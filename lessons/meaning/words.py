"""Sentences of the page on meaning: which causes the features encode, and which of them the controls encode too."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from galviz.analysis.correlation import Correlations
from galviz.artefacts.probes import PERMUTED, PIXELS, PREDICTION, TRAINED, UNKNOWABLE, ProbeResults
from galviz.features.features import CONTROLS
from galviz.survey.causes import CAUSES

# Sources by their names on the page.
SOURCES = {
    "trained": TRAINED,
    "random weights": CONTROLS[0],
    "shuffled labels": CONTROLS[1],
    "raw pixels": PIXELS,
    "its prediction alone": PREDICTION,
    "permuted causes": PERMUTED,
}
# Features that can't depend on the label.
TRUE_CONTROLS = (*CONTROLS, PIXELS)
_NAMES = {source: name for name, source in SOURCES.items()}
# A smaller R² is next to nothing, even if it is significant.
_SMALLEST_R2 = 0.05


def cause_name(column: str) -> str:
    """Return the name of a cause, without its unit.

    Examples
    --------
    >>> cause_name("merger")
    'merging with another galaxy'
    """
    special = {
        "metallicity": "metallicity",
        "metallicity_expected_dex": "metallicity without its scatter",
        "metallicity_scatter_dex": "the label's own scatter",
        "h_alpha_angstrom": "equivalent width of H-alpha",
    }
    return special.get(column, CAUSES[column].name if column in CAUSES else column)


def source_words(source: str) -> str:
    """Return the name of a source on the page; a layer keeps its own name.

    Examples
    --------
    >>> source_words("pixels"), source_words("stage1")
    ('raw pixels', 'stage1')
    """
    return _NAMES.get(source, source)


def signed(value: float) -> str:
    """Format a number with its sign.

    Examples
    --------
    >>> signed(0.536), signed(-0.536)
    ('+0.54', '−0.54')
    """
    # Adding 0.0 after rounding turns −0.0 into 0.0.
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")


def with_interval(value: float, low: float, high: float, *, sign: bool = False) -> str:
    """Format a number with its interval; `sign` adds a plus sign to positive numbers.

    Examples
    --------
    >>> with_interval(0.536, 0.5, 0.57)
    '0.54 [0.50, 0.57]'
    """
    number, start, stop = (signed(bound) if sign else signed(bound).removeprefix("+") for bound in (value, low, high))
    return f"{number} [{start}, {stop}]"


def closest_causes(correlations: Correlations, causes: Sequence[str]) -> list[str]:
    """Describe which cause each component follows most closely, in one sentence per component.

    Parameters
    ----------
    correlations : Correlations
    causes : sequence of str
        The causes of its columns.

    Returns
    -------
    list of str
        Markdown.
    """
    symbol, sentences = "r" if correlations.method == "pearson" else "ρ", []
    for index, row in enumerate(np.abs(correlations.r)):
        name = f"PC{index + 1}"
        if not np.isfinite(row).any():
            sentences.append(f"**{name}** is the same for all galaxies.")
            continue
        best = int(np.nanargmax(row))
        bounds = correlations.low[index, best], correlations.high[index, best]
        number = with_interval(correlations.r[index, best], *bounds, sign=True)
        sentences.append(f"**{name}** follows *{cause_name(causes[best])}* most closely, {symbol} = {number}.")
    return sentences


def claims(results: ProbeResults, taught: Collection[str], label: str = "metallicity") -> dict[str, str]:
    """Describe what the probes show about the features, and what they don't.

    Parameters
    ----------
    results : ProbeResults
    taught : collection of str
        Causes that the network was trained to predict besides the label.
    label : str
        The cause that it was trained to predict in the end.

    Returns
    -------
    dict of str to str
        Paragraphs of Markdown, by topic: ``"ahead"`` and ``"level"`` on causes that the features encode better than
        the controls, or not; ``"controls"``, ``"construction"``, ``"taught"``, ``"chance"``.
    """
    trained = results.of(TRAINED)
    best = _best_controls(results)
    knowable = [cause for cause in trained.index if cause not in UNKNOWABLE]
    ahead = [cause for cause in knowable if best.loc[cause, "least_ahead_low"] > 0]
    others = [cause for cause in knowable if cause in taught and cause != label]
    return {
        "ahead": _describe_ahead(trained, best, ahead, knowable),
        "level": _describe_level(trained, best, [cause for cause in knowable if cause not in ahead]),
        "controls": _describe_controls(results, label),
        "construction": _describe_construction(results, knowable, label),
        "taught": _describe_taught(results, best, ahead, others, label),
        "chance": _describe_chance(results, trained),
    }


def _best_controls(results: ProbeResults) -> pd.DataFrame:
    """The control with the highest R² for each cause, and the smallest lower bound of a lead over any control."""
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


def _join_names(causes: Sequence[str]) -> str:
    # Semicolons, because some names contain a comma.
    names = [f"*{cause_name(cause)}*" for cause in causes]
    return "; ".join([*names[:-1], f"and {names[-1]}"] if len(names) > 1 else names)


def _capitalise(cause: str) -> str:
    """The name of a cause with a capital first letter; its other letters stay."""
    name = cause_name(cause)
    return f"*{name[0].upper()}{name[1:]}*"


def _describe_ahead(trained: pd.DataFrame, best: pd.DataFrame, ahead: Sequence[str], knowable: Sequence[str]) -> str:
    text = (
        f"**Claim: training put it there.** Probes of the trained features predict **{len(ahead)}** of "
        f"{len(knowable)} causes better than probes of each of the three controls: the interval of the lead excludes 0."
    )
    for cause in sorted(ahead, key=lambda name: -best.loc[name, "ahead"])[:3]:
        row = best.loc[cause]
        text += (
            f" {_capitalise(cause)}: R² = {_number(trained.loc[cause])}, ahead of the best control "
            f"({source_words(row['control'])}, {row['r2']:.2f}) by {_lead(row)}."
        )
    return text


def _describe_level(trained: pd.DataFrame, best: pd.DataFrame, level: Sequence[str]) -> str:
    if not level:
        return "**No claim: a control does as well.** There is no such cause: the trained features lead for all."
    text = "**No claim: a control may do as well.**"
    for cause in level:
        row = best.loc[cause]
        text += (
            f" {_capitalise(cause)}: R² = {_number(trained.loc[cause])}, "
            f"{source_words(row['control'])} {row['r2']:.2f}, a lead of {_lead(row)}."
        )
    return f"{text} The features may encode such a cause, but that doesn't show that training put it there."


def _describe_controls(results: ProbeResults, label: str) -> str:
    rows = {source: results.about(label).loc[source] for source in TRUE_CONTROLS}
    numbers = "; ".join(f"{source_words(source)} {_number(row)}" for source, row in rows.items())
    encoded = [cause for cause, low in results.of(CONTROLS[0])["low"].items() if low > _SMALLEST_R2]
    if min(row["low"] for row in rows.values()) <= _SMALLEST_R2:
        verdict = "Not every control predicts the label. Compare the network with those that do."
    else:
        leads = "; ".join(f"{_lead(row)} over {source_words(source)}" for source, row in rows.items())
        verdict = (
            "**The controls aren't at 0**, although none of them has learnt the metallicity. Brightness and colour "
            "pass through any weights, even random ones, and both are correlated with metallicity. So 'the features "
            f"encode the metallicity' is no finding. The finding is the lead: {leads}."
        )
    return (
        f"**The {cause_name(label)}, predicted from the controls:** {numbers}. {verdict} From random weights alone, "
        f"probes predict {len(encoded)} of {len(results.of(CONTROLS[0]))} causes with an R² whose interval is above "
        f"{_SMALLEST_R2}."
    )


def _describe_construction(results: ProbeResults, knowable: Sequence[str], label: str) -> str:
    alone, trained = results.of(PREDICTION), results.of(TRAINED)
    beyond = max((cause for cause in knowable if cause != label), key=lambda name: alone.loc[name, "ahead_low"])
    correlated = max(
        (cause for cause in knowable if not cause.startswith("metallicity")), key=lambda name: alone.loc[name, "r2"]
    )
    lead = alone.loc[label]
    verdict = "is better than" if lead["ahead_low"] > 0 else "isn't clearly better than"
    return (
        f"**What is correlated with the label.** The prediction alone, one number, predicts *{cause_name(correlated)}* "
        f"with R² = {_number(alone.loc[correlated])}, because metal-rich galaxies differ from metal-poor ones in that "
        f"too. All features reach {_number(trained.loc[correlated])}. For the {cause_name(label)} itself, a probe of "
        f"all features {verdict} the prediction: a lead of {_lead(lead)}. The lead is clearest for "
        f"*{cause_name(beyond)}*: {_number(trained.loc[beyond])} against {_number(alone.loc[beyond])}."
    )


def _describe_taught(
    results: ProbeResults, best: pd.DataFrame, ahead: Sequence[str], others: Sequence[str], label: str
) -> str:
    if not others:
        return "**What training taught it.** This network was trained to predict the label only."
    trained = results.of(TRAINED)
    untaught = [cause for cause in ahead if cause not in others and cause != label]
    text = (
        f"**What training taught it.** Before its last epoch, this network was also trained to predict {len(others)} "
        f"of these causes ({_join_names(others)}). That its features encode *those* is no discovery."
    )
    if untaught:
        first = max(untaught, key=lambda name: best.loc[name, "ahead"])
        text += (
            f" Of the causes that it wasn't trained to predict, the features lead the controls for {len(untaught)}. "
            f"The largest lead is that of *{cause_name(first)}*: {_number(trained.loc[first])}, a lead of "
            f"{_lead(best.loc[first])}. The features encode these too, perhaps because they are correlated with what "
            "the network was trained to predict."
        )
    return text


def _describe_chance(results: ProbeResults, trained: pd.DataFrame) -> str:
    text = (
        "**What chance gives.** If a cause is permuted across galaxies, no probe exceeds "
        f"R² = {results.of(PERMUTED)['high'].max():.3f} in 97.5 % of the permutations."
    )
    hidden = [cause for cause in UNKNOWABLE if cause in trained.index]
    for cause in hidden:
        text += f" {_capitalise(cause)}: {_number(trained.loc[cause])}."
    if hidden:
        text += (
            " No network can predict these. The scatter has no effect on the image, and half of the training images "
            "were mirrored, which reverses the winding direction. If a probe predicted them, information would leak "
            "into its test."
        )
    return text
