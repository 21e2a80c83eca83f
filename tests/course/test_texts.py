"""Numbers in the lessons' texts are those that the code computes, and figure.py draws a figure."""

import runpy
from statistics import NormalDist

import numpy as np
import pytest

from galviz.analysis.metrics import prediction_errors
from galviz.analysis.pca import fit_pca
from galviz.artefacts.figures import LESSON_FIGURES
from galviz.course.manifest import find_lesson, load_lessons
from galviz.course.prose import read_sections
from galviz.network.card import read_card
from galviz.training.schedule import one_cycle
from tests.steps import open_steps

LESSONS = load_lessons()


def text_contains(slug, section, *phrases):
    """Whether a section of a lesson's text contains all phrases, wherever its lines break."""
    text = " ".join(read_sections(find_lesson(slug).folder / "text.md")[section].split())
    return all(phrase in text for phrase in phrases)


def test_preparing_images():
    card = read_card()
    pad, crop = card.pad_px, card.crop_px
    assert text_contains("images", "crop", f"central {pad} × {pad}", rf"\times 3 = {crop**2 * 3}$")
    assert text_contains("images", "augment", f"up to {(pad - crop) // 2} pixels")
    epochs = len(card.training["epochs"])
    assert text_contains("images", "augment", f"{epochs} *epochs*")
    surveys = card.training["surveys"]
    counts = [survey["galaxies"] for survey in surveys if survey["simulation"]["framing"] == "petrosian"]
    assert sum(counts) * 2 == sum(survey["galaxies"] for survey in surveys)
    assert text_contains("images", "statistics", "half of the galaxies")


@pytest.mark.full
def test_augmentation():
    from galviz.training.augmentation import flip_transforms

    (turn,) = flip_transforms()
    assert text_contains("images", "augment", "half of the images", "up to 10°", "reflection")
    assert turn.pad_mode == "reflection"


def test_the_network():
    layers = LESSON_FIGURES.load().layers
    blocks = [layer.blocks for layer in layers if layer.blocks]
    assert text_contains("network", "layers", f"${' + '.join(map(str, blocks))} = {sum(blocks)}$")
    assert text_contains("network", "layers", f"$1 + {2 * sum(blocks)} + 1 = {2 * sum(blocks) + 2}$", "36")
    assert 3 + 2 * sum(blocks) + 1 == 36
    weights = 3 * 3 * 3 * layers[0].shape[0]
    assert text_contains("network", "layers", rf"3 \cdot 3 \cdot 3 \cdot 32 = {weights}$")
    assert text_contains(
        "network", "layers", f"${weights} + {layers[0].parameters - weights} = {layers[0].parameters}$"
    )
    assert text_contains("network", "layers", f"{layers[-1].parameters - 1} **features**")
    assert text_contains("network", "convolution", f"{read_card().crop_px} pixels", f"{layers[0].shape[1]} positions")
    mish = 0.5 * np.tanh(np.log1p(np.exp(0.5)))
    assert text_contains(
        "network", "residual", "$x = 2$ and $F(x) = -1.5$", rf"\operatorname{{Mish}}(0.5) = {mish:.2f}$"
    )
    x = np.linspace(-5, 5, 10_001)
    mish = x * np.tanh(np.log1p(np.exp(x)))
    assert text_contains("network", "layers", f"minimum of −{-mish.min():.2f}, at $x = {x[mish.argmin()]:.2f}$")


def test_training():
    rmse = np.sqrt((0.1**2 + 0.1**2 + 0.2**2) / 3)
    assert text_contains("training", "loss", rf"\sqrt{{0.06 / 3}} = {rmse:.2f}$ dex")
    rates = one_cycle(1.0, 4001)
    assert rates[0] == pytest.approx(1 / 25)
    assert rates.argmax() == pytest.approx(1000, abs=2)
    assert rates[-1] == pytest.approx(1e-5, rel=0.05)
    assert rates[2500] == pytest.approx(0.5, abs=0.002)
    causes = read_card().training["recipe"]["causes"]
    assert (len(causes), causes[0]) == (10, "metallicity_expected_dex")
    assert text_contains("training", "phases", "ten other causes")
    assert text_contains("training", "one-cycle", r"$\eta / 25$", "first quarter", r"\eta / 100000$")


def test_predictions():
    errors = prediction_errors([-0.1, 0.0, 0.1, 0.1, 0.9], [0.0] * 5)
    assert text_contains(
        "predictions",
        "numbers",
        "−0.1, 0.0, 0.1, 0.1 and 0.9",
        f"RMSE is {errors.rmse:.2f}, the bias {errors.bias:.1f}, the NMAD {errors.nmad:.2f}",
        f"{1 / NormalDist().inv_cdf(0.75):.4f} \\cdot",
    )
    object_id = "9020200727000000001"
    assert text_contains("predictions", "table", f"has {len(object_id)} digits")
    assert int(float(object_id)) != int(object_id)
    assert float(np.nextafter(1e15, np.inf)) - 1e15 < 1 < float(np.nextafter(1e17, np.inf)) - 1e17
    assert text_contains("predictions", "same-batch", f"by {read_card().layers['features']} numbers")
    assert text_contains("predictions", "misses", "the eight galaxies")


def test_hooks():
    layers = {layer.name: layer for layer in LESSON_FIGURES.load().layers if layer.name}
    channels, height, width = layers["stage4"].shape
    assert text_contains("hooks", "layers", rf"${height} \times {width}$", f"{channels} averages")
    assert np.prod(layers["stem"].shape) * 4 * 256 / 1e6 > 200
    assert text_contains("hooks", "average", "hundreds of megabytes")
    assert len(LESSON_FIGURES.load().object_ids) == 6
    assert text_contains("hooks", "modes", "six galaxies")


def test_principal_components():
    variances = fit_pca([[1, 1], [2, 2], [3, 3]], 2).explained_variance
    assert variances == pytest.approx([2, 0], abs=1e-12)
    share = fit_pca([[1, 1], [2, 2], [3, 2]], 1).explained_variance_ratio[0]
    assert text_contains("pca", "formula", r"$\lambda_1 = 2$, $\lambda_2 = 0$", f"{share:.0%}".replace("%", " %"))


def test_the_feature_space():
    cosine = np.sqrt(0.5)
    along = (4 + 1) / 2
    correlation = 2 * cosine / np.sqrt(along)
    assert text_contains(
        "space", "head", f"at a cosine of {cosine:.2f}", f"$(4 + 1) / 2 = {along}$", f"= {correlation:.2f}$"
    )


# How the figures are made with matplotlib


# One lesson always, the others with the slow tests.
CASES = [pytest.param(entry, marks=[] if entry.slug == "pca" else pytest.mark.slow, id=entry.slug) for entry in LESSONS]


@pytest.mark.full
@pytest.mark.parametrize("entry", CASES)
def test_the_matplotlib_figures_draw(entry):
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    try:
        runpy.run_path(str(entry.folder / "figure.py"))
        figure = plt.gcf()
        figure.canvas.draw()
        assert any((*ax.collections, *ax.patches, *ax.images, *ax.artists, *ax.lines) for ax in figure.axes)
    finally:
        plt.close("all")


@pytest.mark.parametrize("entry", CASES)
def test_the_page_shows_how_its_figure_is_made(run_app, entry):
    source = (entry.folder / "figure.py").read_text(encoding="utf-8").strip()
    pages = open_steps(run_app, f"lessons/{entry.slug}")
    assert any(source == code.value.strip() for app in pages for code in app.code)
