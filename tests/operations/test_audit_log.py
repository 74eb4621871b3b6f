"""The audit log takes ids, numbers and codes; never what could be a person's words."""

import json

import pytest
from sqlalchemy import select

from storage import audit_log
from storage.database import Database
from storage.tables import audit_log as table
from tests.operations.conftest import NOW


async def test_an_act_is_kept_with_who_whom_and_when(database: Database) -> None:
    async with database.write() as db:
        await audit_log.record(
            db,
            now=NOW,
            actor_id=2**40,
            action="visit.confirmed",
            client_id=7,
            subject_id=2**40,
            details={"bill": 120_000, "tier": "gold", "case": None},
        )
    async with database.read() as db:
        row = (await db.execute(select(table))).one()
    assert (row.actor_id, row.action, row.client_id, row.subject_id) == (
        2**40,
        "visit.confirmed",
        7,
        2**40,
    )
    assert row.at == NOW
    assert json.loads(row.details) == {"bill": 120_000, "tier": "gold", "case": None}


@pytest.mark.parametrize("words", ["Анна", "two words", "+7 912", "", "a" * 65])
async def test_words_of_a_person_are_refused(database: Database, words: str) -> None:
    async with database.write() as db:
        with pytest.raises(ValueError, match="name is not a code"):
            await audit_log.record(db, now=NOW, actor_id=1, action="a.b", details={"name": words})
        with pytest.raises(ValueError, match="not the code of an action"):
            await audit_log.record(db, now=NOW, actor_id=1, action=words)
