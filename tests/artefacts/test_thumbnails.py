"""Thumbnails show the network's crop; the shipped ones are reproduced."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from galviz.artefacts.artefact import Provenance
from galviz.artefacts.thumbnails import THUMBNAILS
from galviz.network.crops import centre_crop
from galviz.network.thumbnails import SIDE_PX, make_thumbnails, thumbnail
from galviz.survey.survey import load_survey


def decode(webp):
    return np.asarray(Image.open(io.BytesIO(webp)).convert("RGB")).astype(int)


def gradient(side):
    """Red rises to the right, green downwards."""
    ramp = np.linspace(0, 255, side).astype(np.uint8)
    red, green = np.meshgrid(ramp, ramp)
    return Image.fromarray(np.dstack([red, green, np.full_like(red, 60)]))


def test_a_thumbnail_is_the_central_crop():
    image = gradient(160)
    centre = np.asarray(image)[44:116, 44:116].astype(int)
    assert decode(thumbnail(image)).shape == (SIDE_PX, SIDE_PX, 3)
    assert np.abs(decode(thumbnail(image)) - centre).mean() < 3


def test_the_thumbnail_of_a_large_image_is_the_network_s_crop():
    image = gradient(424)
    crop = centre_crop(image, 112).resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    assert np.abs(decode(thumbnail(image)) - np.asarray(crop, int)).mean() < 3


def test_shipped_thumbnails_are_reproduced():
    shipped = THUMBNAILS.load()
    computed = make_thumbnails(load_survey(), list(shipped.index[:20]))
    assert computed.equals(shipped.iloc[:20])


def test_a_small_image_is_framed_in_black():
    small = decode(thumbnail(Image.new("RGB", (40, 40), (200, 200, 200))))
    assert small[:10].max() < 20
    assert small[36, 36] == pytest.approx([200] * 3, abs=4)


def test_a_survey_has_one_thumbnail_per_galaxy(make_survey, tmp_path):
    survey = load_survey(make_survey(12, side_px=80))
    calls = []
    thumbnails = make_thumbnails(survey, progress=lambda *call: calls.append(call))
    assert list(thumbnails.index) == survey.object_ids
    assert calls == [(done, 12) for done in range(1, 13)]
    assert base64.b64decode(thumbnails.iloc[3].partition(",")[2]) == thumbnail(survey.image(survey.object_ids[3]))
    THUMBNAILS.save(thumbnails, Provenance("s"), tmp_path / "t.parquet")
    assert THUMBNAILS.load(tmp_path / "t.parquet").equals(thumbnails)
