"""Thumbnails: small pictures of the right pixels, kept and read back as they are."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from galviz.crops import centre_crop
from galviz.survey import load_survey
from galviz.thumbnails import (
    SIDE_PX,
    ThumbnailsError,
    data_uri,
    load_thumbnails,
    make_thumbnails,
    save_thumbnails,
    thumbnail,
)


def opened(webp):
    return np.asarray(Image.open(io.BytesIO(webp)).convert("RGB")).astype(int)


def gradient(side):
    """Red rises to the right, green downwards."""
    ramp = np.linspace(0, 255, side).astype(np.uint8)
    red, green = np.meshgrid(ramp, ramp)
    return Image.fromarray(np.dstack([red, green, np.full_like(red, 60)]))


def test_a_thumbnail_is_the_central_crop():
    image = gradient(160)
    centre = np.asarray(image)[44:116, 44:116].astype(int)
    assert opened(thumbnail(image)).shape == (SIDE_PX, SIDE_PX, 3)
    assert np.abs(opened(thumbnail(image)) - centre).mean() < 3


def test_of_a_large_image_is_shown_what_the_network_sees():
    image = gradient(424)
    crop = centre_crop(image, 112).resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS)
    assert np.abs(opened(thumbnail(image)) - np.asarray(crop, int)).mean() < 3


def test_shipped_thumbnails_stay_what_they_are():
    shipped, _ = load_thumbnails()
    made = make_thumbnails(load_survey(), list(shipped.index[:20]))
    assert made.equals(shipped.iloc[:20])


def test_a_small_image_is_framed_in_black():
    small = opened(thumbnail(Image.new("RGB", (40, 40), (200, 200, 200))))
    assert small[:10].max() < 20
    assert small[36, 36] == pytest.approx([200] * 3, abs=4)


def test_what_is_saved_is_read_back(make_survey, tmp_path):
    survey = load_survey(make_survey(12, side_px=80))
    told = []
    made = make_thumbnails(survey, progress=lambda *at: told.append(at))
    assert list(made.index) == survey.object_ids
    assert told == [(done, 12) for done in range(1, 13)]
    assert base64.b64decode(made.iloc[3].partition(",")[2]) == thumbnail(survey.image(survey.object_ids[3]))
    save_thumbnails(made, survey.sha256, tmp_path / "t.parquet")
    read, survey_sha256 = load_thumbnails(tmp_path / "t.parquet")
    assert survey_sha256 == survey.sha256
    assert read.equals(made)
    first = (tmp_path / "t.parquet").read_bytes()
    save_thumbnails(read, survey.sha256, tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").read_bytes() == first


def test_an_address_says_what_it_carries():
    assert data_uri(b"abc") == "data:image/webp;base64,YWJj"


@pytest.mark.parametrize("content", [None, b"", b"PAR1 and no more"])
def test_what_is_no_file_of_thumbnails_is_told(tmp_path, content):
    path = tmp_path / "t.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(
        ThumbnailsError, match=r"^The thumbnails .*t\.parquet can't be read \(\w+\); make them again with"
    ):
        load_thumbnails(path)


def test_another_table_is_no_file_of_thumbnails(tmp_path):
    import pandas as pd

    pd.DataFrame({"objID": ["1"]}).to_parquet(tmp_path / "t.parquet")
    with pytest.raises(ThumbnailsError, match="KeyError"):
        load_thumbnails(tmp_path / "t.parquet")
