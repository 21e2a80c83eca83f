"""The picture of what flows where, held: one direction of imports, and each heavy package in its own few modules."""

import ast
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]
# A module of the core imports only from those before it. `simulate` is a package: one stage.
STAGES = (
    *("signatures", "problems", "regular", "files", "jsonfile", "manifest", "shipped"),
    *("damage", "images", "cutouts", "fingerprints", "nearcopies"),
    *(
        "header",
        "table",
        "rounding",
        "identifiers",
        "quantities",
        "missing",
        "numerals",
        "columns",
        "label",
        "catalogue",
    ),
    *("misplaced", "imagefolder", "output"),
    *("survey", "sample", "metrics", "schedule", "crops", "framing", "pixelfeatures", "normalisation", "heatmap"),
    "thumbnails",
    *("simulate", "sdss"),
    *("card", "weightfile", "head", "figures", "featurefile", "features", "origin", "kept"),
    *("bits", "tampering", "hooks", "fingerprint", "snapshot", "model", "training", "activations", "inspection"),
    *("projection", "variance", "alignment", "attribution"),
    *("correlation", "probes", "evidence"),
    *("dimension", "neighbours", "maps"),
    *("derived", "course", "doctor"),
    *("charts", "cli", "__main__"),
)
NETWORK_STAGES = ("model", "training", "activations", "inspection", "attribution")
TORCH_STAGES = ("bits", "tampering", "hooks", "fingerprint", "snapshot", *NETWORK_STAGES)
# Package: where it may be imported, and where only inside a function.
TORCH_PACKAGES = ("torch", "torchvision", "fastai", "fastcore")
SIMULATION_PACKAGES = ("galsim", "astropy")
MAP_PACKAGES = ("umap", "numba")
APP_PACKAGES = ("streamlit", "lessons", "panels", "instruments", "app")


def imports(source, module):
    """(name, lazy) of everything `source` imports; lazy where the import is inside a function."""
    found = []

    def visit(node, lazy):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return  # for a reader's hints: nothing is imported
        if isinstance(node, ast.Import):
            found.extend((alias.name, lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*base, *([node.module] if node.module else [])])
            # Both, because `from galviz import survey` names a module where `from galviz.survey import Survey` doesn't.
            found.extend((f"{base}.{alias.name}", lazy) for alias in node.names)
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(ast.parse(source), False)
    return found


def violations(path, source):
    """Sentences on what a file at `path` (from the root, a str) imports and must not."""
    path = PurePosixPath(path)
    area = path.parts[0]
    stage = path.parts[1].removesuffix(".py") if area == "galviz" else None
    may_draw = area in ("panels", "instruments", "app.py") or (area == "lessons" and path.name == "page.py")
    found = []
    if stage and stage not in (*STAGES, "__init__"):
        found.append(f"{path}: {stage} has no place in STAGES; give it one.")
        return found
    for name, lazy in imports(source, ".".join(path.with_suffix("").parts)):
        package, _, rest = name.partition(".")
        other = rest.split(".")[0]
        if package == "streamlit" and not may_draw:
            found.append(f"{path} imports streamlit; only pages, panels and instruments draw.")
        elif package in APP_PACKAGES[1:] and stage and not (stage == "cli" and package == "lessons" and lazy):
            found.append(f"{path} imports {package}; the core doesn't know the app (cli may import lessons lazily).")
        elif package in ("panels", "instruments", "app") and not may_draw:
            found.append(f"{path} imports {package}; only pages draw.")
        elif package in TORCH_PACKAGES and stage not in TORCH_STAGES and not _is_exercise(path):
            found.append(f"{path} imports {package}; only {', '.join(TORCH_STAGES)} do.")
        elif package in SIMULATION_PACKAGES and stage != "simulate":
            found.append(f"{path} imports {package}; only galviz/simulate does.")
        elif package in MAP_PACKAGES and not (stage == "maps" and lazy):
            found.append(f"{path} imports {package}; only galviz/maps.py does, inside a function.")
        elif package == "galviz" and other in STAGES:
            if other in TORCH_STAGES and not lazy and stage not in TORCH_STAGES and not _is_exercise(path):
                found.append(f"{path} imports galviz.{other}, and torch with it; import it inside a function.")
            if stage in STAGES and STAGES.index(other) > STAGES.index(stage):
                found.append(f"{path} imports galviz.{other}, a later stage.")
            if stage == "__init__":
                found.append(f"{path} imports galviz.{other}; the package itself imports nothing.")
    return found


def _is_exercise(path):
    """Exercises are what students write, and figures scripts of their own: they may use torch."""
    return path.parts[0] == "lessons" and path.stem in ("exercise", "solution", "test_exercise", "bank", "figure")


def python_files():
    areas = [ROOT / area for area in ("galviz", "lessons", "panels", "instruments")]
    return [ROOT / "app.py", *(file for area in areas for file in sorted(area.rglob("*.py")))]


def test_every_file_keeps_the_rules():
    found = []
    for file in python_files():
        found += violations(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("path", "source", "sentence"),
    [
        ("galviz/survey.py", "import streamlit as st", "imports streamlit"),
        ("galviz/survey.py", "def f():\n    import streamlit", "imports streamlit"),
        ("lessons/__init__.py", "from streamlit import title", "imports streamlit"),
        ("lessons/galaxies/words.py", "from panels.code import show_code", "only pages draw"),
        ("galviz/survey.py", "from galviz.charts import label_distribution", "a later stage"),
        ("galviz/survey.py", "from galviz import charts", "a later stage"),
        ("galviz/survey.py", "from . import charts", "a later stage"),
        ("galviz/survey.py", "from .charts import label_distribution", "a later stage"),
        ("galviz/simulate/render.py", "from ..charts import label_distribution", "a later stage"),
        ("galviz/survey.py", "def f():\n    from galviz.cli import main", "a later stage"),
        ("galviz/survey.py", "import lessons", "doesn't know the app"),
        ("galviz/cli.py", "import lessons", "doesn't know the app"),
        ("galviz/charts.py", "def f():\n    import lessons", "doesn't know the app"),
        ("galviz/charts.py", "import torch", "snapshot, model, training, activations, inspection, attribution do"),
        ("galviz/features.py", "def f():\n    from fastai.vision.all import Learner", "imports fastai"),
        ("panels/grid.py", "import torchvision.transforms", "imports torchvision"),
        ("lessons/hooks/page.py", "from galviz.activations import extract", "inside a function"),
        ("galviz/cli.py", "from galviz.training import train", "inside a function"),
        ("galviz/survey.py", "import astropy.units", "imports astropy"),
        ("app.py", "import galsim", "imports galsim"),
        ("galviz/maps.py", "import umap", "inside a function"),
        ("galviz/derived.py", "def f():\n    from umap import UMAP", "only galviz/maps.py does"),
        ("galviz/helpers.py", "", "has no place in STAGES"),
        ("galviz/__init__.py", "from galviz.survey import load_survey", "imports nothing"),
    ],
)
def test_a_broken_rule_is_found(path, source, sentence):
    found = violations(path, source)
    assert len(found) == 1
    assert sentence in found[0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("galviz/model.py", "import torch\nfrom fastai.vision.models.xresnet import xresnet34"),
        ("galviz/activations.py", "from galviz.model import load_model"),
        ("galviz/charts.py", "import altair\nfrom galviz.survey import Survey"),
        (
            "galviz/simulate/render.py",
            "import galsim\nfrom . import causes\nfrom galviz.simulate.causes import x",
        ),
        ("galviz/cli.py", "def check():\n    import lessons"),
        ("galviz/cli.py", "def extract():\n    from galviz.activations import extract"),
        ("lessons/hooks/page.py", "import streamlit\ndef live():\n    from galviz.activations import extract"),
        ("lessons/hooks/solution.py", "import torch"),
        ("app.py", "import streamlit\nfrom lessons import LESSONS"),
        ("galviz/maps.py", "def f():\n    from umap import UMAP"),
        ("galviz/cli/networks.py", "if TYPE_CHECKING:\n    from galviz.training import Recipe"),
    ],
)
def test_what_is_allowed_passes(path, source):
    assert violations(path, source) == []
