"""``python -m galviz``: the command line of `galviz.cli`."""

import sys

from galviz.cli import main

# Guarded, because processes started by 'spawn' (macOS, Windows) import this module again.
if __name__ == "__main__":
    sys.exit(main())
