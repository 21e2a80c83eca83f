"""What the tests of pages compare them with: the survey and the features that come with galviz."""

import pytest

from galviz.features.features import load_features
from galviz.survey.survey import load_survey


@pytest.fixture(scope="session")
def survey():
    return load_survey()


@pytest.fixture(scope="session")
def features():
    return load_features()
