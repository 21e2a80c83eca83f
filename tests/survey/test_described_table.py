"""Text tables with a description of their columns: IPAC's, those of the CDS and the AAS, and SExtractor's."""

import gzip

import pytest

from galviz.survey.table import open_table

pytestmark = pytest.mark.full

ID = 1237648704043942146
IPAC = f"""\\fixlen = T
|objID              |ra     |name    |
|long               |double |char    |
|                   |deg    |        |
|null               |null   |null    |
 {ID}  10.25   NGC 1 a
 {ID + 1}  null    null
"""
DESCRIPTION = """Byte-by-byte Description of file: t.dat
--------------------------------------------------------------------------------
   Bytes Format Units   Label     Explanations
--------------------------------------------------------------------------------
   1- 19  I19   ---     objID     SDSS identifier
  21- 25  F5.2  deg     ra        Right ascension
  27- 33  A7    ---     name      Name
--------------------------------------------------------------------------------
"""
ROWS = f"{ID} 10.25 NGC 1 a\n{ID + 1}\n"
MRT = f"Title: Galaxies\nAuthors: N.\nTable: 1\n{'=' * 80}\n{DESCRIPTION}{ROWS}"
SEXTRACTOR = f"#   1 objID   Number\n#   2 ra   Right ascension [deg]\n {ID} 10.25\n {ID + 1}  -1.5\n"


def read(folder, files):
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_table(folder / next(iter(files))).read()


@pytest.mark.parametrize(
    "files",
    [
        {"t.tbl": IPAC},
        {"t.txt": MRT},
        {"t.dat": ROWS, "ReadMe": f"J/ApJ/1/2\n{'=' * 80}\n{DESCRIPTION}"},
        {"t.dat.gz": gzip.compress(ROWS.encode(), mtime=0), "ReadMe": f"J/ApJ/1/2\n{'=' * 80}\n{DESCRIPTION}"},
    ],
)
def test_columns_are_those_of_the_description(tmp_path, files):
    table = read(tmp_path, files)
    assert table.problems == []
    assert [object_id for _, object_id in table.ids] == [str(ID), str(ID + 1)]
    assert (list(table.cells("ra")), list(table.cells("name"))) == (["10.25", ""], ["NGC 1 a", ""])


def test_sextractor(tmp_path):
    table = read(tmp_path, {"t.cat": SEXTRACTOR})
    assert (table.columns, list(table.cells("ra"))) == (("objID", "ra"), ["10.25", "-1.5"])


def test_no_row_is_left_out_because_it_is_damaged(tmp_path):
    table = read(tmp_path, {"t.dat": ROWS.replace("10.25", "1O.25"), "ReadMe": f"{'=' * 80}\n{DESCRIPTION}"})
    assert "1O.25" in table.problems[0].problem
    assert table.ids == []


def test_a_readme_of_other_files_describes_nothing(tmp_path):
    table = read(tmp_path, {"t.txt": "objID z\na 0.5\n", "ReadMe": f"{'=' * 80}\n{DESCRIPTION}"})
    assert (table.columns, table.problems) == (("objID", "z"), [])
