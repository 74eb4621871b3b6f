"""What staff type: WHO AMOUNT [SERVICE], in all its forms; whom it finds, and what they see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.amounts import AmountOutOfRange, AmountUnreadable
from loyalty.programme import Programme, load_programme
from operations.branches import branches_of
from operations.desk import (
    SERVICE_CHARS_MAX,
    BillTyped,
    DeskView,
    ServiceTooLong,
    ServiceTyped,
    Who,
    WhoUnreadable,
    called,
    client_of_card,
    desk_view,
    find_client,
    living_client,
    read_bill,
    read_service,
    read_who,
    read_who_alone,
)
from operations.senders import Role, Sender
from operations.transaction import Tx
from programmes import SERVICE_CENTRE
from storage import cases, clients
from storage.cases import CaseKind
from storage.clients import ClientStatus
from storage.database import Database
from tests.operations.desk_people import Desk

PROGRAMME = load_programme(SERVICE_CENTRE)
PHONE = "+79123456789"

PHONE_FORMS = (
    "89123456789",
    "+79123456789",
    "7 912 345 67 89",
    "8 (912) 345-67-89",
    "+7 912 345-67-89",
    "9123456789",
)
CARD_FORMS = ("1234567", "123456", "12345678", "123 4567", "123 456", "1234 5678")
AMOUNT_FORMS = {
    "1200": 120_000,
    "1 200": 120_000,
    "1\u00a0200,50": 120_050,
    "1200.5 руб": 120_050,
    "0,01": 1,
    "12,50₽": 1_250,
    "10 000 000": 1_000_000_000,
}
SERVICES = {
    "": ServiceTyped(),
    "ремонт": ServiceTyped(code="repair"),
    "REPAIR": ServiceTyped(code="repair"),
    "замена  Фильтра": ServiceTyped(code="filter"),
    "чистка ноутбука": ServiceTyped(text="чистка ноутбука"),
}


@given(
    who=st.sampled_from((*PHONE_FORMS, *CARD_FORMS)),
    amount=st.sampled_from(sorted(AMOUNT_FORMS)),
    service=st.sampled_from(sorted(SERVICES)),
    gaps=st.lists(st.sampled_from((" ", "  ", " \u00a0", "\t ")), min_size=2, max_size=2),
)
def test_a_visit_is_read_in_every_usual_form(
    who: str, amount: str, service: str, gaps: list[str]
) -> None:
    named = read_who(f" {who}{gaps[0]}{amount}{gaps[1]}{service}", PROGRAMME)
    is_card = who in CARD_FORMS
    expected = Who(card_number=who.replace(" ", "")) if is_card else Who(phone=PHONE)
    assert named.who == expected
    assert read_bill(named.rest, PROGRAMME) == BillTyped(AMOUNT_FORMS[amount], SERVICES[service])


@given(text=st.text(max_size=80))
def test_whatever_is_typed_is_read_or_refused_by_name(text: str) -> None:
    try:
        who, rest = read_who(text, PROGRAMME)
        typed = read_bill(rest, PROGRAMME)
    except (WhoUnreadable, AmountUnreadable, AmountOutOfRange, ServiceTooLong):
        return
    assert 1 <= typed.bill <= 1_000_000_000
    assert who.phone or who.card_number


@given(text=st.text())
def test_a_service_is_stored_without_what_no_database_takes(text: str) -> None:
    try:
        service = read_service(text, PROGRAMME)
    except ServiceTooLong:
        assert len(text) > SERVICE_CHARS_MAX
        return
    if service.text is not None:
        assert 1 <= len(service.text) <= SERVICE_CHARS_MAX
        assert "\x00" not in service.text
        service.text.encode()


@pytest.mark.parametrize("amount", ["1e9", "NaN", "-5", "10.005", "", "сто", "12abc", "+5", "٣"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(AmountUnreadable):
        read_bill(amount, PROGRAMME)


@pytest.mark.parametrize("amount", ["0", "0,00", "10000000.01", "9" * 40])
def test_an_amount_out_of_range_is_refused_with_the_range(amount: str) -> None:
    with pytest.raises(AmountOutOfRange) as refused:
        read_bill(amount, PROGRAMME)
    assert (refused.value.smallest, refused.value.largest) == (1, 1_000_000_000)


def test_a_long_service_is_refused_and_not_cut() -> None:
    assert read_bill("5 " + "ы" * 64, PROGRAMME) == BillTyped(500, ServiceTyped(text="ы" * 64))
    with pytest.raises(ServiceTooLong):
        read_bill("5 " + "ы" * 65, PROGRAMME)


@pytest.mark.parametrize(
    "who", ["", "Анна", "12345", "123456789012345678", "1234567a 100", "@anna"]
)
def test_who_is_nobody(who: str) -> None:
    with pytest.raises(WhoUnreadable):
        read_who(who, PROGRAMME)


def test_where_only_who_is_asked_a_card_may_be_typed_in_groups() -> None:
    assert read_who_alone("123 45 67", PROGRAMME).who == Who(card_number="1234567")
    assert read_who_alone("8 912 345 67 89", PROGRAMME).who == Who(phone=PHONE)
    with pytest.raises(WhoUnreadable):
        read_who_alone("12 34", PROGRAMME)


def test_a_service_that_the_programme_has_dropped_keeps_its_code() -> None:
    assert ServiceTyped(code="dropped").name(PROGRAMME, "ru") == "dropped"
    assert ServiceTyped(code="repair").name(PROGRAMME, "en") == "Repair"
    assert ServiceTyped().name(PROGRAMME, "ru") is None


def test_a_business_without_branches_is_its_own() -> None:
    assert branches_of(PROGRAMME) == ("Центр", "Вокзал")


@pytest.fixture
def desk(database: Database, programme: Programme) -> Desk:
    return Desk(database, programme)


async def test_a_client_is_found_by_phone_card_and_code(desk: Desk) -> None:
    anna = await desk.client(phone=PHONE, card_number="7654321", card_code="CODE")
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        for found in (
            await find_client(tx, Who(phone=PHONE)),
            await find_client(tx, Who(card_number="7654321")),
            await client_of_card(tx, "CODE"),
        ):
            assert found is not None
            assert found.id == anna
        assert await find_client(tx, Who(phone="+79000000000")) is None
        assert await find_client(tx, Who(card_number="000000")) is None
        assert await client_of_card(tx, "7654321") is None


async def test_a_merged_card_leads_to_the_living_one_and_an_erased_one_nowhere(desk: Desk) -> None:
    anna, old = await desk.client(), await desk.client(card_number="111111")
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        values = {"status": ClientStatus.ARCHIVED, "merged_into_id": anna}
        await clients.change(db, old, values)
        found = await find_client(tx, Who(card_number="111111"))
        assert found is not None
        assert found.id == anna
        await clients.change(db, anna, {"status": ClientStatus.ERASED})
        assert await find_client(tx, Who(card_number="111111")) is None
        # Records that were merged in a circle end the search, not the desk.
        await clients.change(db, anna, {**values, "merged_into_id": old})
        assert await living_client(tx, anna) is None


async def view_of(desk: Desk, actor: Sender, client_id: int) -> DeskView:
    client = await desk.knows(client_id)
    async with desk.database.write() as db:
        return await desk_view(Tx(db, desk.now, desk.programme), actor=actor, client=client)


async def test_the_view_hides_the_phone_from_staff_and_is_on_record(desk: Desk) -> None:
    alina, manager = await desk.hires(1), await desk.hires(3, role=Role.MANAGER)
    anna = await desk.client(phone=PHONE)
    for bill in (100, 200, 300, 400):
        await desk.books(alina, anna, bill)
    async with desk.database.write() as db:
        opened = {"client_id": anna, "kind": CaseKind.COMPLAINT, "opened_at": desk.now}
        await cases.add(db, opened)
    view = await view_of(desk, alina, anna)
    assert view.phone is not None
    assert "3456" not in view.phone
    assert view.phone.endswith("89")
    assert (await view_of(desk, manager, anna)).phone == PHONE
    assert [visit.bill for visit in view.recent] == [400, 300, 200]
    assert (view.open_cases, view.is_oneself) == (1, False)
    async with desk.database.read() as db:
        rows = await db.exec_driver_sql(
            "SELECT actor_id, client_id FROM audit_log WHERE action = 'client.viewed'"
        )
        # Each preview showed her, too.
        assert sorted(tuple(row) for row in rows) == [(1, anna)] * 5 + [(3, anna)]


async def test_who_has_no_name_is_called_by_card_or_masked_phone(desk: Desk) -> None:
    anna = await desk.knows(await desk.client(name=None, card_number="1234567"))
    assert called(anna) == "№ 1234567"
    imported = await desk.knows(await desk.client(name=None, card_number=None, phone=PHONE))
    assert "345" not in called(imported)
    bare = await desk.knows(await desk.client(name=None, card_number=None, phone=None))
    assert called(bare) == "—"
