"""Pages run in the app's own frame, so that a control of one name is the same control on every page."""

from pathlib import Path


def run_in_frame(script: Path) -> None:
    """Run a page's script as if its lines stood in app.py.

    To Streamlit a control belongs to the script that draws it. Run by ``st.navigation``'s own ``run``, each page has
    controls of its own: Streamlit 1.67 hands their values on when they were touched, but drops those that an address
    brought along, and leaves an entry without any in the browser's history. Drawn by app.py they are the same controls,
    and keep value and address from page to page.

    Parameters
    ----------
    script : pathlib.Path
    """
    code = compile(script.read_text(encoding="utf-8"), script, "exec")
    exec(code, {"__name__": "__main__", "__file__": str(script)})
