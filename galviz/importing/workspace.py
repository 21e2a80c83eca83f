"""A temporary folder for what is unpacked from an archive; it is removed with the object, at the latest at exit."""

import shutil
import tempfile
import weakref
from pathlib import Path


class Workspace:
    """A temporary folder.

    Attributes
    ----------
    folder : pathlib.Path

    Examples
    --------
    >>> workspace = Workspace()
    >>> folder = workspace.folder
    >>> workspace.close()
    >>> folder.exists()
    False
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="galviz-import-"))
        self._finalizer = weakref.finalize(self, shutil.rmtree, str(self.folder), ignore_errors=True)

    def close(self) -> None:
        """Remove the folder; a second call does nothing."""
        self._finalizer()
