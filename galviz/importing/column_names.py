"""How columns of ids and of images' names are usually called."""

import re
from collections.abc import Iterable
from itertools import islice

# Names of id columns in lower case without punctuation, the most likely first: galviz's and SDSS's own, Galaxy Zoo's,
# zoobot's, then those of other surveys. specObjID is last, because it is the id of a spectrum.
ID_NAMES = (
    *("objid", "objectid", "dr8objid", "dr7objid", "galaxyid", "iauname", "idstr", "sdssobjid", "id", "objname"),
    *("name", "galaxyname", "galaxy", "sourceid", "targetid", "nsaid", "plateifu", "mangaid", "cataid", "catalogid"),
    *("lsid", "subjectid", "imageid", "sdssid", "object", "target", "source", "designation", "specobjid", "assetid"),
)
_DIGITS = re.compile(r"\d+")
_MIN_DIGITS = 4  # of a number that is an id rather than the position of a column
# Columns that name image files.
IMAGE_NAMES = (
    *("fileloc", "filename", "filepath", "file", "imagepath", "imagefile", "imagename", "image", "path", "imgpath"),
    *("img", "imgname", "jpgloc", "pngloc", "localpngloc", "localjpgloc", "jpgpath", "pngpath", "location", "cutout"),
    *("thumbnail", "assetid"),
)


def simplified(name: str) -> str:
    """A column's name in lower case, without punctuation.

    Examples
    --------
    >>> simplified("file_loc")
    'fileloc'
    """
    return re.sub(r"[^a-z0-9]", "", name.lower())


def is_id_name(column: str) -> bool:
    """Whether a column is called like one of ids or images.

    Examples
    --------
    >>> is_id_name("GalaxyID"), is_id_name("redshift")
    (True, False)
    """
    return rank(column) < len(ID_NAMES) + len(IMAGE_NAMES) + 1


def rank(column: str) -> int:
    """The position of a column's name among the usual ones, the most likely id first.

    Examples
    --------
    >>> rank("objID") < rank("iauname") < rank("file_loc") < rank("redshift")
    True
    """
    name = simplified(column)
    if name in ID_NAMES:
        return ID_NAMES.index(name)
    if name in IMAGE_NAMES:
        return len(ID_NAMES) + IMAGE_NAMES.index(name)
    # 'my_galaxy_id', 'SDSS_ID'
    return len(ID_NAMES) + len(IMAGE_NAMES) + (0 if re.fullmatch(r".*(_id|_ID|ID|Id|name|NAME)", column) else 1)


def looks_like_cell(column: str, cells: Iterable[str]) -> bool:
    """Whether a column is called like its first cells apart from the digits: its name is the cell of a row.

    Examples
    --------
    >>> looks_like_cell("NGC 12", ["NGC 7", "NGC 113"]), looks_like_cell("dr7objid", ["5877", "5878"])
    (True, False)
    """
    if column.isdigit() and len(column) < _MIN_DIGITS:
        return False  # pandas numbers columns without a name
    first = [_DIGITS.sub("0", cell.strip()) for cell in islice(cells, 20)]
    return len(first) > 0 and {_DIGITS.sub("0", column)} == set(first) and "0" in first[0]
