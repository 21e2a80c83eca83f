import pytest

from galviz.simulate import draw_causes


@pytest.fixture(scope="session")
def causes():
    return draw_causes(3000, seed=4)


@pytest.fixture(scope="session")
def spiral(causes):
    """A face-on galaxy with arms, bar, clumps and dust, not at the edge of anything."""
    chosen = causes[
        (causes["arm_number"] == 2)
        & (causes["arm_strength"] > 0.4)
        & (causes["bar_strength"] > 0)
        & (causes["inclination_deg"] < 40)
        & (causes["star_count"] > 0)
        & (causes["neighbour_count"] > 0)
        & (causes["disc_scale_arcsec"].between(1.2, 2.5))
        & (causes["merger"] == 0)
    ]
    return chosen.iloc[0]
