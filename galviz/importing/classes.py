"""Subfolders of images -> a class per galaxy and the part of the sample, if the folders are these and not shards."""

from collections import Counter
from collections.abc import Collection, Sequence

from galviz.errors import listed

_PARTS = {"train", "training", "test", "testing", "val", "valid", "validation"}
# Folders of a sample's parts, or of all images.
_NOT_CLASSES = {
    *_PARTS,
    *("images", "image", "imgs", "img", "cutouts", "jpg", "jpeg", "png"),
    *("data", "dataset", "all", "files", "pictures", "thumbnails", "thumbs"),
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
        Empty for images elsewhere than in such a folder. None if the folders aren't classes: there are fewer than two;
        they are called ``train`` or ``images``; they hold a single image each, and have numbers in their names; or
        their names are the beginnings of the images' names (shards).

    Examples
    --------
    >>> class_folders(["images/spiral/1.jpg", "images/elliptical/2.jpg", "images/spiral/3.jpg"])
    ['spiral', 'elliptical', 'spiral']
    >>> class_folders(["train/spiral/1.jpg", "train/merger/2.jpg", "test/3.jpg"])
    ['spiral', 'merger', '']
    >>> class_folders(["train/1.jpg", "test/2.jpg"]) is None
    True
    """
    parents = [name.split("/")[-2] if "/" in name else "" for name in names]
    folders = ["" if folder.lower() in _NOT_CLASSES else folder for folder in parents]
    counts = Counter(filter(None, folders))
    if len(counts) < 2:
        return None
    with_digits = sum(any(map(str.isdigit, folder)) for folder in counts)
    if len(counts) > max(2, counts.total() // 2) and 2 * with_digits > len(counts):
        return None  # a folder per galaxy
    # 'J000/J000416.jpg' and 'ab/ab12.jpg' are shards, 'spiral/spiral_1.jpg' is a class.
    shards = sum(
        name.rpartition("/")[2].startswith(folder) and (len(folder) < 4 or any(map(str.isdigit, folder)))
        for name, folder in zip(names, folders, strict=True)
        if folder
    )
    return None if 2 * shards > counts.total() else folders


def part_folders(names: Sequence[str]) -> list[str] | None:
    """The part of the sample that each image is in, ``train`` or ``test``, from one of its folders.

    Parameters
    ----------
    names : sequence of str
        Paths of images with slashes.

    Returns
    -------
    list of str or None
        None if there are fewer than two parts.

    Examples
    --------
    >>> part_folders(["gz/Train/spiral/1.jpg", "gz/test/2.jpg", "3.jpg"])
    ['Train', 'test', '']
    """
    parts = [next((folder for folder in name.split("/")[:-1] if folder.lower() in _PARTS), "") for name in names]
    return parts if len({*parts} - {""}) > 1 else None


def folder_columns(names: Sequence[str], columns: Collection[str]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The columns that the images' folders make, under names that the table doesn't have.

    Parameters
    ----------
    names : sequence of str
        Paths of images with slashes.
    columns : collection of str
        The table's columns.

    Returns
    -------
    columns : dict of str to tuple of str
        Of classes, called ``folder`` if they are numbers; and of parts of the sample.
    notes : list of str
        A sentence for each.

    Examples
    --------
    >>> added, notes = folder_columns(["train/Sa/1.jpg", "train/Sb/2.jpg", "test/Sb/3.jpg"], ["class"])
    >>> added
    {'folder': ('Sa', 'Sb', 'Sb'), 'split': ('train', 'train', 'test')}
    >>> notes[0]
    'The images lie in folders by class: the column folder has Sb (2), Sa (1).'
    """
    added, notes = {}, []
    if (classes := class_folders(names)) is not None:
        are_numbers = all(folder.isdigit() for folder in classes if folder)
        column = free_name(["folder" if are_numbers else "class", "folder", "image_folder"], columns)
        added[column] = tuple(classes)
        kind = "numbered folders" if are_numbers else "folders by class"
        notes.append(f"The images lie in {kind}: the column {column} has {_counted(classes)}.")
    if (parts := part_folders(names)) is not None:
        column = free_name(["split", "folder_split"], [*columns, *added])
        added[column] = tuple(parts)
        notes.append(f"The images lie in folders by part of the sample: the column {column} has {_counted(parts)}.")
    return added, notes


def _counted(values: Sequence[str]) -> str:
    return listed([f"{value or 'no value'} ({count:,})" for value, count in Counter(values).most_common()])


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
