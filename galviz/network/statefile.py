"""Files in which other programs keep the weights of a network -> a state dict; no pickle of anything else is read."""

import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fastai.torch_basics import L

from galviz.errors import listed
from galviz.files.reading import open_regular
from galviz.network.card import CardError
from galviz.network.state import State, as_float32, read_weights

# Files with more than one state dict keep that of the network under these names: fastai, Lightning, timm and others.
_KEYS = ("model", "state_dict", "model_state_dict", "state_dict_ema")
_PICKLE_REMEDY = (
    "In fastai, write the weights alone: learn = load_learner('export.pkl'); learn.save('name'), which makes "
    "models/name.pth; in PyTorch: torch.save(model.state_dict(), 'name.pth')"
)
# What fastai's optimisers put into the file of learn.save; none of them runs code as it is read.
_FASTAI_TYPES = [L, np._core.multiarray.scalar, np.dtype, *[getattr(np.dtypes, name) for name in np.dtypes.__all__]]


def read_state(path: str | os.PathLike[str]) -> State:
    """Read the state dict in a file; floating-point tensors become float32.

    Parameters
    ----------
    path : path-like
        See `import_model`.

    Returns
    -------
    dict of str to torch.Tensor

    Raises
    ------
    CardError
        If it can't be read or holds no state dict.
    """
    file = Path(path)
    if file.suffix == ".safetensors":
        return read_weights(file)
    try:
        with open_regular(file) as stream, torch.serialization.safe_globals(_FASTAI_TYPES):
            content = torch.load(stream, weights_only=True, map_location="cpu")
    except FileNotFoundError as error:
        raise CardError(f"There are no weights {file}. Check the path.") from error
    except OSError as error:
        raise CardError(f"The weights {file} can't be read: {error.strerror}. Check the file.") from error
    except pickle.UnpicklingError as error:
        raise CardError(
            f"{file} is a pickle that holds more than tensors: reading it can run any code, so galviz doesn't. "
            f"{_PICKLE_REMEDY}."
        ) from error
    except Exception as error:  # what torch raises for rubbish is of many kinds
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise CardError(f"The weights {file} can't be read as a state dict ({reason}). {_PICKLE_REMEDY}.") from error
    return _state_in(content, file)


def _state_in(content: Any, file: Path) -> State:  # noqa: ANN401 (whatever a file of torch.save holds)
    """The state dict of a network in what `torch.load` has read."""
    while isinstance(content, Mapping) and (key := next((key for key in _KEYS if _is_inside(content, key)), None)):
        content = content[key]
    if not isinstance(content, Mapping) or not content:
        raise CardError(f"{file} holds a {type(content).__name__} and no state dict. {_PICKLE_REMEDY}.")
    strange = [str(name) for name, value in content.items() if not isinstance(value, torch.Tensor)]
    if strange:
        raise CardError(f"{file} holds no state dict: {listed(strange, at_most=3)} are no tensors. {_PICKLE_REMEDY}.")
    return as_float32({str(name): values for name, values in content.items()}, file)


def _is_inside(content: Mapping[str, Any], key: str) -> bool:
    return isinstance(content.get(key), Mapping)
