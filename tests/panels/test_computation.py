"""The offer to compute: nothing runs before it is asked for, and whoever comes back later is asked again."""

from streamlit.testing.v1 import AppTest


def script():
    import streamlit as st

    from panels.computation import Computation

    state = st.session_state
    computation = Computation("test", state.get("key", "a sample"))
    if computation.is_asked_for("Compute"):
        state["calls"] = state.get("calls", 0) + 1
        if state.get("interrupt"):
            computation.run(lambda bar: st.rerun())  # as a press on another widget does
        if state.get("wait"):
            st.stop()  # as a run that is still under way looks to a press
        state["result"] = computation.run(lambda bar: 7)
        st.rerun()


def labels(app):
    return [(button.label, button.disabled) for button in app.button]


def test_it_is_computed_once_when_asked_for():
    app = AppTest.from_function(script).run()
    assert labels(app) == [("Compute", False)]
    assert "calls" not in app.session_state
    app.button[0].click().run()
    assert (app.session_state["result"], app.session_state["calls"]) == (7, 1)
    assert labels(app.run()) == [("Compute", False)]
    assert app.session_state["calls"] == 1


def test_what_ends_early_is_asked_for_again():
    app = AppTest.from_function(script)
    app.session_state["interrupt"] = True
    app.run()
    app.button[0].click().run()
    assert app.session_state["calls"] == 1
    assert labels(app) == labels(app.run()) == [("Compute", False)]
    assert app.session_state["calls"] == 1


def test_while_it_runs_it_can_be_cancelled_and_another_thing_is_not_computed():
    app = AppTest.from_function(script)
    app.session_state["wait"] = True
    app.run()
    app.button[0].click().run()
    assert labels(app) == [("Compute", True), ("Cancel", False)]
    app.session_state["key"] = "another sample"
    assert labels(app.run()) == [("Compute", False)]
    assert app.session_state["calls"] == 1
    app.session_state["key"] = "a sample"
    app.run()
    app.button[1].click().run()
    assert labels(app) == [("Compute", False)]
