"""The light app: its requirements hold what it imports and nothing of torch, and its entry point runs app.py."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.imports import TORCH_MODULES, TORCH_PACKAGES, imports
from tests.test_repository import DISTRIBUTIONS, OWN_PACKAGES

ROOT = Path(__file__).parents[1]
CLOUD = ROOT / "deploy" / "cloud"
# Reached by live computing and by drawing new galaxies alone.
NOT_LIGHT = {*TORCH_MODULES, "galviz.simulate"}
# Reached only where a student's code runs, which is never there.
ONLY_AT_HOME = {"psutil"}


def requirements(folder):
    """The lines of a folder's requirements.txt that ask for something."""
    lines = (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def names(lines):
    return {re.split("[<>=]", line)[0] for line in lines}


def module_file(name):
    """The file of the module that a dotted name is in, or is."""
    place = ROOT.joinpath(*name.split("."))
    for candidate in (place.with_suffix(".py"), place / "__init__.py"):
        if candidate.is_file():
            return candidate
    return module_file(name.rpartition(".")[0])


def imported_by_the_light_app():
    """Packages of others that app.py and its pages import, directly or through ours."""
    waiting = [
        ROOT / "app.py",
        ROOT / "galviz" / "__init__.py",
        *ROOT.glob("lessons/*/page.py"),
        *ROOT.glob("instruments/*/page.py"),
    ]
    seen, packages = set(), set()
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for name in imports(file.read_text(encoding="utf-8"), module):
            if name.split(".")[0] not in OWN_PACKAGES:
                packages.add(name.split(".")[0])
            elif not any(f"{name}.".startswith(f"{module}.") for module in NOT_LIGHT):
                waiting.append(module_file(name))
    return {DISTRIBUTIONS.get(name, name) for name in packages}


def test_light_requirements_are_among_those_of_the_full_app():
    assert requirements(CLOUD) < requirements(ROOT)


def test_light_requirements_hold_what_the_light_app_imports_and_nothing_of_torch():
    light = names(requirements(CLOUD))
    assert light == imported_by_the_light_app() & names(requirements(ROOT)) - ONLY_AT_HOME
    assert not light & set(TORCH_PACKAGES)


def test_no_other_dependency_file_comes_before():
    """Community Cloud takes the first it knows beside the entry point."""
    assert not [name for name in ("uv.lock", "Pipfile", "environment.yml") if (CLOUD / name).exists()]


@pytest.mark.parametrize(("entry", "address"), [("app.py", "localhost"), ("deploy/cloud/streamlit_app.py", "0.0.0.0")])
def test_the_app_listens_on_this_machine_alone_but_on_community_cloud(entry, address):
    """Community Cloud starts the entry point in the project's folder."""
    script = (
        "from streamlit import config\n"
        f"config._main_script_path = {str(ROOT / entry)!r}\n"
        "print(config.get_option('server.address'))\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [address]


def test_the_entry_point_runs_the_app(tmp_path):
    script = (
        "import sys\n"
        "from streamlit.components.v2 import manifest_scanner\n"
        "from streamlit.testing.v1 import AppTest\n"
        "manifest_scanner.scan_component_manifests = list\n"  # as in conftest.py
        f"sys.argv = [{str(CLOUD / 'streamlit_app.py')!r}]\n"
        "app = AppTest.from_file(sys.argv[0], default_timeout=60).run()\n"
        "assert not app.exception, app.exception\n"
        "print(app.title[0].value, len(app.subheader) > 0)\n"
        f"app.switch_page({str(ROOT / 'lessons' / 'galaxies' / 'page.py')!r}).run()\n"
        "assert not app.exception, app.exception\n"
        "print(app.title[0].value)\n"
        "print('torch' in sys.modules)\n"
    )
    # from elsewhere, so that the entry point itself must find our packages
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    title = "What has a neural network learnt about galaxies?"
    assert done.stdout.splitlines() == [f"{title} True", "The galaxies", "False"]
