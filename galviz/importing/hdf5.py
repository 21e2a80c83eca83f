"""An HDF5 file of images and labels, like Galaxy10 -> images one by one, and the columns of a catalogue.

Galaxy10 (Leung & Bovy, astroNN) has `images` of shape (n, h, w, 3) and `ans`, the class of each; its DECaLS version
also has `ra`, `dec`, `redshift` and `pxscale`.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from galviz.errors import listed, shown
from galviz.survey.images import MAX_PIXELS

if TYPE_CHECKING:
    import h5py

_ID_NAMES = ("objid", "id", "id_str", "iauname", "ids", "galaxyid", "dr7objid", "dr8objid")
_MAX_GALAXIES = 1_000_000
_CHUNK_BYTES, _MAX_STORED_CHUNK_BYTES = 16 * 2**20, 256 * 2**20
_BUILT_IN_FILTERS = {1, 2, 3, 4, 32000}  # deflate, shuffle, Fletcher's checksum, szip, lzf: no plugin is loaded
_HDF5_ERRORS = (OSError, RuntimeError, KeyError, ValueError, TypeError, NotImplementedError)


class Hdf5Error(ValueError):
    """An HDF5 file can't be imported; the message says why, and what to do."""


class Hdf5Galaxies(NamedTuple):
    """The galaxies of an HDF5 file.

    Attributes
    ----------
    images : iterator of (str, bytes)
        Id and PNG file of each galaxy; read from the file in chunks of at most 16 MiB.
    columns : pandas.DataFrame
        One row per galaxy: the file's other datasets. The index is called ``objID``.
    left_out : list of str
        Datasets that don't have one number or text per galaxy.
    """

    images: Iterator[tuple[str, bytes]]
    columns: pd.DataFrame
    left_out: list[str]


def read_hdf5(path: str | os.PathLike[str]) -> Hdf5Galaxies:
    """Read images and labels like those of Galaxy10.

    Parameters
    ----------
    path : path-like
        Its datasets: `images`, uint8 of shape (n, height, width, 3), and others of shape (n,), which become columns.
        If all are in one group, it is read instead of the file's top.
        Ids are those of a dataset with an id's name (objID, id_str, iauname, …), or else ``galaxy-00000`` and so on.

    Returns
    -------
    Hdf5Galaxies
        The file stays open until the iterator has ended.

    Raises
    ------
    Hdf5Error
        If it isn't an HDF5 file or has another layout, or if it refers to other files. The iterator raises it, too, if
        pixels can't be read.
    ModuleNotFoundError
        If h5py isn't installed.

    Examples
    --------
    >>> import h5py, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with h5py.File(f"{folder}/Galaxy10.h5", "w") as file:
    ...         file["images"], file["ans"] = np.zeros((2, 69, 69, 3), np.uint8), [3, 8]
    ...     galaxies = read_hdf5(f"{folder}/Galaxy10.h5")
    ...     ids = [object_id for object_id, png in galaxies.images]
    >>> ids, galaxies.columns["ans"].tolist()
    (['galaxy-0', 'galaxy-1'], [3, 8])
    """
    try:
        import h5py
    except ModuleNotFoundError as error:
        message = 'HDF5 files need h5py, which isn\'t installed: pip install -e ".[hdf5]"'
        raise ModuleNotFoundError(message, name=error.name) from error

    label = shown(Path(path).name)
    if not Path(path).is_file():
        raise Hdf5Error(f"{label} isn't a file: give the path of an HDF5 file.")
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise Hdf5Error(f"{label} can't be opened as HDF5, it may be truncated: download it again.") from error
    try:
        datasets = _datasets(_only_group(file), label)
        images = _find_images(datasets, label)
        columns, left_out = _columns(datasets, images, label)
    except BaseException as error:
        file.close()
        if isinstance(error, _HDF5_ERRORS) and not isinstance(error, Hdf5Error):
            raise Hdf5Error(f"{label} is broken: download it again.") from error
        raise
    return Hdf5Galaxies(_encoded(file, images, columns.index.tolist(), label), columns, left_out)


def _only_group(file: h5py.Group) -> h5py.Group:
    """The group that holds everything, or else the file itself."""
    import h5py

    names = list(file)
    is_group = len(names) == 1 and file.get(names[0], getclass=True) is h5py.Group
    if is_group and isinstance(file.get(names[0], getlink=True), h5py.HardLink):
        return file[names[0]]
    return file


def _described(name: str, item: h5py.Dataset) -> str:
    return f"{name} {item.dtype} {item.shape}"


def _datasets(file: h5py.Group, label: str) -> dict[str, h5py.Dataset]:
    """The datasets of a group, not those of its groups. Those that lie in other files, or need plugins, are refused."""
    import h5py

    datasets = {}
    for name in file:
        if isinstance(file.get(name, getlink=True), h5py.ExternalLink):
            raise Hdf5Error(f"{label}: {shown(name)} is a link to another file: copy the data into one file.")
        item = file.get(name)
        if not isinstance(item, h5py.Dataset):
            continue
        if item.is_virtual or item.external:
            raise Hdf5Error(f"{label}: {shown(name)} lies in another file: copy the data into one file.")
        plan = item.id.get_create_plist()
        if not {plan.get_filter(number)[0] for number in range(plan.get_nfilters())} <= _BUILT_IN_FILTERS:
            raise Hdf5Error(f"{label}: {shown(name)} needs a plugin to decompress: write it again with gzip.")
        if item.chunks and np.prod(item.chunks, dtype=float) * item.dtype.itemsize > _MAX_STORED_CHUNK_BYTES:
            raise Hdf5Error(f"{label}: {shown(name)} has chunks above 256 MiB: write it again with chunks=True.")
        datasets[name] = item
    return datasets


def _find_images(datasets: dict[str, h5py.Dataset], label: str) -> h5py.Dataset:
    images = datasets.get("images")
    if images is not None and images.shape[:1] == (0,):
        raise Hdf5Error(f"{label} has no galaxies: images has the shape {images.shape}; download or write it again.")
    if images is None or images.ndim != 4 or images.shape[3] != 3:
        names = [_described(name, item) for name, item in datasets.items()]
        there = f"its datasets are {listed(names)}" if names else "it has no datasets outside of groups"
        raise Hdf5Error(
            f"{label}: {there}; galviz needs images of shape (n, height, width, 3) in a dataset called images, as in "
            "Galaxy10: write them so."
        )
    if images.dtype != np.uint8:
        raise Hdf5Error(f"{label}: images are {images.dtype}, not uint8: scale them to 0 … 255 and write them again.")
    n, height, width, _ = images.shape
    if n > _MAX_GALAXIES or height * width > MAX_PIXELS:
        raise Hdf5Error(f"{label}: {n:,} images of {width} × {height} px are too many or too large: split the file.")
    return images


def _columns(datasets: dict[str, h5py.Dataset], images: h5py.Dataset, label: str) -> tuple[pd.DataFrame, list[str]]:
    """The datasets with one number or text per galaxy, and descriptions of the others."""
    import h5py

    n, columns, left_out = len(images), {}, []
    for name, item in datasets.items():
        if item.shape == (n,) and item.dtype.kind in "iufb":
            columns[name] = item[()]
        elif item.shape == (n,) and h5py.check_string_dtype(item.dtype) is not None:
            columns[name] = item.asstr(errors="replace")[()].astype(str)
        elif name != "images":
            left_out.append(_described(name, item))
    identifying = next((name for name in columns if name.lower() in _ID_NAMES), None)
    if identifying is None:
        width = len(str(n - 1))
        ids = [f"galaxy-{number:0{width}d}" for number in range(n)]
    elif columns[identifying].dtype.kind == "f":
        raise Hdf5Error(
            f"{label}: {shown(identifying)} holds floats, which round long ids: write them as integers or text."
        )
    else:
        ids = columns.pop(identifying).astype(str).tolist()
        if len(set(ids)) < n:
            raise Hdf5Error(f"{label}: {shown(identifying)} has the same id twice: remove or rename such galaxies.")
    return pd.DataFrame(columns, index=pd.Index(ids, name="objID", dtype=str)), left_out


def _encoded(file: h5py.File, images: h5py.Dataset, ids: list[str], label: str) -> Iterator[tuple[str, bytes]]:
    rows = max(1, _CHUNK_BYTES // int(np.prod(images.shape[1:])))
    with file:
        for start in range(0, len(ids), rows):
            try:
                chunk = images[start : start + rows]
            except _HDF5_ERRORS as error:
                raise Hdf5Error(f"{label}: images from row {start} on can't be read: download it again.") from error
            for object_id, pixels in zip(ids[start : start + rows], chunk, strict=True):
                buffer = io.BytesIO()
                Image.fromarray(pixels).save(buffer, "PNG")
                yield object_id, buffer.getvalue()
