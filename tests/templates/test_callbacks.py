"""A tap is read back exactly as it was written, or refused."""

from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from templates.callbacks import (
    DATA_BYTES_MAX,
    Callback,
    CallbackUnreadable,
    all_callbacks,
    callback,
    unpack,
)
from templates.keyboards import Button
from tests.templates.specimens import strategy

INT64 = st.integers(-(2**63), 2**63 - 1)


class Period(StrEnum):
    WEEK = "week"
    YEAR = "year"


@dataclass(frozen=True)
class Sample(Callback):
    visit_id: int
    page: int | None
    loud: bool
    period: Period | None


@dataclass(frozen=True)
class Coded(Callback):
    code: str


@dataclass(frozen=True)
class Bare(Callback):
    pass


@pytest.fixture(autouse=True)
def declared(scratch: None) -> None:
    callback("test_sample")(Sample)
    callback("test_coded")(Coded)
    callback("test_bare")(Bare)


def declared_samples() -> st.SearchStrategy[Callback]:
    return st.one_of(
        strategy(Sample), st.builds(Coded, st.from_regex(r"[A-Za-z0-9_-]{1,32}", fullmatch=True))
    )


def test_a_callback_is_written_as_people_can_read() -> None:
    assert Sample(17, page=None, loud=True, period=Period.WEEK).pack() == "test_sample:17::1:week"
    assert Bare().pack() == "test_bare"


def test_every_callback_comes_back_within_64_bytes() -> None:
    @given(declared_samples())
    def comes_back(sample: Callback) -> None:
        data = sample.pack()
        assert len(data.encode()) <= DATA_BYTES_MAX
        assert unpack(data) == sample

    comes_back()


def test_whatever_is_read_was_written_so() -> None:
    heads = st.sampled_from(["test_sample", "test_coded", "test_bare", "x", ""])
    values = st.lists(st.text("0123456789-:_aweekyr ٣+", max_size=6), max_size=5)

    @given(st.builds(lambda head, rest: ":".join([head, *rest]), heads, values) | st.text())
    @example("test_sample:17::1:week")
    def is_exact(data: str) -> None:
        try:
            read = unpack(data)
        except CallbackUnreadable:
            return
        assert read.pack() == data

    is_exact()


@pytest.mark.parametrize(
    "data",
    ["", ":", "test_sample", "test_sample:1", "test_sample:01::1:week", "test_sample:+1::1:week",
     "test_sample:-0::1:week", "test_sample:٣::1:week", "test_sample:1_0::1:week",
     "test_sample: 1::1:week", "test_sample:9223372036854775808::1:week",
     "test_sample:-9223372036854775809::1:week", "test_sample:1::2:week", "test_sample:1::1:day",
     "test_sample:1::1:week:", "test_coded:", "test_coded:а", "test_coded:a b", "test_bare:",
     "TEST_BARE", "test_bare\n", "unknown:1", "test_coded:" + "a" * 60],
)  # fmt: skip
def test_odd_data_is_refused(data: str) -> None:
    with pytest.raises(CallbackUnreadable):
        unpack(data)


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1])
def test_more_than_64_bits_cannot_be_written(value: int) -> None:
    with pytest.raises(ValueError, match="64-bit"):
        Sample(value, page=None, loud=False, period=None).pack()


@pytest.mark.parametrize("code", ["", "a:b", "код", "a" * 33])
def test_what_is_no_code_cannot_be_put_on_a_button(code: str) -> None:
    with pytest.raises(ValueError, match="code"):
        Button("Дальше", Coded(code))


def test_a_prefix_belongs_to_one_class() -> None:
    with pytest.raises(ValueError, match="already belongs"):
        callback("test_bare")(Sample)


def test_a_class_that_could_outgrow_64_bytes_is_refused_as_it_is_declared() -> None:
    @dataclass(frozen=True)
    class TwoCodes(Callback):
        first: str
        second: str

    with pytest.raises(ValueError, match="may take"):
        callback("two_codes")(TwoCodes)


def test_a_class_that_is_not_frozen_or_carries_a_list_is_refused() -> None:
    class Plain(Callback):
        pass

    @dataclass(frozen=True)
    class Listed(Callback):
        ids: list[int]

    with pytest.raises(TypeError):
        callback("plain")(Plain)
    with pytest.raises(TypeError):
        callback("listed")(Listed)


@given(st.data())
def test_every_declared_callback_comes_back(data: st.DataObject) -> None:
    cls = data.draw(st.sampled_from([*all_callbacks().values()]))
    sample = data.draw(strategy(cls))
    try:
        packed = sample.pack()
    except ValueError:
        return  # a string that is no code
    assert unpack(packed) == sample
