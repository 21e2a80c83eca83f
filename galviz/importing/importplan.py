"""What an import would do: the columns, the galaxies with their images, and what is left out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from galviz.importing.opening import Source
from galviz.survey.table import ID_COLUMN, Table, open_table


@dataclass(frozen=True)
class ImportPlan:
    """An import that was checked and can be written.

    Attributes
    ----------
    source : Source
    table : pathlib.Path or None
        None for a folder of images without a table.
    columns : tuple of str
        Of the table.
    id_column, image_column : str or None
        None without a table.
    label : str or None
        A column of the survey.
    missing : tuple of str
        Numbers and words that stand for missing values, besides the usual ones.
    ids : tuple of str
        The ids of the galaxies that have an image, in the table's order.
    images : tuple of str
        The image of each, a path below ``source.image_root``.
    places : tuple of int
        The rows of the galaxies in the table, from 0.
    added : dict of str to tuple of str
        Columns that the table doesn't have, such as ``class``.
    renamed : dict of str to str
        Names in the survey of the table's columns that are called differently there.
    n_without_image : int
        Number of rows that are left out because they have no image.
    images_without_row : tuple of str
        Images that are left out because no row names them.
    notes : tuple of str
        Sentences about what was recognised, chosen and left out.
    options : dict of str to str
        What the user gave.
    digest : bytes
        SHA-256 of the table.
    """

    source: Source
    table: Path | None
    columns: tuple[str, ...]
    id_column: str | None
    image_column: str | None
    label: str | None
    missing: tuple[str, ...]
    ids: tuple[str, ...] = field(repr=False)
    images: tuple[str, ...] = field(repr=False)
    places: tuple[int, ...] = field(repr=False)
    added: dict[str, tuple[str, ...]] = field(repr=False)
    renamed: dict[str, str]
    n_without_image: int
    images_without_row: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...]
    options: dict[str, str]
    digest: bytes = b""

    @property
    def n_galaxies(self) -> int:
        """Number of galaxies of the survey."""
        return len(self.ids)

    @property
    def survey_columns(self) -> tuple[str, ...]:
        """The columns of the survey's catalogue: objID first."""
        kept = [self.renamed.get(name, name) for name in self.columns if name != self.id_column]
        return (ID_COLUMN, *kept, *self.added)

    def rows(self, n: int) -> list[list[str]]:
        """The first `n` rows of the table, as they are written; empty without a table."""
        return [] if self.table is None else open_table(self.table).rows(n)

    def survey_rows(self, table: Table | None) -> Iterator[list[str]]:
        """The rows of the survey's catalogue, in the order of `survey_columns`.

        Parameters
        ----------
        table : Table or None
            The table, read again.
        """
        added = list(self.added.values())
        if table is None:
            yield from ([object_id, *(column[n] for column in added)] for n, object_id in enumerate(self.ids))
            return
        kept = [name for name in self.columns if name != self.id_column]
        cells = zip(*(table.cells(name) for name in kept), strict=True) if kept else iter([()] * len(table.lines))
        galaxy = 0
        for place, row in enumerate(cells):
            if galaxy < len(self.ids) and self.places[galaxy] == place:
                yield [self.ids[galaxy], *row, *(column[galaxy] for column in added)]
                galaxy += 1

    def close(self) -> None:
        """Remove what was unpacked from an archive; the plan can't be written afterwards."""
        self.source.close()
