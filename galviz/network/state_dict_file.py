"""Reading a state dict from weights files of other programs; pickles of anything else are refused."""

import os
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch
from fastai.torch_basics import L

from galviz.errors import listed
from galviz.files.reading import open_regular
from galviz.network.card import CardError
from galviz.network.state import State, as_float32, read_weights

# Names under which fastai, Lightning, timm and others store the state dict of the network in a larger file.
_KEYS = ("model", "state_dict", "model_state_dict", "state_dict_ema")
# Such a file may hold a dict that contains itself.
_MAX_DEPTH = 10
_PICKLE_REMEDY = (
    "In fastai, save only the weights: learn = load_learner('export.pkl'); learn.save('name'), which writes "
    "models/name.pth; in PyTorch: torch.save(model.state_dict(), 'name.pth')"
)
# Types in the optimiser state that learn.save writes; loading them runs no code.
_FASTAI_TYPES = [L, np._core.multiarray.scalar, np.dtype, *[getattr(np.dtypes, name) for name in np.dtypes.__all__]]


def read_state(path: str | os.PathLike[str]) -> State:
    """Read a state dict from a file; floating-point tensors become float32.

    Parameters
    ----------
    path : path-like
        See `galviz.network.importing.import_model`.

    Returns
    -------
    dict of str to torch.Tensor

    Raises
    ------
    CardError
        If it can't be read, holds no state dict, or holds complex numbers.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     torch.save({"model": {"bias": torch.zeros(1)}}, f"{folder}/w.pth")
    ...     read_state(f"{folder}/w.pth")
    {'bias': tensor([0.])}
    """
    file = Path(path)
    if file.suffix == ".safetensors":
        return read_weights(file)
    try:
        with open_regular(file) as stream, torch.serialization.safe_globals(_FASTAI_TYPES):
            _check_archive(stream)
            content = torch.load(stream, weights_only=True, map_location="cpu")
    except FileNotFoundError as error:
        raise CardError(f"There are no weights {file}. Check the path.") from error
    except OSError as error:
        raise CardError(f"The weights {file} can't be read: {error.strerror}. Check the file.") from error
    except pickle.UnpicklingError as error:
        raise CardError(
            f"{file} is a pickle that holds more than tensors. galviz doesn't read it, because that can run any code. "
            f"{_PICKLE_REMEDY}."
        ) from error
    except Exception as error:  # torch raises many types for invalid files
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise CardError(f"The weights {file} can't be read as a state dict ({reason}). {_PICKLE_REMEDY}.") from error
    return _find_state(content, file)


def _check_archive(stream: BinaryIO) -> None:
    """Raise ValueError if a file of torch.save is damaged: `torch.load` doesn't compare the archive's checksums."""
    if zipfile.is_zipfile(stream):
        with zipfile.ZipFile(stream) as archive:
            if (damaged := archive.testzip()) is not None:
                raise ValueError(f"{damaged} in it is damaged: its checksum differs")
    stream.seek(0)


def _find_state(content: Any, file: Path) -> State:  # noqa: ANN401 (any content of a file of torch.save)
    """Find the state dict of a network in the content of a file."""
    for _ in range(_MAX_DEPTH):
        if not isinstance(content, Mapping):
            break
        inner = next((content[key] for key in _KEYS if isinstance(content.get(key), Mapping)), None)
        if inner is None:
            break
        content = inner
    if not isinstance(content, Mapping) or not content:
        raise CardError(f"{file} must hold a state dict; got a {type(content).__name__}. {_PICKLE_REMEDY}.")
    others = [str(name) for name, value in content.items() if not isinstance(value, torch.Tensor)]
    if others:
        raise CardError(
            f"{file} must hold a state dict of tensors; {listed(others, at_most=3)} are no tensors. {_PICKLE_REMEDY}."
        )
    return as_float32({str(name): values for name, values in content.items()}, file)
