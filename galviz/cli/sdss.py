"""The command fetch-sdss: a survey folder of SDSS galaxies."""

import argparse
import sys
from contextlib import suppress

from galviz.cli.arguments import at_least, output_folder
from galviz.cli.command import DONE, INTERRUPTED, Command, fail, warn
from galviz.cli.streams import progress_bar

_MAX_TIMEOUT_S = 3600


def _arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--n", type=at_least(1), required=True, metavar="N", help="number of galaxies, at most 500,000")
    add("--out", type=output_folder, required=True, metavar="FOLDER", help="the survey folder to write or to continue")
    add("--sky", metavar="RA,DEC,RADIUS", help="only galaxies in a circle on the sky, in degrees: 150.1,2.2,1.5")
    add(
        "--where",
        metavar="SQL",
        help="a further condition; tables: s SpecObj, g Galaxy, e galSpecExtra, i galSpecInfo, l galSpecLine, "
        "x galSpecIndx. Example: 's.z < 0.1 AND e.bptclass = 1'",
    )
    add("--size-px", type=at_least(1), default=160, metavar="PX", help="width and height of the images (default: 160)")
    scale = parser.add_mutually_exclusive_group()
    scale.add_argument(
        "--scale", type=float, default=0.396, metavar="S", help="arcsec per pixel (default: 0.396, that of SDSS)"
    )
    scale.add_argument(
        "--petrosian", action="store_true", help="scale each image so that its side is 5 Petrosian R90 radii"
    )
    add("--seed", type=at_least(0), default=0, metavar="S", help="chooses the random sample (default: 0)")
    add("--release", type=at_least(8), default=17, metavar="DR", help="SDSS data release (default: 17)")
    add("--workers", type=at_least(1), default=4, metavar="W", help="images requested at a time (default: 4)")
    add("--rate", type=float, default=5.0, metavar="R", help="most requests per second (default: 5)")
    add("--timeout", type=float, default=60.0, metavar="S", help="most seconds for one image (default: 60)")
    add("--retry-failed", action="store_true", help="request images again that the server didn't have")
    add("--server", metavar="URL", help="SkyServer or a mirror (default: https://skyserver.sdss.org)")


def _fetch(options: argparse.Namespace) -> int:
    from galviz.sdss.fetching import fetch_survey
    from galviz.sdss.limits import Limits
    from galviz.sdss.request import SERVER, SdssRequest, parse_sky

    if not 0 < options.timeout <= _MAX_TIMEOUT_S:
        raise ValueError(f"--timeout must be more than 0 and at most {_MAX_TIMEOUT_S} seconds; got {options.timeout}.")
    request = SdssRequest(
        n=options.n,
        sky=None if options.sky is None else parse_sky(options.sky),
        where=options.where,
        size_px=options.size_px,
        scale=options.scale,
        petrosian=options.petrosian,
        seed=options.seed,
        release=options.release,
        server=SERVER if options.server is None else options.server,
    )
    try:
        with progress_bar("fetching images", "image") as progress:
            result = fetch_survey(
                options.out,
                request,
                workers=options.workers,
                rate=options.rate,
                retry_failed=options.retry_failed,
                limits=Limits(total_s=options.timeout),
                progress=progress,
                note=_print_above_bar,
            )
    except KeyboardInterrupt:
        n_images = sum(1 for _ in (options.out / "images").glob("[0-9]*.jpg"))
        kept = f"{options.out} has {n_images:,} images so far, all complete" if n_images else "no image was written yet"
        return fail(f"interrupted; {kept}. Run the same command again to continue.", INTERRUPTED)
    print(f"{result.n_galaxies:,} galaxies: {options.out}")
    if result.failures:
        warn(
            f"{len(result.failures):,} galaxies have no image and aren't in master.csv; "
            f"{options.out / 'failures.csv'} has the reasons."
        )
    if result.n_to_repeat:
        warn(f"Run the same command again to request {result.n_to_repeat:,} of them again.")
    warn("Credit the Sloan Digital Sky Survey: sdss.json says how.")
    return DONE


def _print_above_bar(line: str) -> None:
    """Print to stderr, above the progress bar; a full or closed stderr doesn't end the fetch."""
    from tqdm import tqdm

    with suppress(OSError):
        tqdm.write(line, file=sys.stderr)


COMMANDS = {
    "fetch-sdss": Command(
        "Fetch galaxies from the Sloan Digital Sky Survey into a survey folder.",
        "It queries SkyServer for a random sample of galaxies with a measured metallicity, and requests one colour "
        "image for each, a few at a time. It writes master.csv, images/, failures.csv (galaxies without an image) and "
        "sdss.json (the query, and how to give credit). If it is interrupted, repeat the command to continue.",
        "fetch-sdss --n 5000 --out my-sdss",
        _arguments,
        _fetch,
    ),
}
