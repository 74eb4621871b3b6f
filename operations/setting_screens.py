"""The pages of /settings."""

from loyalty.programme.settable import Section
from loyalty.programme.typed import load_raw
from operations.authority import require
from operations.in_force import InForce
from operations.owners import names_of
from operations.senders import Role, Sender
from operations.setting_subjects import Subject, subjects
from operations.settings import Unknown, sections_of, value_at
from operations.transaction import Tx
from storage import programme_changes
from storage.programme_changes import Change
from templates import settings as screens
from templates.figure_words import Title
from templates.own_texts import LENGTH_MAX, PLACEHOLDERS, TextFault, TextPage
from templates.settings import HISTORY_ROWS, ROWS_MAX, FigurePage, Wrong

PAGES_MAX = 1_000
SWITCHED_OFF = (Section.REFERRAL, Section.BIRTHDAY, Section.WIN_BACK)


def show_sections(actor: Sender, in_force: InForce) -> screens.Sections:
    """The beginning. Raises NotAllowed for anybody but an owner, as all of these do."""
    require(actor, Role.OWNER)
    programme = in_force.programme
    return screens.Sections(
        business=programme.business.name,
        sections=sections_of(programme),
        changed=len(in_force.effective.overrides),
    )


def show_section(
    actor: Sender, in_force: InForce, section: Section, page: int
) -> screens.SectionPage:
    """A page of its figures, or the nearest that there is."""
    require(actor, Role.OWNER)
    programme, overrides = in_force.programme, in_force.effective.overrides
    mine = [found for found in subjects(programme).values() if found.section is section]
    pages = max(-(-len(mine) // ROWS_MAX), 1)
    page = min(max(page, 1), pages)
    rows = tuple(
        screens.Row(
            code=subject.code,
            title=subject.title(actor.language),
            value=subject.value(programme),
            is_changed=subject.key in overrides,
        )
        for subject in mine[(page - 1) * ROWS_MAX : page * ROWS_MAX]
    )
    return screens.SectionPage(section, rows, page, pages)


def show_subject(
    actor: Sender, in_force: InForce, subject: Subject, wrong: Wrong | TextFault | None = None
) -> FigurePage | TextPage:
    """A figure or a text as it is, with what was wrong about the last attempt."""
    require(actor, Role.OWNER)
    title, programme = subject.title(actor.language), in_force.programme
    if subject.text is not None:
        assert not isinstance(wrong, Wrong), "a text has faults of its own"
        return TextPage(
            code=subject.code,
            title=title,
            text=programme.texts.get(subject.key),
            length_max=LENGTH_MAX[subject.text],
            placeholders=PLACEHOLDERS[subject.text],
            wrong=wrong,
        )
    figure, value = subject.figure, subject.value(programme)
    assert figure is not None, "a figure or a text"
    assert value is not None, "a figure has a value"
    assert not isinstance(wrong, TextFault), "a figure has faults of its own"
    is_changed = subject.key in in_force.effective.overrides
    return FigurePage(
        section=subject.section,
        code=subject.code,
        title=title,
        value=value,
        in_file=subject.value(in_force.file.programme) if is_changed else None,
        file_name=in_force.file.file_name,
        options=figure.options,
        may_be_left_out=figure.may_be_left_out,
        wrong=wrong,
    )


async def show_changes(tx: Tx, actor: Sender, in_force: InForce, page: int) -> screens.History:
    """A page of the versions, the newest first, or the nearest that there is."""
    require(actor, Role.OWNER)
    total = await programme_changes.newest_version(tx.db)  # they are numbered without gaps
    pages = min(max(-(-total // HISTORY_ROWS), 1), PAGES_MAX)
    page = min(max(page, 1), pages)
    found = await programme_changes.page(
        tx.db, offset=(page - 1) * HISTORY_ROWS, limit=HISTORY_ROWS
    )
    names = await names_of(tx, {change.actor_id for change in found})
    rows = tuple(_row(actor, in_force, change, names) for change in found)
    return screens.History(rows, page, pages)


async def show_change(
    tx: Tx, actor: Sender, in_force: InForce, version: int
) -> screens.VersionPage | Unknown:
    """One version, and whether either side of it is what holds now."""
    require(actor, Role.OWNER)
    change = await programme_changes.by_version(tx.db, version)
    if change is None:
        return Unknown()
    subject = subjects(in_force.programme).get(change.key)
    names = await names_of(tx, {change.actor_id})
    now = None if subject is None else subject.seen(in_force.programme)
    is_changed = change.key in in_force.effective.overrides
    is_text = subject is None or subject.text is not None
    after_differs = is_changed if change.new is None else change.new != now
    return screens.VersionPage(
        row=_row(actor, in_force, change, names),
        text_before=_words(change.old) if is_text else None,
        text_after=_words(change.new) if is_text else None,
        may_return_before=subject is not None and change.old != now,
        may_return_after=subject is not None and after_differs,
        is_gone=subject is None,
    )


def _row(
    actor: Sender, in_force: InForce, change: Change, names: dict[int, str]
) -> screens.Version:
    subject = subjects(in_force.programme).get(change.key)
    known = subject is not None
    return screens.Version(
        version=change.version,
        at=change.at,
        by=names.get(change.actor_id),
        by_reader=change.actor_id == actor.telegram_id,
        title=subject.title(actor.language) if subject else Title(_word(change.key)),
        before=value_at(in_force, subject, change.old) if subject and known else None,
        after=value_at(in_force, subject, change.new) if subject and change.new else None,
        is_as_in_file=change.new is None,
    )


def _word(key: str) -> str:
    """A key that the file has no more, as one word that stands for itself."""
    return key.replace(".", "_")[:32]


def _words(stored: str | None) -> str | None:
    raw = None if stored is None else load_raw(stored)
    return None if raw is None else str(raw)


def show_file_keys(actor: Sender, in_force: InForce) -> screens.FileKeys:
    """What cannot be changed here, and where it is."""
    require(actor, Role.OWNER)
    programme = in_force.programme
    off = [section for section in SWITCHED_OFF if getattr(programme, section) is None]
    return screens.FileKeys(in_force.file.file_name, tuple(off))
