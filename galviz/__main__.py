"""``python -m galviz``: the command line of `galviz.cli`."""

import os
import sys


def _leave_working_directory() -> None:
    """Import from this project and the installation alone, in the processes that are started from here too.

    ``python -m`` puts the working directory first: a folder there called `lessons`, or a file called `random.py`, would
    be taken for a module. This runs before anything else is imported.
    """
    if sys.flags.safe_path:
        return
    root = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120 (pathlib isn't imported yet)
    # In a checkout the lessons lie beside the package; installed, they lie where Python looks anyway.
    project = [root] if os.path.exists(os.path.join(root, "pyproject.toml")) else []  # noqa: PTH110, PTH118
    sys.path[:] = project + [entry for entry in sys.path[1:] if entry not in ("", ".")]
    os.environ["PYTHONSAFEPATH"] = "1"
    if getattr(sys.modules["galviz"], "__file__", None) is None:
        del sys.modules["galviz"]  # a folder of that name there, which an editable installation was mixed up with


# Guarded, because processes started by 'spawn' (macOS, Windows) import this module again.
if __name__ == "__main__":
    _leave_working_directory()
    try:
        from galviz.cli import main
    except KeyboardInterrupt:
        sys.stderr.write("galviz: interrupted\n")
        sys.exit(130)
    sys.exit(main())
