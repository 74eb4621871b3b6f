"""What about a visit makes an owner look twice (rule 23). It counts all the same."""

from datetime import datetime
from enum import StrEnum

from loyalty.programme.model import Programme

# A bill that is so many times the usual one is odd, once there are enough to know the usual one.
ODD_SIZE_TIMES = 10
USUAL_VISITS_MIN = 30


class Oddity(StrEnum):
    """Why it is odd."""

    TOO_MANY = "too_many"  # visits of one client in one day
    ODD_HOUR = "odd_hour"
    ODD_SIZE = "odd_size"


def oddities(
    programme: Programme, *, at: datetime, visits_today: int, bill: int, usual_bill: int | None
) -> tuple[Oddity, ...]:
    """All that is odd about a visit.

    Args:
        visits_today: of this client on this business day, this one included.
        bill: minor units, before any discount.
        usual_bill: the mean of the business's latest bills; None: too few to know it.
    """
    desk = programme.desk
    hours = desk.odd_hours
    found = {
        Oddity.TOO_MANY: visits_today > desk.alert_above_visits_per_client_per_day,
        Oddity.ODD_HOUR: hours is not None and hours.is_quiet(at, programme.business.timezone),
        Oddity.ODD_SIZE: usual_bill is not None and bill >= ODD_SIZE_TIMES * usual_bill,
    }
    return tuple(oddity for oddity, is_so in found.items() if is_so)
