"""What the app keeps for all sessions is told apart by what it was made from, and never by an object's identity."""

import numpy as np

from galviz.features.features import Features, load_features, save_features
from panels.caching import cache_data


def find_or_compute_features(survey_sha256):
    values = np.arange(6.0).reshape(3, 2)
    provenance = {"survey_sha256": survey_sha256, "card_sha256": "b" * 64, "weights_sha256": "c" * 64}
    return Features(["1", "2", "3"], {"features": values}, np.zeros(3), provenance)


def test_features_of_one_origin_share_a_result_and_others_do_not():
    calls = []

    @cache_data(max_entries=8, show_spinner=False)
    def count(features: Features, layer: str) -> int:
        calls.append(layer)
        return len(calls)

    assert (
        count(find_or_compute_features("a" * 64), "features")
        == count(find_or_compute_features("a" * 64), "features")
        == 1
    )
    assert count(find_or_compute_features("d" * 64), "features") == 2
    assert count(find_or_compute_features("a" * 64), "stem") == 3


def test_surveys_are_told_apart_by_their_checksum(small_survey, make_survey):
    from galviz.survey.survey import load_survey

    folder = make_survey(12, seed=3)

    @cache_data(max_entries=8, show_spinner=False)
    def count(survey: object) -> int:
        return len(survey.object_ids)

    assert count(small_survey) == len(small_survey.object_ids)
    assert count(load_survey(folder)) == count(load_survey(folder)) == 12


def test_files_of_one_origin_and_other_values_have_other_cache_entries(tmp_path):
    @cache_data()
    def total(features):
        return float(features.layers["x"].sum())

    for value in (1.0, 2.0):
        save_features(Features(["a", "b"], {"x": [[0.0], [value]]}, None, {"survey_sha256": "s"}), tmp_path / "f")
        assert total(load_features(tmp_path / "f")) == value


def test_what_is_computed_from_an_upload_is_not_shared(monkeypatch):
    from streamlit.testing.v1 import AppTest

    def page():
        import streamlit as st

        from panels.own_survey import own_galaxies
        from tests.panels.counting import count

        if st.session_state["uploaded"]:
            own_galaxies().folder = "somewhere"
        st.text(count(1))

    def run(*, uploaded):
        app = AppTest.from_function(page)
        app.session_state["uploaded"] = uploaded
        return app.run().text[0].value

    assert run(uploaded=False) == run(uploaded=False) == "1"
    assert run(uploaded=True) == "2"
    assert run(uploaded=False) == "1"
