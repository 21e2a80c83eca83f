"""The selection of the explorer against sets of Python, with undo, saved selections and the URL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panels.selection import COMBINE, MAX_IN_URL, MAX_UNDO, Selection, format_ids, parse_ids

IDS = [str(number) for number in range(12)]
CHANGES = st.lists(st.tuples(st.sets(st.sampled_from(IDS)), st.sampled_from(COMBINE)), max_size=20)


@given(CHANGES)
def test_changes_are_those_of_sets_and_undo_goes_back_through_them(changes):
    selection, states = Selection(), [frozenset()]
    for object_ids, how in changes:
        selection.change(object_ids, how)
        before = states[-1]
        after = {
            "replace": object_ids,
            "add": before | object_ids,
            "remove": before - object_ids,
            "toggle": before ^ object_ids,
        }[how]
        assert selection.ids == after
        if after != before:
            states.append(frozenset(after))
    for state in reversed(states[:-1]):
        selection.undo()
        assert selection.ids == state
    assert not selection.history
    selection.undo()
    assert selection.ids == frozenset()


def test_the_history_is_limited():
    selection = Selection()
    for number in range(3 * MAX_UNDO):
        selection.change([str(number)])
    assert len(selection.history) == MAX_UNDO


def test_saved_selections_stay_and_follow_the_survey():
    selection = Selection()
    selection.change(["1", "2"])
    selection.save("A")
    selection.change(["3"])
    assert selection.saved == {"A": {"1", "2"}}
    restricted = selection.restricted(["2", "3"])
    assert restricted.saved == {"A": {"2"}}
    assert restricted.history == [frozenset(), {"2"}]
    assert selection.saved == {"A": {"1", "2"}}  # the other survey's stay


def test_an_unknown_change_is_refused():
    with pytest.raises(ValueError, match="how must be one of"):
        Selection().change(["1"], "open")


@given(st.sets(st.sampled_from(IDS)))
def test_small_selections_survive_the_url(object_ids):
    text = format_ids(object_ids)
    assert (text is None) == (not object_ids)
    if text is not None:
        assert parse_ids(text, IDS) == object_ids


def test_large_selections_and_unknown_ids_are_left_out_of_the_url():
    assert format_ids([str(number) for number in range(MAX_IN_URL)]) is not None
    assert format_ids([str(number) for number in range(MAX_IN_URL + 1)]) is None
    assert format_ids(["with~tilde"]) is None
    assert parse_ids("1~~nonsense~2", IDS) == {"1", "2"}
    assert parse_ids("", IDS) == frozenset()
