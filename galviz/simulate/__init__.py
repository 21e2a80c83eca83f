"""Mock galaxies: causes and a seed become a survey folder.

    scaling, metallicity, colours, dust,    the physics: published relations as functions
    emission, distances -> photometry,
    profiles
    morphology                              how a galaxy's structure depends on its other causes
    population, structure, observation      what is drawn at random from it
    causes                                  the causes of each galaxy, as a catalogue: `draw_causes`
    stamp -> plane, spirals -> components   a galaxy's light through the atmosphere, part by part
    field                                   other sources in the frame
    galaxy                                  one galaxy's causes, validated as they are read
    consequences -> intervention            one cause is changed, and what follows from it: `intervene`
    framing, light, exposure -> rendering   the image: `draw_light`, `expose`, `stretch`, `render`
    workers, record -> writing              a survey folder: `write_survey`

Needs GalSim and astropy (`pip install -e ".[simulate]"`); nothing else in galviz does.
"""

from galviz.simulate.causes import LABEL_SCATTER_DEX, draw_causes
from galviz.simulate.exposure import expose, stretch
from galviz.simulate.framing import FRAMINGS
from galviz.simulate.intervention import intervene
from galviz.simulate.light import draw_light
from galviz.simulate.rendering import render, render_jpeg
from galviz.simulate.writing import write_survey

__all__ = [
    "FRAMINGS",
    "LABEL_SCATTER_DEX",
    "draw_causes",
    "draw_light",
    "expose",
    "intervene",
    "render",
    "render_jpeg",
    "stretch",
    "write_survey",
]
