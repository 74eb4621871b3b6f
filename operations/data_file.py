"""All that is kept about a client, in one file: first as people read it, then as machines do."""

import json
from datetime import date, datetime

from operations.profile import birthday_of
from operations.transaction import Tx
from storage import clients, merges, person_data
from storage.clients import Client, ClientStatus
from storage.person_data import Row
from templates.data_file import Section, data_page
from templates.labels import Labels, label_table

YES, NO = "data_file.is_so", "data_file.is_not"


async def data_file(tx: Tx, client_id: int, labels: Labels) -> bytes | None:
    """The page; None where there is no such client any more. Reads alone, outside of writers."""
    client = await clients.by_id(tx.db, client_id)
    if client is None or client.status is not ClientStatus.ACTIVE:
        return None
    records = await merges.records_of(tx.db, client.id)
    rows = await person_data.rows_about(tx.db, records, client.telegram_id)
    page = _Page(tx, client, rows, labels)
    everything = json.dumps(rows, ensure_ascii=False, indent=1, default=_plain)
    made_at = page.moment(tx.now)
    return data_page(labels, tx.programme.business.name, made_at, page.sections(), everything)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


class _Page:
    """The sections that people read."""

    def __init__(self, tx: Tx, client: Client, rows: dict[str, list[Row]], labels: Labels) -> None:
        self._tx, self._client, self._rows, self._labels = tx, client, rows, labels
        self._words = labels.words

    def sections(self) -> list[Section]:
        return [
            Section(self._labels("data_file.about"), (), self._about()),
            self._table("consents", ("when", "consent", "given", "version"), self._consent),
            self._table(
                "visits",
                ("when", "number", "branch", "service", "bill", "paid", "points"),
                self._visit,
            ),
            self._table("ledger_entries", ("when", "for", "points", "balance"), self._entry),
            self._table("feedback", ("when", "rating", "words"), self._feedback),
            self._table("case_messages", ("when", "author", "words"), self._message),
            self._table("reward_claims", ("when", "reward", "points", "code"), self._claim),
            self._table("badge_grants", ("when", "badge"), self._badge),
            self._table("adjustments", ("when", "points", "reason"), self._adjustment),
        ]

    def _table(self, table: str, columns: tuple[str, ...], line: object) -> Section:
        names = tuple(self._labels(f"data_file.{column}") for column in columns)
        rows = tuple(line(row) for row in self._rows.get(table, ()))  # type: ignore[operator]
        return Section(self._labels(f"data_file.{table}"), names, rows)

    def _about(self) -> tuple[tuple[str, ...], ...]:
        client, labels = self._client, self._labels
        birthday = birthday_of(client)
        said = "" if birthday is None else f"{birthday.day:02d}.{birthday.month:02d}"
        if birthday is not None and birthday.year:
            said += f".{birthday.year}"
        services = [self._tx.programme.service(code) for code in client.favourite_services]
        pairs = {
            "name": client.name or "",
            "phone": client.phone or "",
            "birthday": said,
            "telegram": str(client.telegram_id or ""),
            "card": client.card_number or "",
            "language": client.language,
            "services": ", ".join(s.name.of(self._words.lang) for s in services if s),
            "adverts": labels(YES if client.advert_consent else NO),
            "level": self._level(client.tier),
            "balance": self._words.points(client.balance),
            "since": "" if client.registered_at is None else self.moment(client.registered_at),
        }
        return tuple((labels(f"data_file.{name}"), value) for name, value in pairs.items())

    def _level(self, code: str) -> str:
        found = [level for level in self._tx.programme.tiers.levels if level.code == code]
        return found[0].name.of(self._words.lang) if found else code

    def moment(self, moment: datetime) -> str:
        """With its year: the file is kept for longer than a message is read."""
        local = moment.astimezone(self._words.timezone)
        return local.strftime("%d.%m.%Y %H:%M" if self._words.lang == "ru" else "%Y-%m-%d %H:%M")

    def _consent(self, row: Row) -> tuple[str, ...]:
        given = self._labels(YES if row["given"] else NO)
        return (
            self.moment(row["at"]),
            self._named("data_file.consent_", row["kind"]),
            given,
            row["text_version"],
        )

    def _visit(self, row: Row) -> tuple[str, ...]:
        listed = self._tx.programme.service(row["service_code"]) if row["service_code"] else None
        service = listed.name.of(self._words.lang) if listed else row["service_text"] or ""
        points = self._words.points(row["points_earned"] - row["points_spent"], signed=True)
        if row["status"] != "confirmed":
            points = self._labels("data_file.taken_back")
        return (
            self.moment(row["at"]),
            f"№ {row['id']}",
            row["branch"],
            service,
            self._words.money(row["bill"]),
            self._words.money(row["to_pay"]),
            points,
        )

    def _entry(self, row: Row) -> tuple[str, ...]:
        return (
            self.moment(row["at"]),
            self._named("entry.", row["kind"]),
            self._words.points(row["amount"], signed=True),
            self._words.points(row["balance_after"]),
        )

    def _feedback(self, row: Row) -> tuple[str, ...]:
        return (self.moment(row["at"]), str(row["rating"]), row["words"] or "")

    def _message(self, row: Row) -> tuple[str, ...]:
        author = self._named("data_file.by_", row["author"])
        return (self.moment(row["at"]), author, row["words"] or "")

    def _claim(self, row: Row) -> tuple[str, ...]:
        names = json.loads(row["name"])
        name = names.get(self._words.lang) or next(iter(names.values()), "")
        return (self.moment(row["claimed_at"]), name, self._words.points(row["cost"]), row["code"])

    def _badge(self, row: Row) -> tuple[str, ...]:
        found = [badge for badge in self._tx.programme.badges if badge.code == row["badge"]]
        name = found[0].name.of(self._words.lang) if found else row["badge"]
        return (self.moment(row["granted_at"]), name)

    def _adjustment(self, row: Row) -> tuple[str, ...]:
        points = self._words.points(row["points"], signed=True)
        return (self.moment(row["created_at"]), points, row["reason"])

    def _named(self, group: str, code: str) -> str:
        """In words, where there are some for it."""
        key = f"{group}{code}"
        return self._labels(key) if key in label_table(self._words.lang) else code
