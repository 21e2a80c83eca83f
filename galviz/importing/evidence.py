"""The cells of a column -> how many images they name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from galviz.importing.column_names import is_id_name, rank
from galviz.importing.image_paths import ImageIndex, Match, clean_cell


@dataclass(frozen=True)
class Evidence:
    """How many images the cells of a column name.

    Attributes
    ----------
    match : Match
        Of the cells of the sample.
    n_images : int
        Number of different images that they name.
    n_cells : int
        Number of cells that aren't empty.
    around : tuple of (str, str)
        Text before and after the cells in the images' names.
    """

    match: Match
    n_images: int
    n_cells: int
    around: tuple[str, str] = ("", "")

    def is_conclusive(self, n_all_images: int) -> bool:
        """Whether at least half of the cells, or of all images, belong together, which chance doesn't explain."""
        few = min(self.n_cells, n_all_images)
        return self.n_images >= min(2, few) > 0 and (2 * self.n_images >= self.n_cells or 2 * self.n_images >= few)


def gather_evidence(sample: Mapping[str, Sequence[str]], index: ImageIndex) -> dict[str, Evidence]:
    """Find out which columns name images.

    Parameters
    ----------
    sample : dict of str to sequence of str
        Cells of each column.
    index : ImageIndex

    Returns
    -------
    dict of str to Evidence
        Of the columns whose cells name images; the one that names most is first.

    Examples
    --------
    >>> sample = {"objid": ["5877", "5878"], "asset_id": ["17", "18"]}
    >>> list(gather_evidence(sample, ImageIndex(["17.jpg", "18.jpg"])))
    ['asset_id']
    """
    evidence = {}
    for column, cells in sample.items():
        cells = [cell for cell in cells if clean_cell(cell)]
        match = index.match(cells)
        if n_images := len(set(match.images) - {-1}) + len(match.ambiguous):
            evidence[column] = Evidence(match, n_images, len(cells))
    if not evidence:
        for column in sorted(filter(is_id_name, sample), key=rank):
            if parts := index.match_parts([cell for cell in sample[column] if clean_cell(cell)]):
                match, *around = parts
                evidence[column] = Evidence(match, match.n_matched, len(match.images), tuple(around))
    columns = list(sample)
    return dict(
        sorted(
            evidence.items(),
            key=lambda item: (-item[1].n_images, -item[1].match.n_exact, rank(item[0]), columns.index(item[0])),
        )
    )
