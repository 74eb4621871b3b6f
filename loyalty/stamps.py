"""Stamps: every n-th visit for a service is free. They are counted from visits, kept nowhere."""

from dataclasses import dataclass

from loyalty.programme.offers import Stamp


@dataclass(frozen=True)
class StampCard:
    """How far a client is: `have` of `stamp.every`, the free one not among them."""

    stamp: Stamp
    have: int

    @property
    def is_next_free(self) -> bool:
        """All but the last are there: the next visit for the service is free."""
        return self.have == self.stamp.every - 1


def stamp_card(stamp: Stamp, paid_since_free: int) -> StampCard:
    """The card after so many paid visits since the last free one.

    While a free visit waits to be used, further ones gather no stamps.
    """
    if paid_since_free < 0:
        raise ValueError("visits are counted from 0")
    return StampCard(stamp, min(paid_since_free, stamp.every - 1))
