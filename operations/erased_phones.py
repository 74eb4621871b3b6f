"""What is kept of a phone for 12 months after its owner was erased: a keyed hash (rule 15).

Whoever comes back within that time is a new client without a second welcome. The key is in the
database, made with the first erasure: whoever has the database has everybody's phones anyway, and
a hash alone, in a log or an extract, says nothing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from loyalty.calendar import add_months, business_day
from operations import birthdays
from operations.transaction import Tx
from storage import phone_hashes
from storage.phone_hashes import ErasedPhone

PHONE_KEPT_MONTHS = 12  # as the consent says


async def remember_phones(
    tx: Tx, ids: Collection[int], phones: Collection[str], *, at: datetime
) -> None:
    """Keeps the phones of these records, with the latest birthday gift that they were given."""
    year = await phone_hashes.latest_claim(tx.db, ids, birthdays.JOB)
    key = await phone_hashes.key(tx.db, made=secrets.token_hex(32))
    assert key is not None, "made just now, if it was not there"
    for phone in sorted(phones):
        phone_hash = _hash(key, phone)
        await phone_hashes.remember(tx.db, phone_hash, now=at, birthday_year=year)


def _hash(key: str, phone: str) -> str:
    return hmac.new(bytes.fromhex(key), phone.encode(), hashlib.sha256).hexdigest()


async def erased_phones(tx: Tx, phones: Collection[str]) -> Mapping[str, ErasedPhone]:
    """Those of these numbers whose owner was erased less than 12 months ago."""
    key = await phone_hashes.key(tx.db)
    if key is None or not phones:
        return {}
    hashes = {_hash(key, phone): phone for phone in phones}
    found = await phone_hashes.erased(tx.db, hashes.keys())
    return {
        hashes[phone_hash]: erased
        for phone_hash, erased in found.items()
        if not _is_over(tx, erased.at)
    }


def _is_over(tx: Tx, erased_at: datetime) -> bool:
    erased_on = business_day(erased_at, tx.programme.business.timezone)
    return tx.today >= add_months(erased_on, PHONE_KEPT_MONTHS)
