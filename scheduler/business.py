"""The jobs of the business: what time sets off for clients."""

from collections.abc import Collection

from scheduler.jobs import Job


def business_jobs(owner_ids: Collection[int]) -> tuple[Job, ...]:
    """Every job there is; `owner_ids` are told what is for owners."""
    return ()
