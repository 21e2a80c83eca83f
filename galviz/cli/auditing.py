"""The command audit, and the option --exclude of other commands."""

import argparse
import json
from typing import TYPE_CHECKING

from galviz.cli.arguments import LABEL_HELP, output_file
from galviz.cli.command import BAD_INPUT, DONE, Command
from galviz.cli.streams import progress_bar

if TYPE_CHECKING:
    from galviz.audit.findings import Audit


def _audit_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("folder", metavar="FOLDER", help="a folder with master.csv and images/<objID>.jpg (.jpeg, .png)")
    add("--label", metavar="COLUMN", help=LABEL_HELP)
    add_exclude(parser)
    add("--out", type=output_file, metavar="FILE.csv", help="write all findings as CSV")
    add("--sheet", type=output_file, metavar="FILE.png", help="write a contact sheet of the pictures found")
    add(
        "--write-exclude",
        type=output_file,
        metavar="FILE",
        help="write a list for --exclude: galaxies with a fatal finding, and the suspicious ones as comments",
    )
    add("--force", action="store_true", help="replace files that exist")
    add("--json", action="store_true", help="print one JSON object")


def add_exclude(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--exclude FILE``, of which `read_excluded` reads the ids.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_exclude(parser)
    >>> parser.parse_args(["--exclude", "bad.txt"]).exclude
    'bad.txt'
    """
    parser.add_argument(
        "--exclude", metavar="FILE", help="leave out these galaxies: one objID per line, # for comments (see audit)"
    )


def read_excluded(options: argparse.Namespace) -> list[str]:
    """The ids of ``--exclude``; none without the option.

    Examples
    --------
    >>> read_excluded(argparse.Namespace(exclude=None))
    []
    """
    from galviz.survey.exclusion import read_exclusion

    return [] if options.exclude is None else read_exclusion(options.exclude)


def _audit(options: argparse.Namespace) -> int:
    from galviz.audit.audit import audit_folder
    from galviz.cli.output import Output
    from galviz.files.writing import write_text

    named = {"--out": options.out, "--sheet": options.sheet, "--write-exclude": options.write_exclude}
    paths = [path for path in named.values() if path is not None]
    if len({path.absolute() for path in paths}) < len(paths):
        raise ValueError("--out, --sheet and --write-exclude must name different files.")
    inputs = [options.folder, *([options.exclude] if options.exclude else [])]
    outputs = {
        name: Output(path, force=options.force, inputs=inputs) for name, path in named.items() if path is not None
    }
    excluded = read_excluded(options)
    with progress_bar("auditing", "step") as progress:
        audit = audit_folder(options.folder, options.label, exclude=excluded, progress=progress)
    if output := outputs.get("--out"):
        with output.writing() as temporary:
            write_text(temporary, audit.table.to_csv(index=False, lineterminator="\n"))
    if output := outputs.get("--write-exclude"):
        with output.writing() as temporary:
            write_text(temporary, audit.exclusion())
    if output := outputs.get("--sheet"):
        from galviz.audit.sheet import contact_sheet

        with output.writing() as temporary:
            contact_sheet(audit).save(temporary, "PNG")
    if options.json:
        print(json.dumps(_report(options.folder, audit, excluded), indent=2))
    else:
        print(format_audit(options.folder, audit, len(excluded)), *_written(outputs), sep="\n")
    return BAD_INPUT if audit.is_fatal else DONE


def _report(folder: str, audit: "Audit", excluded: list[str]) -> dict[str, object]:
    return {
        "folder": folder,
        "galaxies": audit.n_galaxies,
        "excluded": excluded,
        "kinds": [
            {"kind": group.kind, "severity": group.severity, "count": len(group.findings), "remedy": group.remedy}
            for group in audit.groups
        ],
        "findings": json.loads(audit.table.to_json(orient="records")),
    }


def _written(outputs: dict[str, object]) -> list[str]:
    names = {"--out": "findings", "--sheet": "contact sheet", "--write-exclude": "list of galaxies to exclude"}
    return [f"{names[name]}: {output.path}" for name, output in outputs.items()]


def format_audit(folder: str, audit: "Audit", n_excluded: int = 0) -> str:
    """Format an audit: each kind of finding with its number, what to do, and the first five.

    Parameters
    ----------
    folder : str
    audit : Audit
    n_excluded : int
        Number of galaxies that were left out.

    Examples
    --------
    >>> from pathlib import Path
    >>> from galviz.audit.findings import Audit, Finding
    >>> finding = Finding("off-centre", "1", "images/1.jpg", "its brightest smooth object is 60 px from the centre")
    >>> print(format_audit("my-survey", Audit(Path("my-survey"), 40, [finding])))
    my-survey: 40 galaxies audited; nothing fatal, 1 suspicious finding.
    <BLANKLINE>
    suspicious: off-centre (1): look at the picture: if the galaxy isn't in the middle, check its coordinates.
      images/1.jpg: its brightest smooth object is 60 px from the centre
    """
    n_fatal = sum(finding.severity == "fatal" for finding in audit.details)
    n_suspicious = len(audit.details) - n_fatal
    galaxies = f"{audit.n_galaxies:,} {'galaxy' if audit.n_galaxies == 1 else 'galaxies'} audited"
    excluded = f", {n_excluded:,} excluded" if n_excluded else ""
    fatal = f"{n_fatal:,} fatal" if n_fatal else "nothing fatal"
    suspicious = f"{n_suspicious:,} suspicious" if n_suspicious else "nothing suspicious"
    noun = "" if not n_suspicious else " finding" if n_suspicious == 1 else " findings"
    lines = [f"{folder}: {galaxies}{excluded}; {fatal}, {suspicious}{noun}."]
    for group in audit.groups:
        lines += ["", f"{group.severity}: {group.kind} ({len(group.findings):,}): {group.remedy}."]
        lines += [f"  {finding}" for finding in group.examples]
        if (n_more := len(group.findings) - len(group.examples)) > 0:
            lines.append(f"  … and {n_more:,} more (--out or --json list all)")
    return "\n".join(lines)


COMMANDS = {
    "audit": Command(
        "List what may be wrong with a survey's images and values, before anything is computed.",
        "It reads the catalogue and every image: blank, damaged, missing and odd-shaped images, Git LFS pointers, "
        "placeholders, copies under different ids, galaxies off-centre, sentinel values and label outliers. Fatal "
        "findings are what other commands refuse; suspicious ones are for you to judge. Exit status 2 if there is a "
        "fatal finding.",
        "audit my-survey --sheet audit.png --write-exclude exclude.txt",
        _audit_arguments,
        _audit,
    ),
}
