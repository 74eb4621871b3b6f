"""What an update is, and whose turn it waits for."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.arrivals import NotAnUpdate, arrival

TEXT = st.text(st.characters() | st.characters(categories=["Cs"]))  # halves of characters too
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("event", "key"),
    [
        ({"message": {"chat": {"id": 5}, "from": {"id": 6}}}, 5),
        ({"callback_query": {"from": {"id": 6}, "message": {"chat": {"id": 5}}}}, 5),
        ({"callback_query": {"from": {"id": 6}, "inline_message_id": "x"}}, 6),
        ({"my_chat_member": {"chat": {"id": -100}, "from": {"id": 6}}}, -100),
        ({"inline_query": {"from": {"id": 6}}}, 6),
        ({"poll": {"id": "1"}}, 0),
        ({"message": "not an object"}, 0),
        ({"message": {"chat": {"id": "5"}, "from": {"id": 2**70}}}, 0),
        ({}, 0),
    ],
)
def test_updates_of_one_chat_have_one_key(event: dict[str, object], key: int) -> None:
    assert arrival({"update_id": 1, **event}).order_key == key


@pytest.mark.parametrize("update_id", [None, "7", 7.5, True, -1, 2**63, 2**80])
def test_what_has_no_id_that_can_be_stored_is_no_update(update_id: object) -> None:
    with pytest.raises(NotAnUpdate):
        arrival({"update_id": update_id, "message": {}})


def test_the_order_of_the_keys_makes_no_other_update() -> None:
    one = arrival({"update_id": 1, "message": {"a": 1, "b": 2}})
    other = arrival({"message": {"b": 2, "a": 1}, "update_id": 1})
    assert one.digest == other.digest
    assert one.digest != arrival({"update_id": 1, "message": {"a": 1, "b": 3}}).digest


@given(st.dictionaries(st.text(), JSON, max_size=4), st.integers(0, 2**63 - 1))
def test_whatever_comes_is_stored_as_it_came(update: dict[str, object], update_id: int) -> None:
    sent = {**update, "update_id": update_id}
    made = arrival(sent)
    assert json.loads(made.raw) == sent
    assert made.raw.encode("utf-8").decode() == made.raw
    assert -(2**63) <= made.order_key < 2**63
