"""Headers of FITS files: those of real files pass, those that would keep astropy busy for hours don't."""

import io

import pytest

from galviz.files.fits_headers import header_fault


def hdu(*cards, data=b""):
    content = "".join(card.ljust(80) for card in (*cards, "END")).encode()
    return content.ljust(-(-len(content) // 2880) * 2880) + data.ljust(-(-len(data) // 2880) * 2880, b"\0")


IMAGE = hdu(
    "SIMPLE  =                    T", "BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = 50", "NAXIS2  = 60", data=b"x" * 6000
)
LATER = "XTENSION= 'IMAGE   '", "BITPIX  = 8"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (IMAGE, None),
        (IMAGE + hdu(*LATER, "NAXIS   = 999"), None),
        (IMAGE[:4000], None),
        (IMAGE + hdu(*LATER, "NAXIS   = 1", "NAXIS1  = 999999999999999999999"), None),
        (hdu("SIMPLE  = T", "NAXIS   = 999999999"), "its header has 999,999,999 axes"),
        (IMAGE + hdu(*LATER, "NAXIS   =           +1000 / axes"), "its header has 1,000 axes"),
        (IMAGE + hdu(*LATER, "NAXIS   = 0", "TFIELDS = 88888888"), "its header has 88,888,888 columns"),
        (IMAGE + hdu(*LATER, *["COMMENT"] * 60_000), "its headers have more than 50,000 lines"),
        (IMAGE + hdu(*LATER, "NAXIS   = 0") * 2000, "its headers have more than 50,000 lines"),
    ],
)
def test_header_fault(content, fault):
    file = io.BytesIO(content)
    assert header_fault(file) == fault
    assert file.tell() == 0
