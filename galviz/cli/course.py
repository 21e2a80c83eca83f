"""The commands start, notebooks, project and new-lesson."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.cli.arguments import output_folder
from galviz.cli.command import CHECK_FAILED, DONE, Command, display_path, fail

if TYPE_CHECKING:
    from galviz.course.workspace import WrittenFile


def _start_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lessons", metavar="LESSON", nargs="*", help="a lesson, such as hooks (default: all)")
    parser.add_argument(
        "--again", action="store_true", help="copy the exercises again; your file is kept under another name"
    )


def _start(options: argparse.Namespace) -> int:
    from galviz.course.check import find_tasks
    from galviz.course.commands import command
    from galviz.course.settings import read_settings
    from galviz.course.workspace import start

    offered = read_settings().lessons
    selected = [lesson for name in options.lessons for lesson, _ in find_tasks(offered, name)] or offered
    for started in start(dict.fromkeys(selected), again=options.again):
        _print_copied(started, "the new exercises")
    print(f"Open one in your editor, write a function, then run: {command(f'check {selected[0].slug}')}")
    return DONE


def _print_copied(started: "WrittenFile", content: str) -> None:
    if started.backup:
        print(f"{display_path(started.path)}: {content}; your previous file is now {started.backup.name}")
    elif started.created:
        print(display_path(started.path))
    else:
        print(f"{display_path(started.path)} exists and wasn't changed")


def _notebooks_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lessons", metavar="LESSON", nargs="*", help="a lesson, such as hooks (default: all)")
    parser.add_argument(
        "--out",
        type=output_folder,
        default=Path("notebooks"),
        metavar="FOLDER",
        help="the folder to write to (default: notebooks)",
    )
    parser.add_argument("--solved", action="store_true", help="include the solutions")
    parser.add_argument(
        "--again", action="store_true", help="write them again; your notebook is kept under another name"
    )


def _notebooks(options: argparse.Namespace) -> int:
    from galviz.course.check import find_tasks
    from galviz.course.notebooks import write_notebook
    from galviz.course.settings import CLOSED, read_settings

    settings = read_settings()
    if options.solved and settings.solutions == CLOSED:
        return fail("the instructor has closed the solutions (course.toml)", CHECK_FAILED)
    offered = settings.lessons
    selected = [lesson for name in options.lessons for lesson, _ in find_tasks(offered, name)] or offered
    for lesson in dict.fromkeys(selected):
        number = offered.index(lesson) + 1
        started = write_notebook(lesson, options.out, number=number, solved=options.solved, again=options.again)
        _print_copied(started, "the new notebook")
    print("Open one in Jupyter, with this Python as its kernel.")
    return DONE


def _project_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="FOLDER", nargs="?", type=output_folder, help="the project's folder (default: work/project)"
    )
    parser.add_argument("--run", action="store_true", help="run the project's analysis.py")
    parser.add_argument("--report", action="store_true", help="write report.html, and list what is still missing")


def _project(options: argparse.Namespace) -> int:
    from galviz.course.commands import command
    from galviz.course.project import create_project, missing_parts, project_folder, read_project, run_analysis
    from galviz.course.projectreport import write_report

    folder = options.folder or project_folder()
    name = f"project {options.folder}" if options.folder else "project"
    if not (options.run or options.report):
        create_project(folder)
        print(f"{display_path(folder)} has a text (project.md), an analysis (analysis.py) and a rubric (rubric.md).")
        print("Write your claim into project.md first. Then edit analysis.py, and run:")
        print(f"  {command(f'{name} --run --report')}")
        return DONE
    if options.run and (status := run_analysis(folder)):
        return fail(f"analysis.py ended with exit status {status}; its message is above", CHECK_FAILED)
    if options.report:
        project = read_project(folder)
        print(f"Report: {display_path(write_report(project))}")
        missing = missing_parts(project)
        print("\n".join(f"  missing: {sentence}" for sentence in missing) or "Nothing is missing.")
        return CHECK_FAILED if missing else DONE
    return DONE


def _new_lesson_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("slug", metavar="NAME", help="name of its folder and URL: one word in lower case, such as dust")
    parser.add_argument("title", metavar="TITLE", help='title of the lesson, such as "What dust does"')


def _new_lesson(options: argparse.Namespace) -> int:
    from galviz.course.manifest import load_lessons
    from galviz.course.template import copy_template, manifest_entry

    folder = copy_template(options.slug, options.title, {lesson.slug for lesson in load_lessons()})
    print(f"{display_path(folder)} is a working lesson. Add this table to lessons/manifest.toml:\n")
    print(manifest_entry(options.slug, options.title))
    print("\nThen edit its files. To see what is missing, run: python -m pytest tests/course/test_exercises.py")
    return DONE


COMMANDS = {
    "start": Command(
        "Copy the exercises to work/, where you write your code.",
        "Each lesson's exercises are one Python file with empty functions. Existing files aren't changed.",
        "start hooks",
        _start_arguments,
        _start,
    ),
    "notebooks": Command(
        "Write lessons as Jupyter notebooks.",
        "Each notebook has the lesson's text, its code and its exercises. Existing files aren't changed.",
        "notebooks hooks --out notebooks",
        _notebooks_arguments,
        _notebooks,
    ),
    "project": Command(
        "Create your own project, run its analysis, and write its report.",
        "A project tests a claim about your own galaxies against controls, with intervals. Existing files aren't "
        "changed. Exit status 1 if something is missing in the report.",
        "project --run --report",
        _project_arguments,
        _project,
    ),
    "new-lesson": Command(
        "Create a lesson of your own from a template.",
        "It writes a folder under lessons/ and prints the entry to add to lessons/manifest.toml.",
        'new-lesson dust "What dust does"',
        _new_lesson_arguments,
        _new_lesson,
    ),
}
