"""Promotions as the programme has them now."""

from loyalty.programme import Programme
from loyalty.programme.offers import Promotion


def promotion_of(programme: Programme, code: str | None) -> Promotion | None:
    """The promotion of this code, if the programme still has it."""
    return next((found for found in programme.promotions if found.code == code), None)
