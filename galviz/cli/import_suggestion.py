"""What check-survey suggests for a folder that isn't a survey folder but can be imported."""

import shlex
from contextlib import closing

from galviz.importing.plan import plan_import
from galviz.importing.question import ImportQuestion
from galviz.survey.problem import Kind
from galviz.survey.survey import SurveyError


def suggest_import(source: str, error: SurveyError, label: str | None) -> str | None:
    """Suggest a command that imports a folder which isn't a survey folder, a sentence; None if it wouldn't help.

    Parameters
    ----------
    source : str
    error : SurveyError
        From `galviz.survey.survey.load_survey`. Damaged images alone are no reason to import.
    label : str or None
    """
    problems = [group.examples[0] for group in error.groups]
    are_images = [problem.file.startswith("images/") for problem in problems]
    kinds = {problem.kind for problem in problems}
    # An import keeps the cells of the label as they are.
    if (all(are_images) and Kind.MISSING_IMAGE not in kinds) or Kind.LABEL in kinds:
        return None
    command = ["python", "-m", "galviz", "import", source, "--out", "NEW-FOLDER"]
    try:
        plan = plan_import(source, label=label)
    except ImportQuestion as question:
        if all(problem.object_id or is_image for problem, is_image in zip(problems, are_images, strict=True)):
            return None
        return f"{shlex.join(command)} can import it with one more option: {question}"
    except (ValueError, OSError):
        return None
    with closing(plan):
        options = {"--id": plan.id_column, "--image": plan.image_column, "--label": plan.label}
        command += [word for option, value in options.items() if value is not None for word in (option, value)]
        rows = plan.n_galaxies + plan.n_without_image
        galaxies = (
            f"{plan.n_galaxies:,} galaxies" if plan.n_galaxies == rows else f"{plan.n_galaxies:,} of {rows:,} rows"
        )
        return f"galviz can import it as a survey ({galaxies}): {shlex.join(command)}"
