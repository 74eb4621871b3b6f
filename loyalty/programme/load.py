"""From a programme's file to its values."""

import tomllib
from decimal import Decimal
from pathlib import Path

from loyalty.programme.mistakes import Mistake, ProgrammeInvalid
from loyalty.programme.model import Programme
from loyalty.programme.offers import Partner
from loyalty.programme.partner_codes import codes_path, read_codes
from loyalty.programme.read_business import (
    read_business,
    read_earning,
    read_points,
    read_redeeming,
    read_services,
)
from loyalty.programme.read_occasions import (
    read_actions,
    read_adverts,
    read_birthday_rules,
    read_desk,
    read_feedback,
    read_referral,
    read_win_back,
)
from loyalty.programme.read_offers import (
    read_badges,
    read_challenges,
    read_partners,
    read_promotions,
    read_rewards,
    read_stamps,
)
from loyalty.programme.read_tiers import read_tiers
from loyalty.programme.reading import Reading, Table

FILE_MAX_BYTES = 1_000_000

Tables = dict[str, object]  # the file as TOML has it, numbers exact


def load_programme(path: Path) -> Programme:
    """The programme of this file; raises ProgrammeInvalid, also if it cannot be read at all."""
    return read_tables(load_tables(path), file_name=path.name, folder=path.parent)


def load_tables(path: Path) -> Tables:
    """The tables of this file, not looked into yet; raises ProgrammeInvalid."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(path.name, "a file", error.strerror or "none") from error
    if len(content) > FILE_MAX_BYTES:
        raise _unreadable(path.name, f"at most {FILE_MAX_BYTES} bytes", "more")
    try:
        text = content.decode("utf-8-sig")  # some editors put a byte order mark before it
    except UnicodeDecodeError as error:
        got = f"byte 0x{content[error.start]:02x} at place {error.start}"
        raise _unreadable(path.name, "text in UTF-8", got) from error
    return parse_tables(text, file_name=path.name)


def read_programme(text: str, *, file_name: str, folder: Path | None) -> Programme:
    """The programme that this text describes; raises ProgrammeInvalid with every mistake.

    The files that it names are looked into where the folder is given.
    """
    return read_tables(parse_tables(text, file_name=file_name), file_name=file_name, folder=folder)


def read_tables(tables: Tables, *, file_name: str, folder: Path | None) -> Programme:
    """The same for a text that was parsed before."""
    reading = Reading()
    programme = _read(Table(tables, "", reading), folder)
    if reading.mistakes:
        raise ProgrammeInvalid(file_name, tuple(reading.mistakes))
    return programme


def load_partner_codes(programme: Programme, partner: Partner) -> tuple[str, ...]:
    """The partner's codes in their file's order; raises CodesUnreadable if it changed for the
    worse since the programme was loaded."""
    if partner.codes is None or programme.folder is None:
        return ()
    return read_codes(codes_path(programme.folder, partner.codes))


def _unreadable(file_name: str, expected: str, got: str) -> ProgrammeInvalid:
    return ProgrammeInvalid(file_name, (Mistake("", expected, got),))


def parse_tables(text: str, *, file_name: str) -> Tables:
    """The tables of this text; raises ProgrammeInvalid where it is no TOML."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(file_name, "TOML", f"a mistake: {error}") from error
    except RecursionError as error:
        raise _unreadable(file_name, "TOML", "values nested too deeply") from error
    except (ArithmeticError, ValueError) as error:  # a number of thousands of digits
        raise _unreadable(file_name, "TOML", "a number too large") from error


def _read(root: Table, folder: Path | None) -> Programme:
    """Every section, those first that others refer to."""
    business = read_business(root.table("business"))
    services = read_services(root)
    tiers = read_tiers(root.table("tiers"), business)
    service_codes = [service.code for service in services if service.code]
    tier_codes = [level.code for level in tiers.levels if level.code]
    programme = Programme(
        business=business,
        tiers=tiers,
        services=services,
        points=read_points(root.table("points")),
        earning=read_earning(root.table("earning")),
        promotions=read_promotions(root, service_codes, tier_codes),
        stamps=read_stamps(root, service_codes),
        actions=read_actions(root.table("actions")),
        redeeming=read_redeeming(root.table("redeeming")),
        referral=read_referral(root.optional_table("referral")),
        birthday=read_birthday_rules(root.optional_table("birthday"), tier_codes),
        win_back=read_win_back(root.optional_table("win_back")),
        badges=read_badges(root),
        rewards=read_rewards(root, tier_codes),
        challenges=read_challenges(root),
        partners=read_partners(root, tier_codes, folder),
        adverts=read_adverts(root.table("adverts")),
        desk=read_desk(root.table("desk")),
        feedback=read_feedback(root.table("feedback")),
        folder=folder,
    )
    root.finish()
    return programme
