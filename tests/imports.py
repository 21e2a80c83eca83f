"""What a Python file imports, read from its source."""

import ast

TORCH_PACKAGES = ("torch", "torchvision", "fastai", "fastcore", "timm")
# Modules of the core that import torch when they are imported; all others do without.
TORCH_MODULES = {
    *(f"galviz.network.{name}" for name in "activations bits builders device evalmode exactness fingerprint".split()),
    *(f"galviz.network.{name}" for name in "forward hooks importing inspection layers model pooling".split()),
    *(f"galviz.network.{name}" for name in "references snapshot state statefile suggestion tampering".split()),
    *(f"galviz.training.{name}" for name in "augmentation checkpoint dataloaders epochs fitting galaxies".split()),
    *(f"galviz.training.{name}" for name in "networks plan preview provenance run".split()),
    "galviz.features.extraction",
}


def imports(source, module, *, lazy=True):
    """Dotted names of everything that a module imports; without `lazy`, not what is imported inside functions."""
    found = []

    def visit(node):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return
        if not lazy and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return
        if isinstance(node, ast.Import):
            found.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*base, *([node.module] if node.module else [])])
            # Both, because the name may be a module's or something in it.
            found.extend(f"{base}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(source))
    return found
