"""Subfolders of images -> a class per galaxy, if the folders are classes and not shards or parts of the sample."""

from collections import Counter
from collections.abc import Collection, Sequence

# Folders of a sample's parts, or of all images.
_NOT_CLASSES = {
    *(
        "train",
        "training",
        "test",
        "testing",
        "val",
        "valid",
        "validation",
        "images",
        "image",
        "imgs",
        "img",
        "cutouts",
    ),
    *("jpg", "jpeg", "png", "data", "all", "thumbnails", "thumbs", "files", "pictures", "dataset"),
}


def class_folders(names: Sequence[str]) -> list[str] | None:
    """The class of each image, from the folder that it lies in.

    Parameters
    ----------
    names : sequence of str
        Paths of images with slashes.

    Returns
    -------
    list of str or None
        None if the folders aren't classes: there are fewer than two; they are called ``train`` or ``images``; they
        hold a single image each; or their names are numbers or the beginnings of the images' names (shards).

    Examples
    --------
    >>> class_folders(["images/spiral/1.jpg", "images/elliptical/2.jpg", "images/spiral/3.jpg"])
    ['spiral', 'elliptical', 'spiral']
    >>> class_folders(["train/1.jpg", "test/2.jpg"]) is None
    True
    """
    folders = [name.split("/")[-2] if "/" in name else "" for name in names]
    counts = Counter(folders)
    if "" in counts or len(counts) < 2 or len(counts) > max(2, len(names) // 2):
        return None
    if any(folder.lower() in _NOT_CLASSES for folder in counts):
        return None
    # 'J000/J000416.jpg' and 'ab/ab12.jpg' are shards, 'spiral/spiral_1.jpg' is a class.
    shards = sum(
        name.rpartition("/")[2].startswith(folder) and (len(folder) < 4 or any(map(str.isdigit, folder)))
        for name, folder in zip(names, folders, strict=True)
    )
    if 2 * shards > len(names) or all(folder.isdigit() for folder in counts):
        return None
    return folders


def class_column(columns: Collection[str]) -> str:
    """The name of the column for classes: one that the table doesn't have.

    Examples
    --------
    >>> class_column(["objID"]), class_column(["objID", "class"])
    ('class', 'folder')
    """
    return free_name(["class", "folder", "image_folder"], columns)


def free_name(names: Sequence[str], columns: Collection[str]) -> str:
    """The first of `names` that isn't a column, or else the last with a number.

    Examples
    --------
    >>> free_name(["a", "b"], ["a", "b", "b_2"])
    'b_3'
    """
    for name in names:
        if name not in columns:
            return name
    number = 2
    while f"{names[-1]}_{number}" in columns:
        number += 1
    return f"{names[-1]}_{number}"
