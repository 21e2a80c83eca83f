"""HDF5 files like Galaxy10: pixels and columns, and one sentence for other layouts."""

import io

import h5py
import numpy as np
import pytest
from PIL import Image

from galviz.importing.hdf5 import Hdf5Error, read_hdf5
from galviz.importing.plan import plan_import

pytestmark = pytest.mark.full

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 12, 10, 3), dtype=np.uint8)


def write(path, **datasets):
    with h5py.File(path, "w") as file:
        for name, values in datasets.items():
            file[name] = values
    return path


def test_galaxy10_with_coordinates(tmp_path, monkeypatch):
    monkeypatch.setattr("galviz.importing.hdf5._CHUNK_BYTES", 1000)  # two rows at a time
    ra, ans = np.linspace(10, 11, 5), np.arange(5, dtype=np.uint8)
    path = write(tmp_path / "Galaxy10.h5", images=PIXELS, ans=ans, ra=ra, dec=-ra, redshift=ra / 100, pxscale=ra / 40)
    images, columns, left_out = read_hdf5(path)
    assert left_out == []
    decoded = {object_id: np.asarray(Image.open(io.BytesIO(png))) for object_id, png in images}
    assert list(decoded) == columns.index.tolist() == [f"galaxy-{n}" for n in range(5)]
    assert all((image == PIXELS[n]).all() for n, image in enumerate(decoded.values()))
    assert columns.columns.tolist() == ["ans", "dec", "pxscale", "ra", "redshift"]
    assert columns["ra"].tolist() == ra.tolist()
    assert columns["ans"].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([1237648702973411443 + n for n in range(5)], "1237648702973411443"),
        ([f"J{n}+01" for n in range(5)], "J0+01"),
        (np.array([b"a", b"b", b"c", b"d", b"e"]), "a"),
    ],
)
def test_ids_of_the_file_are_used(tmp_path, ids, expected):
    galaxies = read_hdf5(write(tmp_path / "a.h5", images=PIXELS, objID=ids))
    assert galaxies.columns.index[0] == expected
    assert [object_id for object_id, _ in galaxies.images] == galaxies.columns.index.tolist()


@pytest.mark.parametrize(
    ("datasets", "message"),
    [
        ({"x_train": PIXELS, "y": [1]}, r"x_train uint8 \(5, 12, 10, 3\), y"),
        ({"images": PIXELS[..., 0]}, r"images uint8 \(5, 12, 10\)"),
        ({"images": PIXELS / 255}, "float64, not uint8"),
        ({}, "no datasets"),
        ({"images": PIXELS, "id": [1, 1, 2, 3, 4]}, "same id twice"),
        ({"images": PIXELS, "objID": np.arange(5) * 1e18}, "floats"),
    ],
)
def test_other_layouts_get_a_sentence(tmp_path, datasets, message):
    with pytest.raises(Hdf5Error, match=message):
        read_hdf5(write(tmp_path / "a.h5", **datasets))


def test_no_galaxies(tmp_path):
    with pytest.raises(Hdf5Error, match="no galaxies"):
        read_hdf5(write(tmp_path / "a.h5", images=PIXELS[:0]))


def test_a_file_with_one_group(tmp_path):
    galaxies = read_hdf5(write(tmp_path / "a.h5", **{"data/images": PIXELS, "data/ans": range(5)}))
    assert galaxies.columns["ans"].tolist() == [0, 1, 2, 3, 4]
    assert len(list(galaxies.images)) == 5


def test_what_is_no_column_is_listed(tmp_path):
    path = write(tmp_path / "a.h5", images=PIXELS, labels=np.eye(5), ans=[1, 2, 3, 4])
    assert read_hdf5(path).left_out == ["ans int64 (4,)", "labels float64 (5, 5)"]
    plan = plan_import(path)
    assert "labels float64 (5, 5)" in " ".join(plan.notes)
    plan.close()


def test_ids_that_are_small_numbers(tmp_path):
    """They aren't the positions of the images in the file."""
    plan = plan_import(write(tmp_path / "a.h5", images=PIXELS, objID=[4, 3, 2, 1, 0]))
    assert plan.ids == ("4", "3", "2", "1", "0")
    first = plan.source.image_root / plan.images[0]
    assert (np.asarray(Image.open(first)) == PIXELS[0]).all()
    plan.close()


def test_broken_files(tmp_path):
    content = write(tmp_path / "a.h5", images=PIXELS).read_bytes()
    for name, part in {"cut": content[:-500], "empty": b"", "text": b"objID,ans\n", "pickle": b"\x80\x04N."}.items():
        (tmp_path / name).write_bytes(part)
        with pytest.raises(Hdf5Error, match="HDF5"):
            read_hdf5(tmp_path / name)
    with pytest.raises(Hdf5Error, match="isn't a file"):
        read_hdf5(tmp_path / "nowhere.h5")


def test_data_in_other_files_are_not_read(tmp_path):
    (tmp_path / "secret").write_bytes(PIXELS.tobytes())
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("images", PIXELS.shape, "u1", external=[(str(tmp_path / "secret"), 0, PIXELS.nbytes)])
    with h5py.File(tmp_path / "b.h5", "w") as file:
        file["images"] = h5py.ExternalLink("a.h5", "/images")
    with h5py.File(tmp_path / "c.h5", "w") as file:
        layout = h5py.VirtualLayout(PIXELS.shape, "u1")
        layout[:] = h5py.VirtualSource(tmp_path / "a.h5", "images", PIXELS.shape)
        file.create_virtual_dataset("images", layout)
    for name in "abc":
        with pytest.raises(Hdf5Error, match="another file"):
            read_hdf5(tmp_path / f"{name}.h5")


def test_pickled_objects_are_never_loaded(tmp_path):
    """PyTables stores objects as pickles in opaque or variable-length bytes."""
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["images"] = PIXELS
        file.create_dataset("objects", (5,), h5py.vlen_dtype(np.uint8))
        file["opaque"] = np.zeros(5, "V4")
    assert read_hdf5(tmp_path / "a.h5").columns.columns.tolist() == []
