"""Pages with unusual surveys: a single galaxy, equal labels, column names that galviz uses itself."""

import pandas as pd
import pytest

from lessons.galaxies.words import describe

CAUSES = ("log_mass_msun", "redshift", "inclination_deg", "bulge_fraction", "arm_number", "dust_v_mag", "merger")


@pytest.mark.parametrize("value", ["abc", "N/A", "inf", "-9999", "-1e308", "1e308", "nan", ""])
def test_impossible_values_are_left_out_of_descriptions(value):
    galaxy = pd.Series(dict.fromkeys(CAUSES, value) | {"bar_strength": 0.5}, dtype=object)
    assert describe(galaxy) == "It has a bar."


@pytest.mark.parametrize(
    ("count", "columns"),
    [
        (1, {}),
        (3, {"oh_p50": 8.7}),
        (6, dict.fromkeys(CAUSES, "word")),
        (6, {"true": 1, "predicted": 2, "PC1": 3, "image": 4, "index": 5, "**x** $y$": 6}),
    ],
    ids=["one galaxy", "equal labels", "causes are text", "names used by galviz"],
)
def test_pages_show_unusual_surveys(run_app, make_survey, count, columns):
    folder = make_survey(count, causes=False, side_px=64)
    table = pd.read_csv(folder / "master.csv", dtype=str).assign(**{name: str(v) for name, v in columns.items()})
    table.to_csv(folder / "master.csv", index=False)
    app = run_app("--survey", folder)
    for page in (None, "instruments/explore", *["instruments/home"] * (count == 1)):
        if page is not None:
            app.switch_page(f"{page}/page.py").run()
        assert not app.exception
        assert not app.error


def test_captions_show_labels_of_small_numbers(run_app, make_survey):
    values = [f"{number}.8e-11" for number in range(1, 7)]
    folder = make_survey(6, causes=False, side_px=64)
    pd.read_csv(folder / "master.csv", dtype=str).assign(ssfr=values).to_csv(folder / "master.csv", index=False)
    app = run_app("--survey", folder, "--label", "ssfr")
    assert not app.exception
    shown = [caption for image in app.image for caption in image.captions]
    assert [float(caption.split(" · ")[1]) for caption in shown[:6]] == [float(value) for value in values]
