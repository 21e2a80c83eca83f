"""The audit of a session: run once, its findings drawn by kind, and the galaxies ticked to be excluded."""

import shlex
from collections.abc import Callable

import streamlit as st

from galviz.audit.audit import audit_folder
from galviz.audit.findings import FATAL, Audit, Finding, FindingGroup
from galviz.audit.sheet import contact_sheet, thumbnail
from panels.arguments import read_arguments
from panels.chosen_survey import chosen_survey
from panels.computation import Computation, progress_in
from panels.exclusion import session_excluded, set_session_excluded
from panels.markdown import escape_markdown, markdown_code
from panels.pictures import encode, shorten_id
from panels.spreadsheet import spreadsheet_csv

_AUDITS, _CHOSEN = "audits", "audit_chosen"
_N_PICTURES, _MORE_PICTURES, _THUMBNAIL_PX, _MIN_WIDTH_PX, _COLUMNS = 16, 64, 128, 110, 8
_WITHOUT_PICTURE = {"catalogue", "missing image", "Git LFS pointer"}


def run_audit() -> Audit:
    """Return the audit of the app's survey; until it has been run, the page shows a button and stops."""
    survey = chosen_survey()
    key = (survey.path, survey.label, survey.excluded)
    audits: dict[tuple, Audit] = st.session_state.setdefault(_AUDITS, {})
    if key not in audits:
        computation = Computation("audit", key)
        if not computation.is_requested("Audit the galaxies"):
            st.caption("Every image is read. This takes about 10 s per 1,000 galaxies.")
            st.stop()

        def compute(bar: st.delta_generator.DeltaGenerator) -> Audit:
            return audit_folder(survey.path, survey.label, exclude=survey.excluded, progress=progress_in(bar))

        audit = computation.run(compute, first_step="Reading the catalogue …")
        audits.clear()  # an audit holds its survey
        audits[key] = audit
        st.session_state[_CHOSEN] = set(audit.object_ids(FATAL)) | set(session_excluded(survey.path))
        st.rerun()
    return audits[key]


def forget_audit() -> None:
    """Forget the audit of this session, so that it is run again."""
    st.session_state.pop(_AUDITS, None)


def chosen_galaxies() -> set[str]:
    """The galaxies that are ticked to be excluded; at first those with a fatal finding."""
    return st.session_state.setdefault(_CHOSEN, set())


def show_group(audit: Audit, group: FindingGroup) -> None:
    """Draw the findings of a kind: what to do, pictures with a tick each, and a table of all."""
    count = f"{len(group.findings):,}"
    st.subheader(f"{group.kind[:1].upper()}{group.kind[1:]} ({count})", divider="gray")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(group.severity, color="red" if group.severity == FATAL else "orange")
        st.markdown(escape_markdown(f"{group.remedy[:1].upper()}{group.remedy[1:]}."), width="content")
    pictured = [finding for finding in group.findings if finding.object_id]
    name = f"{group.kind}_{group.severity}"
    has_pictures = bool(pictured) and group.kind not in _WITHOUT_PICTURE
    if len(pictured) > 1 or (pictured and not has_pictures):
        _show_buttons(pictured, name)
    if has_pictures:
        more = len(pictured) > _N_PICTURES and st.toggle("Show more pictures", key=f"audit_more_{name}")
        shown = pictured[: _MORE_PICTURES if more else _N_PICTURES]
        _show_pictures(audit, shown, name)
        if len(shown) < len(pictured):
            st.caption(f"{len(shown)} of {len(pictured):,} pictures are shown.")
    with st.expander("Table", expanded=not has_pictures):
        st.dataframe(
            [{"objID": finding.object_id, "file": finding.file, "what": finding.what} for finding in group.findings],
            hide_index=True,
        )


def _show_buttons(findings: list[Finding], name: str) -> None:
    ids = {finding.object_id for finding in findings}
    chosen = chosen_galaxies()
    with st.container(horizontal=True):
        st.button(
            f"Tick all {len(ids):,}" if len(ids) > 1 else "Tick it",
            key=f"audit_all_{name}",
            disabled=ids <= chosen,
            on_click=chosen.update,
            args=(ids,),
        )
        st.button(
            "Untick",
            key=f"audit_none_{name}",
            disabled=not ids & chosen,
            on_click=chosen.difference_update,
            args=(ids,),
        )


def _show_pictures(audit: Audit, findings: list[Finding], name: str) -> None:
    chosen = chosen_galaxies()
    with st.grid(_COLUMNS, min_column_width=_MIN_WIDTH_PX, gap="small"):
        for finding in findings:
            object_id = finding.object_id
            key = f"audit_{name}_{object_id}"
            # A galaxy may have findings of several kinds: its ticks agree.
            st.session_state[key] = object_id in chosen
            with st.container(gap="xxsmall"):
                picture = encode(thumbnail(audit, finding, _THUMBNAIL_PX))
                st.image(picture, alt=f"{group_name(finding)}: {object_id}", width="stretch", output_format="JPEG")
                st.checkbox(
                    escape_markdown(shorten_id(object_id)),
                    key=key,
                    help=escape_markdown(f"{object_id}: {finding.what}"),
                    on_change=_toggle(object_id),
                )


def group_name(finding: Finding) -> str:
    """The kind of a finding, as a description begins."""
    return f"{finding.kind[:1].upper()}{finding.kind[1:]}"


def _toggle(object_id: str) -> Callable[[], None]:
    return lambda: chosen_galaxies().symmetric_difference_update({object_id})


def show_exclusion(audit: Audit) -> None:
    """Draw what can be done with the ticked galaxies: download the list, and leave them out in this session."""
    survey, chosen = chosen_survey(), chosen_galaxies()
    noun = "galaxy is" if len(chosen) == 1 else "galaxies are"
    st.markdown(f"**{len(chosen):,} {noun} ticked.**")
    with st.container(horizontal=True):
        st.download_button(
            "Download the list to exclude",
            lambda: audit.exclusion({*chosen, *survey.excluded}),  # the arguments' list is replaced by this one
            "exclude.txt",
            "text/plain",
            icon=":material/download:",
            on_click="ignore",
            type="primary",
        )
        st.download_button(
            "All findings as CSV",
            lambda: spreadsheet_csv(audit.table, index=False),
            "audit.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Contact sheet",
            lambda: encode(contact_sheet(audit), sharp=True),
            "audit.png",
            "image/png",
            icon=":material/download:",
            on_click="ignore",
        )
        # A features file of the arguments has all galaxies.
        if survey.path is not None and read_arguments().features is None:
            active = set(session_excluded(survey.path))
            st.button(
                "Leave them out in this session",
                icon=":material/visibility_off:",
                disabled=chosen == active or len(chosen) >= audit.n_galaxies,
                on_click=set_session_excluded,
                args=(survey.path, sorted(chosen)),
                help="The other instruments then show the other galaxies; their features are computed again.",
            )
    if survey.path is not None and not survey.private:
        with st.expander("Use the list in a terminal"):
            options = ["--survey", survey.path, *([] if survey.label is None else ["--label", survey.label])]
            if survey.scale != 1:
                options += ["--scale", f"{survey.scale:g}"]
            options += ["--exclude", "exclude.txt"]
            st.code(
                "\n".join(
                    shlex.join(command)
                    for command in (
                        ["python", "-m", "galviz", "train", *options, "--out", "my-network.json"],
                        ["python", "-m", "galviz", "extract", *options, "--out", "features.parquet"],
                        ["streamlit", "run", "app.py", "--", *options],
                    )
                ),
                language="bash",
            )
            st.caption(f"In a clone of galviz; {markdown_code('exclude.txt')} is the list that you downloaded.")
