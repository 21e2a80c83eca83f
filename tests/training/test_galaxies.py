"""The galaxies that are selected for training, their targets, and the split."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from fastai.data.transforms import RandomSplitter

from galviz.survey.survey import load_survey
from galviz.training.galaxies import select_galaxies, split_galaxies
from tests.training.runs import CAUSES, SHORT, edited


def test_galaxies_keep_their_label_and_standardised_causes(survey, galaxies):
    catalogue = survey.catalogue
    assert [galaxy.object_id for galaxy in galaxies] == survey.object_ids
    targets = np.array([galaxy.targets for galaxy in galaxies])
    np.testing.assert_array_equal(targets[:, 0], catalogue["metallicity"])
    for column, cause in enumerate(CAUSES, 1):
        values = catalogue[cause].to_numpy(dtype=float)
        np.testing.assert_allclose(targets[:, column], (values - values.mean()) / values.std(ddof=1), atol=1e-12)


def test_galaxies_without_a_label_or_a_cause_are_left_out(make_survey):
    def change(table):
        table.loc[[3, 7], "oh_p50"] = ""
        table.loc[[7, 9], "bulge_fraction"] = ["", "unknown"]

    survey = edited(make_survey(24, side_px=32), change)
    ids = survey.object_ids
    for causes, left_out in (((), {3, 7}), (CAUSES, {3, 7, 9})):
        galaxies = select_galaxies([survey], replace(SHORT, causes=causes)).galaxies
        assert [galaxy.object_id for galaxy in galaxies] == [ids[n] for n in range(24) if n not in left_out]
        assert np.isfinite([galaxy.targets for galaxy in galaxies]).all()


def test_galaxies_of_several_surveys_are_concatenated(make_survey):
    surveys = [load_survey(make_survey(12, side_px=32, seed=seed)) for seed in (1, 2)]
    galaxies = select_galaxies(surveys, SHORT).galaxies
    assert [galaxy.object_id for galaxy in galaxies] == surveys[0].object_ids + surveys[1].object_ids
    assert [galaxy.survey for galaxy in galaxies] == [surveys[0]] * 12 + [surveys[1]] * 12
    # standardised over both, not each by itself
    values = pd.concat([survey.catalogue["bulge_fraction"] for survey in surveys])
    expected = (values - values.mean()) / values.std()
    np.testing.assert_allclose([galaxy.targets[2] for galaxy in galaxies], expected, atol=1e-12)


def test_shuffled_labels_are_a_seeded_permutation(survey, galaxies):
    def shuffled(seed):
        return select_galaxies([survey], replace(SHORT, shuffled_labels=True, seed=seed)).galaxies

    labels = [galaxy.targets[0] for galaxy in galaxies]
    first, again, other = ([galaxy.targets[0] for galaxy in shuffled(seed)] for seed in (2, 2, 3))
    assert sorted(first) == sorted(labels)
    assert first == again
    assert len({tuple(labels), tuple(first), tuple(other)}) == 3
    assert abs(np.corrcoef(labels, first)[0, 1]) < 0.5
    assert [galaxy.targets[1:] for galaxy in shuffled(2)] == [galaxy.targets[1:] for galaxy in galaxies]


def test_the_split_is_fastai_s_and_seeded(galaxies):
    torch.manual_seed(99)
    in_training, in_validation = split_galaxies(galaxies, SHORT)
    expected = RandomSplitter(0.2, seed=2)(range(40))
    assert (in_training, in_validation) == tuple(map(list, expected))
    assert sorted(in_training + in_validation) == list(range(40))
    assert (len(in_training), len(in_validation)) == (32, 8)
    assert split_galaxies(galaxies, SHORT) == (in_training, in_validation)
    assert split_galaxies(galaxies, replace(SHORT, seed=3)) != (in_training, in_validation)


def test_unsuitable_surveys_are_refused(make_survey, survey):
    def refused(surveys, **changes):
        with pytest.raises(ValueError, match=r"\.$") as caught:
            select_galaxies(surveys, replace(SHORT, **changes))
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert refused([]) == "surveys must hold at least one survey; got none."
    unlabelled = load_survey(make_survey(24, labelled=False, side_px=32))
    assert f"The survey {unlabelled.folder} has no label." in refused([unlabelled])
    assert f"The survey {unlabelled.folder} has no label." in refused([survey, unlabelled])
    other = load_survey(survey.folder, "redshift")
    assert "Surveys must have the same label; got metallicity, redshift." in refused([survey, other])
    bare = load_survey(make_survey(24, causes=False, side_px=32))
    assert f"{bare.folder} has no inclination_deg, bulge_fraction." in refused([survey, bare])
    assert "causes must vary from galaxy to galaxy; redshift doesn't." in refused([survey], causes=("redshift",))
    message = "40 galaxies have a label and causes, too few for a training batch of 33 with 20% held out"
    assert message in refused([survey], batch_size=33)
    assert "40 galaxies have a label, too few for a training batch" in refused([survey], causes=(), valid_share=0.01)
    assert len(select_galaxies([survey], replace(SHORT, batch_size=32)).galaxies) == 40


def test_a_cause_may_have_any_name(make_survey):
    names = ("label", "survey", "0")

    def change(table):
        for name, source in zip(names, ("bulge_fraction", "inclination_deg", "arm_number"), strict=True):
            table[name] = table[source]

    survey = edited(make_survey(24, side_px=32), change)
    galaxies, expected = (
        select_galaxies([survey], replace(SHORT, causes=causes)).galaxies
        for causes in (names, ("bulge_fraction", "inclination_deg", "arm_number"))
    )
    assert [galaxy.targets for galaxy in galaxies] == [galaxy.targets for galaxy in expected]


def test_a_cause_of_text_is_refused(make_survey):
    survey = edited(make_survey(24, side_px=32), lambda table: table.insert(1, "kind", "spiral"))
    with pytest.raises(ValueError, match=r"^0 galaxies have a label and causes"):
        select_galaxies([survey], replace(SHORT, causes=("kind",)))
