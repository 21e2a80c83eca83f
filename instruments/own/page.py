"""Page 'Your galaxies': upload a survey, choose its columns, check it, and see what the network's input will be."""

import pandas as pd
import streamlit as st

from galviz.importing.plan import ImportPlan
from galviz.importing.question import ImportQuestion
from galviz.importing.writing import write_import
from galviz.network.card import read_card
from galviz.network.crops import network_crop, outline_crops
from galviz.network.framing import framing_warnings
from galviz.survey.sample import draw_sample
from galviz.survey.survey import Survey, SurveyError
from panels.arguments import read_arguments
from panels.chosen_survey import choose_users_survey
from panels.computation import Computation, progress_in
from panels.features_source import read_source
from panels.import_words import error_in_page_words, in_page_words, question_in_page_words
from panels.lesson_frame import AUDIT, COMPARE, EXPLORE, GALAXY, LAYERS, UNITS
from panels.markdown import escape_markdown, escape_markdown_except_code, markdown_code
from panels.own_reading import Options, forget_reading, read_upload
from panels.own_survey import OwnGalaxies, own_galaxies
from panels.pictures import shorten_id, show_pictures
from panels.survey_features import find_or_compute_features
from panels.survey_problems import show_problem_groups
from panels.surveys import OpenSurvey
from panels.upload_checks import UploadError
from panels.uploads import MAX_BYTES, MAX_FILES

_LAYOUT = """\
my-survey.zip
├── galaxies.csv
└── images/
    ├── 587722.jpg
    └── 587723.jpg"""
_TABLES = [*"csv tsv txt dat ecsv gz parquet fits fit xml vot votable zip".split()]
_IMAGES = [*"jpg jpeg jfif jpe png tif tiff webp bmp".split()]
_N_PREVIEWED, _SDSS_ARCSEC = 6, 0.396
_AUTO = "(choose for me)"
_N_COLUMNS, _N_CHARACTERS = 100, 200
_IMAGES_PER_CHECK = 256


def _upload(own: OwnGalaxies) -> None:
    """Draw the uploader; what it receives is moved to the session's folder."""
    st.markdown(
        "Upload a table and its images, a folder, or a zip of both. galviz reads CSV, TSV, ECSV, Parquet, FITS and "
        "VOTable tables. Folders of images by class need no table. For larger surveys and HDF5 files, run "
        "`python -m galviz import` on your own machine."
    )
    how = st.segmented_control("Upload", ["Files or a zip", "A folder"], default="Files or a zip", required=True)
    number = st.session_state.setdefault("upload_number", 0)
    files = st.file_uploader(
        f"At most {MAX_BYTES >> 20} MB and {MAX_FILES:,} files. They stay in this session: no other visitor sees them, "
        "and they are deleted when you close or reload this page in the browser.",
        type=_TABLES + _IMAGES,
        accept_multiple_files="directory" if how == "A folder" else True,
        max_upload_size=MAX_BYTES >> 20,
        key=f"upload-{how}-{number}",
    )
    if error := st.session_state.pop("upload_error", None):
        st.error(escape_markdown_except_code(error), icon=":material/upload_file:")
    if not files:
        st.caption(
            "For example, with a row per galaxy in the table (its id, and numbers such as a label), and images named "
            "after the id or another column:"
        )
        st.code(_LAYOUT, language=None)
        return
    try:
        with st.spinner("Receiving the files …"):
            source = own.uploads.receive(files)
    except UploadError as error:
        st.session_state["upload_error"] = str(error)
    else:
        own.source, own.folder = source, None
        for key in ("own_id", "own_image", "own_label", "own_missing", "own_problems"):
            st.session_state.pop(key, None)
        forget_reading()
    # A new uploader: that frees the memory in which Streamlit holds the files.
    st.session_state["upload_number"] = number + 1
    st.rerun()


def _choose_columns(own: OwnGalaxies) -> ImportPlan | None:
    """Draw the controls for the columns and the first rows; return the plan, or None if galviz has a question."""
    options = _chosen_options()
    reading = read_upload(own, options)
    columns = reading.columns
    if columns:
        st.header("Columns")
    if isinstance(reading.error, ImportQuestion):
        st.info(escape_markdown(question_in_page_words(reading.error)), icon=":material/help:")
    elif reading.error is not None:
        _show_error(reading.error)
        if options == Options():
            st.button("Upload other files", icon=":material/upload:", type="primary", on_click=own.start_again)
            return None
        columns = st.session_state.get("own_columns", ())  # so that another one can be chosen
    st.session_state["own_columns"] = columns
    if columns:
        choices = [_AUTO, *columns]
        first, second, third, fourth = st.columns(4)
        first.selectbox("Ids", choices, key="own_id", help="Identifies each galaxy.")
        second.selectbox("Images", choices, key="own_image", help="Names the image's file, if the id doesn't.")
        third.selectbox("Label", choices, key="own_label", help="Numbers to compare predictions with.")
        fourth.text_input(
            "Missing values", key="own_missing", placeholder="-1, unknown", help="Besides −9999 and others."
        )
    if reading.rows:
        _show_rows(columns, reading.rows)
    return reading.plan


def _show_rows(columns: tuple[str, ...], rows: list[list[str]]) -> None:
    """Draw the first rows: of a wide table the first columns, of a long text its beginning."""
    shown = [[cell if len(cell) <= _N_CHARACTERS else f"{cell[:_N_CHARACTERS]}…" for cell in row] for row in rows]
    table = pd.DataFrame(shown, columns=list(columns)).iloc[:, :_N_COLUMNS]
    st.dataframe(table, hide_index=True, height="content")
    if len(columns) > _N_COLUMNS:
        st.caption(f"The first {len(rows)} rows, and the first {_N_COLUMNS} of {len(columns):,} columns.")


def _chosen_options() -> Options:
    """The options in the widgets, which may not have been drawn yet."""
    state = st.session_state
    chosen = (None if state.get(key) in (None, _AUTO) else state[key] for key in ("own_id", "own_image", "own_label"))
    return Options(*chosen, tuple(filter(None, map(str.strip, state.get("own_missing", "").split(",")))))


def _show_error(error: ValueError) -> None:
    """Show the problems of an upload, or the one sentence of another error."""
    if isinstance(error, SurveyError):
        show_problem_groups(error, "Your upload")
    else:
        st.error(escape_markdown(error), icon=":material/error:")


def _show_plan(plan: ImportPlan) -> None:
    """Say what was recognised."""
    ids = "named after their images" if plan.id_column is None else f"ids from {markdown_code(plan.id_column)}"
    label = "no label" if plan.label is None else f"the label {markdown_code(plan.label)}"
    galaxies = "1 galaxy" if plan.n_galaxies == 1 else f"{plan.n_galaxies:,} galaxies"
    st.markdown(f"**{galaxies}**, {ids}, with {label}.")
    st.caption("\n".join(f"- {escape_markdown(in_page_words(note))}" for note in plan.notes))


def _read_survey(own: OwnGalaxies, plan: ImportPlan) -> None:
    """Make the survey folder when the user presses the button; show which images can't be used."""
    problems, skip_broken = st.session_state.get("own_problems", (None, None)), False
    if problems[0] == plan:
        _show_error(problems[1])
        skip_broken = st.checkbox("Leave out the galaxies whose images can't be used", key="own_skip")
    computation = Computation("import", (str(own.source), plan.options, skip_broken))
    if not computation.is_requested("Read the galaxies"):
        return

    def compute(bar: st.delta_generator.DeltaGenerator) -> None:
        folder, show_progress = own.uploads.new_folder("survey"), progress_in(bar)

        def report(done: int, total: int) -> None:
            show_progress(done, total)
            if done % _IMAGES_PER_CHECK == 0 or done == total:
                own.uploads.check_size()

        try:
            result = write_import(plan, folder, link=True, skip_broken=skip_broken, progress=report)
        except ValueError as error:
            shown = error_in_page_words(error) if isinstance(error, SurveyError) else error
            st.session_state["own_problems"] = (plan, shown)
        except OSError as error:
            full = ValueError(f"The server can't keep the images ({error.strerror}). Try again later.")
            st.session_state["own_problems"] = (plan, full)
        else:
            own.folder, own.label, own.scale, own.facts = folder, plan.label, 1.0, result.facts
            choose_users_survey()
            st.session_state.pop("own_problems", None)

    computation.run(compute, first_step="Copying the images …")
    st.rerun()


def _load(own: OwnGalaxies) -> Survey | None:
    """Load the session's survey folder; None, with its problems shown, if it can't be read."""
    bar = st.progress(0.0, "Decoding the images …")
    try:
        return own.load(progress_in(bar))
    except SurveyError as error:
        show_problem_groups(error, "Your upload")
        return None
    finally:
        bar.empty()


def _choose_scale(own: OwnGalaxies, survey: Survey) -> None:
    """Draw the control for the pixel scale, and what the network's input will be."""
    card = read_card(read_arguments().model)
    left, right = st.columns([1, 3], gap="medium")
    with left:
        arcsec = st.number_input(
            "Pixel scale of your images (arcsec per px)",
            min_value=_SDSS_ARCSEC / 16,
            max_value=_SDSS_ARCSEC * 16,
            value=_SDSS_ARCSEC * own.scale,
            step=0.01,
            format="%.3f",
            help=f"galviz's own network was trained on pixels of {_SDSS_ARCSEC} arcsec. Images are resampled to them.",
        )
        scale = round(arcsec / _SDSS_ARCSEC, 4)
        resampled = "Images aren't resampled." if scale == 1 else f"Images are resampled by {scale:g}."
        st.caption(f"{resampled} Cyan marks the network's input, {card.crop_px} × {card.crop_px} px.")
        if scale != own.scale:
            own.scale = scale
            st.rerun()
        sizes = survey.image_sizes
        for warning in framing_warnings(sizes, card.pad_px, card.crop_px, survey.scale, advise_scale=False):
            st.caption(escape_markdown(warning))
    with right:
        ids = draw_sample(survey.object_ids, min(_N_PREVIEWED, len(survey.object_ids)))
        images = [survey.image(object_id) for object_id in ids]
        outlined = [outline_crops(image, {card.crop_px: "cyan"}) for image in images]
        inputs = [network_crop(image, card.pad_px, card.crop_px) for image in images]
        names = [escape_markdown(shorten_id(object_id)) for object_id in ids]
        st.caption("Some of your images")
        show_pictures(outlined, names, [f"The image of {name}" for name in ids], columns=_N_PREVIEWED)
        st.caption("The network's input")
        show_pictures(inputs, names, [f"The network's input for {i}" for i in ids], columns=_N_PREVIEWED)


def page() -> None:
    """Draw the page."""
    own = own_galaxies()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Your galaxies", width="content")
        if own.source is not None:
            st.button("Remove them", icon=":material/delete:", type="tertiary", on_click=own.start_again)
    if own.source is None:
        _upload(own)
        return
    if own.folder is None:
        plan = _choose_columns(own)
        if plan is not None:
            _show_plan(plan)
            _read_survey(own, plan)
        return
    survey = _load(own)
    if survey is not None:
        opened = OpenSurvey(survey, shipped=False, private=True)
        st.markdown(
            f"**{opened.counted}**. They stay in this session, and are deleted when you close or reload "
            "this page in the browser."
        )
        st.header("The network's input")
        _choose_scale(own, survey)
        st.page_link(AUDIT, label="Audit: are images damaged, copied or off-centre?", icon=":material/fact_check:")
        st.header("Features")
        find_or_compute_features(opened, read_source(opened))
        st.success("The features are ready. These pages show your galaxies:", icon=":material/check:")
        with st.container(horizontal=True):
            for target in (EXPLORE, LAYERS, UNITS, COMPARE, GALAXY):
                st.page_link(target)
