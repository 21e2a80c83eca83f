"""A lesson to begin from: `python -m galviz new-lesson NAME TITLE` copies this folder. It isn't in the manifest."""
