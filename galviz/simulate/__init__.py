"""Mock galaxies: causes and a seed become a survey folder.

    relations -> photometry, profiles      the physics
    population, structure, observation     what is drawn at random from it
    causes                                 what a galaxy is: `draw_causes`
    stamp -> plane, spirals -> components  a galaxy's light through the atmosphere, part by part
    field                                  what lies around it
    galaxy                                 one galaxy's causes, checked as they are read
    rendering                              what a telescope shows: `draw_light`, `expose`, `stretch`, `render`
    writing                                a survey folder: `write_survey`

Needs GalSim and astropy (`pip install -e ".[simulate]"`); nothing else in galviz does.
"""

from galviz.simulate.causes import LABEL_SCATTER_DEX, draw_causes
from galviz.simulate.rendering import FRAMINGS, draw_light, expose, render, render_jpeg, stretch
from galviz.simulate.writing import write_survey

__all__ = [
    "FRAMINGS",
    "LABEL_SCATTER_DEX",
    "draw_causes",
    "draw_light",
    "expose",
    "render",
    "render_jpeg",
    "stretch",
    "write_survey",
]
