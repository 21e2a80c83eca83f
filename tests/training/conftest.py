import pytest

from galviz.survey.survey import load_survey
from tests.training.runs import LEARNING, SHORT, observe_training


@pytest.fixture(scope="session")
def survey(make_survey):
    """Forty galaxies, 64 px; 32 for training and 8 for validation."""
    return load_survey(make_survey(40, side_px=64))


@pytest.fixture(scope="session")
def galaxies(survey):
    from galviz.training.galaxies import select_galaxies  # not at the top, because some tests run without torch

    return select_galaxies([survey], SHORT).galaxies


@pytest.fixture(scope="session")
def short(survey, tmp_path_factory):
    """A complete short run with warm-ups."""
    return observe_training([survey], tmp_path_factory.mktemp("short") / "net.json", SHORT)


@pytest.fixture(scope="session")
def learnt(small_survey, tmp_path_factory):
    """A run on a hundred galaxies without warm-ups, long enough to learn."""
    return observe_training([small_survey], tmp_path_factory.mktemp("learnt") / "net.json", LEARNING)
