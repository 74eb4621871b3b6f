"""A notice waits in the outbox as facts, and may outlive the version that wrote it."""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any

import pytest
from hypothesis import given

from templates.contexts import ContextUnreadable, dump_context, load_context
from templates.messages import AtMost, Link, Message, MessageUnknown, message
from templates.owner import PoisonAlert
from tests.templates.specimens import specimens, strategy


class Mood(StrEnum):
    GLAD = "glad"
    SAD = "sad"


@dataclass(frozen=True)
class Row:
    name: str
    day: dt.date
    points: int | None


@dataclass(frozen=True)
class Rich(Message):
    client_id: int
    at: dt.datetime
    opens: dt.time
    wait: dt.timedelta
    percent: Fraction
    factor: Decimal
    mood: Mood
    link: Link
    rows: Annotated[tuple[Row, ...], AtMost(4)]
    pair: tuple[int, str]
    until: dt.datetime | None = None
    loud: bool = False


@pytest.fixture(autouse=True)
def declared(scratch: None) -> None:
    message("test/rich")(Rich)


def rich(**changes: Any) -> Rich:
    values = {**vars(specimens(Rich, "Анна")[0]), **changes}
    return Rich(**values)


def test_whatever_a_context_holds_comes_back_exactly() -> None:
    @given(strategy(Rich))
    def comes_back(context: Rich) -> None:
        loaded = load_context("test/rich", dump_context(context))
        assert loaded == context
        assert isinstance(loaded, Rich)
        assert type(loaded.percent) is Fraction
        assert type(loaded.rows) is tuple
        assert loaded.at.utcoffset() == dt.timedelta(0)

    comes_back()


def test_other_zones_keep_their_moment() -> None:
    at = dt.datetime(2027, 3, 12, 18, 30, 0, 1, tzinfo=dt.timezone(dt.timedelta(hours=3)))
    loaded = load_context("test/rich", dump_context(rich(at=at)))
    assert isinstance(loaded, Rich)
    assert loaded.at == at


def test_a_field_that_came_later_takes_its_default() -> None:
    stored = json.loads(dump_context(rich()))
    del stored["until"], stored["loud"]
    assert load_context("test/rich", json.dumps(stored)) == rich(until=None, loud=False)


def test_a_field_that_is_no_more_is_ignored() -> None:
    stored = {**json.loads(dump_context(rich())), "shoe_size": 38}
    assert load_context("test/rich", json.dumps(stored)) == rich()


@pytest.mark.parametrize(
    ("field", "value"),
    [("client_id", "5"), ("client_id", 5.5), ("client_id", None), ("at", "2027-03-12T10:00:00"),
     ("mood", "angry"), ("loud", "yes"), ("rows", [{"name": "Анна"}]), ("percent", "third")],
)  # fmt: skip
def test_what_is_not_of_the_message_is_refused_without_telling_it(
    field: str, value: object
) -> None:
    stored = {**json.loads(dump_context(rich())), field: value, "link": "tel:+79120000001"}
    with pytest.raises(ContextUnreadable) as refused:
        load_context("test/rich", json.dumps(stored))
    assert refused.value.name == "test/rich"
    assert "79120000001" not in str(refused.value)


def test_a_broken_row_is_refused() -> None:
    for broken in ("", "{", "[]", "null"):
        with pytest.raises(ContextUnreadable):
            load_context("test/rich", broken)


def test_a_datetime_without_a_zone_is_never_stored() -> None:
    naive = dt.datetime(2027, 3, 12)  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        dump_context(rich(until=naive))


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(MessageUnknown):
        load_context("owner/nothing", "{}")


def test_64_bits_survive() -> None:
    alert = PoisonAlert(update_id=2**63 - 1, error_class="ValueError")
    assert load_context("owner/poison_alert", dump_context(alert)) == alert
