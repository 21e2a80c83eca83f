"""What a Python file imports, read from its source; as a script, prints the test files that the light app can run.

    python -m tests.imports

Those are the test files that import neither torch nor another package that the light app lacks when they are imported.
deploy/cloud/check runs them.
"""

import ast
from functools import cache
from pathlib import Path

TORCH_PACKAGES = ("torch", "torchvision", "fastai", "fastcore", "timm")
# Modules of the core that import torch when they are imported; all others do without.
TORCH_MODULES = {
    *(f"galviz.network.{name}" for name in "activations attributes bits builders device evalmode exactness".split()),
    *(f"galviz.network.{name}" for name in "fingerprint forward hooks importing inspection layers model".split()),
    *(f"galviz.network.{name}" for name in "pooling rebuilding references rescaling snapshot state turns".split()),
    *(f"galviz.network.{name}" for name in "monkey_patches networkfiles state_dict_file suggestion".split()),
    *(f"galviz.training.{name}" for name in "augmentation checkpoint dataloaders epochs fitting galaxies".split()),
    *(f"galviz.training.{name}" for name in "networks plan preview provenance run".split()),
    "galviz.features.extraction",
}


@cache
def imports(source, module, *, lazy=True):
    """Dotted names of everything that a module imports; without `lazy`, not what is imported inside functions."""
    imported = []

    def visit(node):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if not lazy and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        if isinstance(node, ast.Import):
            imported.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*base, *([node.module] if node.module else [])])
            # Both, because the name may be a module's or something in it.
            imported.extend(f"{base}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(source))
    return tuple(imported)


ROOT = Path(__file__).parents[1]
# Packages that the light app lacks, and the two packages of galviz whose modules import them inside functions too.
_NOT_LIGHT = (
    *TORCH_PACKAGES,
    "galsim",
    "astropy",
    "h5py",
    "psutil",
    "markdown_it",
    "nbformat",
    "umap",
    "galviz.cli",
    "galviz.simulate",
)


def core_modules():
    files = sorted((ROOT / "galviz").rglob("*.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


@cache
def is_light(name):
    """Whether a module, or the module of an object, can be imported in the light app; given by its dotted name."""
    if any(f"{name}.".startswith(f"{other}.") for other in (*_NOT_LIGHT, *TORCH_MODULES)):
        return False
    file = next((file for file in _files_of(name) if file.exists()), None)
    return file is None or all(map(is_light, imports(file.read_text(encoding="utf-8"), name, lazy=False)))


def _files_of(name):
    """The file of a module, a package, or the module that defines an object."""
    parts = name.split(".")
    for end in (len(parts), len(parts) - 1):
        path = ROOT.joinpath(*parts[:end])
        yield from (path.with_suffix(".py"), path / "__init__.py") if end else ()


def light_test_files():
    files = [file for folder in ("tests", "lessons") for file in sorted((ROOT / folder).rglob("test_*.py"))]
    return [
        str(file.relative_to(ROOT))
        for file in files
        if all(map(is_light, imports(file.read_text(encoding="utf-8"), "tests", lazy=False)))
    ]


if __name__ == "__main__":
    print(*light_test_files(), sep="\n")  # noqa: T201
