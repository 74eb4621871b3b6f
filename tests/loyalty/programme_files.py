"""Small programmes, written as an owner would."""

import pytest

from loyalty.programme import Level, Mistake, Programme, ProgrammeInvalid, read_programme

BUSINESS = '[business]\nname = "Кафе"\n'


def programme_of(sections: str, *, business: str = BUSINESS) -> Programme:
    """The programme of a business with these sections."""
    return read_programme(business + sections, file_name="programme.toml", folder=None)


def mistakes_in(sections: str, *, business: str = BUSINESS) -> tuple[Mistake, ...]:
    """What reading these sections complains about."""
    with pytest.raises(ProgrammeInvalid) as refused:
        programme_of(sections, business=business)
    return refused.value.mistakes


def only_mistake_in(sections: str, *, business: str = BUSINESS) -> Mistake:
    """The one mistake in these sections."""
    (mistake,) = mistakes_in(sections, business=business)
    return mistake


def level_of(programme: Programme, code: str) -> Level:
    """The level of this code, which is there."""
    level = programme.tiers.level(code)
    assert level is not None
    return level
