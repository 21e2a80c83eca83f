"""The SQL query: the tutorial's sample of galaxies with a metallicity, in SkyServer's dialect (Transact-SQL).

Tables and columns are those of the schema at skyserver.sdss.org (DR8 and later). SpecObj holds the best spectrum of
each object, Galaxy the primary detections of extended objects, and the galSpec tables the MPA-JHU measurements.
"""

import math

from galviz.sdss.request import SdssRequest

# Column of the catalogue -> its column in the query. Units: degrees, arcsec, magnitudes, dex.
COLUMNS = {
    "objID": "g.objID",
    "specObjID": "s.specObjID",
    "ra": "g.ra",
    "dec": "g.dec",
    "z": "s.z",
    "petroRad_r": "g.petroRad_r",
    "petroR50_r": "g.petroR50_r",
    "petroR90_r": "g.petroR90_r",
    "petroMag_r": "g.petroMag_r",
    **{f"modelMag_{band}": f"g.modelMag_{band}" for band in "ugriz"},
    "oh_p50": "e.oh_p50",
    "lgm_tot_p50": "e.lgm_tot_p50",
    "sfr_tot_p50": "e.sfr_tot_p50",
    "specsfr_tot_p50": "e.specsfr_tot_p50",
    "bptclass": "e.bptclass",
    "reliable": "i.reliable",
    "h_alpha_flux": "l.h_alpha_flux",
    "d4000_n": "x.d4000_n",
}
_SAMPLE = (
    "g.petroMag_r BETWEEN 10 AND 18",
    "g.modelMag_u-g.modelMag_r BETWEEN 0 AND 6",
    *(f"g.modelMag_{band} BETWEEN 10 AND 25" for band in "ugriz"),
    "s.rChi2<2",
    "s.zErr>0",
    "s.zErr<0.01",
    "s.z>0.02",
    "e.oh_p50<>-9999",
)


def build_query(request: SdssRequest) -> str:
    """Write the query for a sample of galaxies.

    Parameters
    ----------
    request : SdssRequest

    Returns
    -------
    str
        One SELECT on one line. Its columns are `COLUMNS`, in this order.

    Notes
    -----
    The sample is random but reproducible: galaxies are sorted by the MD5 checksum of their objID combined with the seed
    by exclusive or, and the first `n` are taken. A smaller sample with the same seed is the start of a larger one.

    The query is short, because servers limit the length of a URL. It has no ``+``, which a proxy could decode as a
    space, and encloses negative numbers in brackets: ``x--0.3`` would begin a comment.

    Examples
    --------
    >>> query = build_query(SdssRequest(n=100, where="s.z < 0.1"))
    >>> print(query[:22], "...", query[query.index("e.oh_p50<>") : query.index("HASH")] + "…")
    SELECT TOP 100 g.objID ... e.oh_p50<>-9999 AND (s.z < 0.1) ORDER BY …
    """
    conditions = [*_SAMPLE, *_sky_conditions(request)]
    if request.where is not None:
        conditions.append(f"({request.where})")
    return (
        f"SELECT TOP {request.n} {','.join(COLUMNS.values())} "
        "FROM SpecObj s JOIN Galaxy g ON g.objID=s.bestObjID "
        "JOIN galSpecExtra e ON e.specObjID=s.specObjID JOIN galSpecInfo i ON i.specObjID=s.specObjID "
        "JOIN galSpecLine l ON l.specObjID=s.specObjID JOIN galSpecIndx x ON x.specObjID=s.specObjID "
        f"WHERE {' AND '.join(conditions)} "
        f"ORDER BY HASHBYTES('MD5',CAST(g.objID^{request.seed} AS binary(8))),s.specObjID"
    )


def _sky_conditions(request: SdssRequest) -> list[str]:
    """A circle: the squared distance between unit vectors, which is exact for small and large radii and at the poles.

    SkyServer's fGetNearbyObjEq would list every object in the circle, stars included. The range of declination lets the
    server skip most rows.
    """
    if request.sky is None:
        return []
    ra, dec, radius = map(math.radians, request.sky)
    centre = {"cx": math.cos(dec) * math.cos(ra), "cy": math.cos(dec) * math.sin(ra), "cz": math.sin(dec)}
    x, y, z = (f"SQUARE(g.{axis}-({value:.12f}))" for axis, value in centre.items())
    lowest, highest = request.sky[1] - request.sky[2] - 1e-6, request.sky[1] + request.sky[2] + 1e-6
    return [
        f"g.dec BETWEEN {lowest:.7f} AND {highest:.7f}",
        f"{x}<={4 * math.sin(radius / 2) ** 2:.15f}-{y}-{z}",
    ]
