"""Page of the lesson 'Preparing images': crop, augmentation and normalisation."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.charts import pixel_histogram
from galviz.course.manifest import find_lesson
from galviz.network.card import ModelCard, read_card
from galviz.network.crops import network_crop, outline_crops
from galviz.network.normalisation import normalise
from galviz.survey.sample import draw_sample
from galviz.survey.survey import Survey
from lessons.images.words import pixel_statistics
from panels.caching import cache_data
from panels.controls import choose_number, choose_one
from panels.example_galaxy import augmented_images, choose_galaxy, galaxy_caption, shipped_figures
from panels.pictures import show_pictures
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

AUGMENTATIONS = {"crop": "random crop", "turn": "mirrored and rotated", "light": "light varied", "all": "all three"}
BATCH = 64
COLOURS = ("red", "green", "blue")
# Red of a faint pixel, for the worked example.
EXAMPLE_RED = 30


def _show_crop(controls: DeltaGenerator) -> None:
    """Draw the whole image with the outlines of both crops, and the network's input."""
    card, survey = read_card(), open_shipped_survey().survey
    with controls:
        chosen = choose_galaxy(survey, shipped_figures())
    image = survey.image(chosen.object_id)
    show_pictures(
        [
            outline_crops(image, {card.pad_px: "orange", card.crop_px: "cyan"}),
            network_crop(image, card.pad_px, card.crop_px),
        ],
        [f"The file: {image.width} px", f"The network's input: the central {card.crop_px} px"],
        ["The whole image, with the outlines of both crops", "The central crop"],
        columns=2,
        min_width_px=160,
    )
    st.caption(f"{galaxy_caption(chosen, survey)}. Orange marks {card.pad_px} px, cyan {card.crop_px} px.")


def _show_augmentation(controls: DeltaGenerator) -> None:
    """Draw the central crop, and several random augmentations of the image."""
    card, survey, figures = read_card(), open_shipped_survey().survey, shipped_figures()
    with controls:
        name = choose_one("Augmentation", list(AUGMENTATIONS), "all", key="augmentation")
        chosen = choose_galaxy(survey, figures)
        draw = 0
        if chosen.live:
            draw = choose_number("Draw", 1, 999, 1, key="draw", help="The random seed: each gives other images.")
    after = augmented_images(chosen, survey, figures, draw)[name]
    captions = [f"After, draw {number}" for number in range(1, len(after) + 1)]
    image = survey.image(chosen.object_id)
    outlined = outline_crops(image, {card.pad_px: "orange", card.crop_px: "cyan"})
    show_pictures(
        [outlined, network_crop(image, card.pad_px, card.crop_px), *after],
        [f"The file: {image.width} px", "Before: the central crop", *captions],
        [
            "The whole image, with the outlines of both crops",
            "The central crop",
            *(f"{AUGMENTATIONS[name]}: {caption}" for caption in captions),
        ],
        columns=3,
        min_width_px=100,
    )
    st.caption(f"{galaxy_caption(chosen, survey)}.")


def _show_normalisation(controls: DeltaGenerator) -> None:
    """Draw the histogram of a galaxy's pixels before and after normalisation."""
    card, survey = read_card(), open_shipped_survey().survey
    with controls:
        chosen = choose_galaxy(survey, shipped_figures())
    pixels = np.asarray(network_crop(survey.image(chosen.object_id), card.pad_px, card.crop_px))
    numbers = normalise(pixels, card.mean, card.std)
    st.altair_chart(pixel_histogram(pixels, "pixel value in the file"))
    st.altair_chart(pixel_histogram(numbers, "normalised value, the network's input"))
    mean, std = card.mean[0], card.std[0]
    st.markdown(
        f"**Worked example.** A pixel's red is {EXAMPLE_RED}, and {EXAMPLE_RED} / 255 = {EXAMPLE_RED / 255:.3f}. The "
        f"card has $\\mu$ = {mean:.3f} and $\\sigma$ = {std:.3f} for red. So the network's input is "
        f"({EXAMPLE_RED / 255:.3f} − {mean:.3f}) / {std:.3f} = **{(EXAMPLE_RED / 255 - mean) / std:.2f}**."
    )
    red = f"{numbers[..., 0].mean():.2f}".replace("-", "−")
    st.markdown(
        f"In the file, this galaxy's red has a mean of {pixels[..., 0].mean():.1f} and a standard deviation of "
        f"{pixels[..., 0].std():.1f}. After normalisation they are **{red}** and **{numbers[..., 0].std():.2f}**. Over "
        "the whole training set, they are 0 and 1."
    )


@cache_data(max_entries=2, show_spinner=False)
def _batch_statistics(survey: Survey, card: ModelCard) -> list[tuple[np.ndarray, np.ndarray]]:
    """Compute mean and standard deviation of each colour for two batches."""
    return [pixel_statistics(survey, draw_sample(survey.object_ids, BATCH, seed=seed), card) for seed in (1, 2)]


def _compare_batches(controls: DeltaGenerator) -> None:  # no controls
    """Draw the mean and standard deviation of two batches and of the card in a table."""
    card = read_card()
    batches = _batch_statistics(open_shipped_survey().survey, card)
    means = [card.mean, *(mean for mean, _ in batches)]
    stds = [card.std, *(std for _, std in batches)]
    sources = ["the card", f"one batch of {BATCH}", f"another batch of {BATCH}"]
    columns = {f"{colour} μ": [f"{mean[index]:.4f}" for mean in means] for index, colour in enumerate(COLOURS)}
    columns |= {f"{colour} σ": [f"{std[index]:.4f}" for std in stds] for index, colour in enumerate(COLOURS)}
    st.dataframe({"statistics of": sources, **columns}, hide_index=True)
    difference = np.abs(batches[0][0] / batches[1][0] - 1).max()
    st.markdown(f"The means of the two batches differ by up to **{difference:.0%}**.")


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("images")
    steps = [
        Step("Central crop", _show_crop, ("crop",), code=(network_crop,), figure=figure_source(lesson)),
        Step(
            "Augmentation",
            _show_augmentation,
            ("augment",),
            (0,),
            code=(
                "galviz/training/augmentation.py:crop_transforms",
                "galviz/training/augmentation.py:flip_transforms",
                "galviz/training/augmentation.py:Variation",
            ),
        ),
        Step("Normalisation", _show_normalisation, ("normalise",), (1,), code=(normalise,)),
        Step("Normalisation statistics", _compare_batches, ("statistics",), (2,), wide=True),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)
