"""A computation starts when the button is pressed, and can be cancelled."""

from streamlit.testing.v1 import AppTest


def script():
    import streamlit as st

    from panels.computation import Computation

    state = st.session_state
    computation = Computation("test", state.get("key", "a sample"))
    if computation.is_requested("Compute"):
        state["calls"] = state.get("calls", 0) + 1
        if state.get("interrupt"):
            computation.run(lambda bar: st.rerun())  # as using another widget does
        if state.get("wait"):
            st.stop()  # as if the computation were still running
        state["result"] = computation.run(lambda bar: 7)
        st.rerun()


def labels(app):
    return [(button.label, button.disabled) for button in app.button]


def test_it_runs_once_when_requested():
    app = AppTest.from_function(script).run()
    assert labels(app) == [("Compute", False)]
    assert "calls" not in app.session_state
    app.button[0].click().run()
    assert (app.session_state["result"], app.session_state["calls"]) == (7, 1)
    assert labels(app.run()) == [("Compute", False)]
    assert app.session_state["calls"] == 1


def test_an_interrupted_computation_must_be_requested_again():
    app = AppTest.from_function(script)
    app.session_state["interrupt"] = True
    app.run()
    app.button[0].click().run()
    assert app.session_state["calls"] == 1
    assert labels(app) == labels(app.run()) == [("Compute", False)]
    assert app.session_state["calls"] == 1


def test_a_running_computation_can_be_cancelled_and_another_key_is_not_computed():
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
