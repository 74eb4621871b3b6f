"""/settings, for owners: figures and texts of the programme, each with a preview."""

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from operations.in_force import InForce
from operations.senders import Role, Sender
from operations.setting_screens import (
    show_change,
    show_changes,
    show_file_keys,
    show_section,
    show_sections,
    show_subject,
)
from operations.setting_subjects import Subject, subject_of_code, subjects
from operations.settings import (
    Confirmed,
    Proposed,
    Refused,
    Unknown,
    confirm_change,
    drop_change,
    propose,
    propose_as_in_file,
    propose_return,
    propose_typed,
)
from operations.transaction import Tx
from templates.every_chat import UnknownTap
from templates.messages import Message as Context
from templates.settings import (
    AsInFile,
    ChangedBefore,
    ChooseOption,
    ConfirmChange,
    DropChange,
    LeaveOut,
    NotChanged,
    OpenFigure,
    OpenFileKeys,
    OpenHistory,
    OpenSection,
    OpenSettings,
    OpenVersion,
    ReturnTo,
)

router = Router(name="settings")
router.message.filter(Has(Role.OWNER))
router.callback_query.filter(Has(Role.OWNER))

KEY = "setting"  # in the conversation's data: whose new value is awaited


class Settings(StatesGroup):
    """What the next message is."""

    value = State()


@router.message(Command("settings"))
async def begin(message: Message, sender: Sender, say: Say, in_force: InForce) -> Replies:
    return say(show_sections(sender, in_force))


@router.callback_query(Tapped(OpenSettings))
async def sections(
    callback: CallbackQuery, sender: Sender, say: Say, state: FSMContext, in_force: InForce
) -> Replies:
    await _awaits_nothing(state)
    return say.edit(show_sections(sender, in_force))


@router.callback_query(Tapped(OpenSection))
async def section(
    callback: CallbackQuery,
    tap: OpenSection,
    sender: Sender,
    say: Say,
    state: FSMContext,
    in_force: InForce,
) -> Replies:
    await _awaits_nothing(state)
    return say.edit(show_section(sender, in_force, tap.section, tap.page))


@router.callback_query(Tapped(OpenFigure))
async def figure(
    callback: CallbackQuery,
    tap: OpenFigure,
    sender: Sender,
    say: Say,
    state: FSMContext,
    in_force: InForce,
) -> Replies:
    subject = subject_of_code(in_force.programme, tap.figure)
    if subject is None:
        return say.toast(UnknownTap())
    await _awaits(state, subject)
    return say.edit(show_subject(sender, in_force, subject))


@router.message(StateFilter(Settings.value), F.text)
async def typed(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, in_force: InForce
) -> Replies:
    key = (await state.get_data()).get(KEY)
    subject = subjects(in_force.programme).get(str(key))
    if subject is None:  # gone from the file since
        await state.clear()
        return say(show_sections(sender, in_force))
    proposed = await propose_typed(
        tx, actor=sender, in_force=in_force, subject=subject, typed=message.text or ""
    )
    return say(await _shown(proposed, sender, state, in_force))


@router.message(StateFilter(Settings.value))
async def not_typed(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, in_force: InForce
) -> Replies:
    """A sticker, a photo: asked again."""
    subject = subjects(in_force.programme).get(str((await state.get_data()).get(KEY)))
    if subject is None:
        await state.clear()
        return say(show_sections(sender, in_force))
    return say(show_subject(sender, in_force, subject))


@router.callback_query(Tapped(ChooseOption))
@router.callback_query(Tapped(LeaveOut))
@router.callback_query(Tapped(AsInFile))
async def tapped(
    callback: CallbackQuery,
    tap: ChooseOption | LeaveOut | AsInFile,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    in_force: InForce,
) -> Replies:
    """A value that is not typed: a choice, none at all, or the one in the file."""
    subject = subject_of_code(in_force.programme, tap.figure)
    proposed = None if subject is None else await _by_tap(tap, tx, sender, in_force, subject)
    if proposed is None:
        return say.toast(UnknownTap())
    return say.edit(await _shown(proposed, sender, state, in_force))


async def _by_tap(
    tap: ChooseOption | LeaveOut | AsInFile,
    tx: Tx,
    sender: Sender,
    in_force: InForce,
    subject: Subject,
) -> Proposed | None:
    """None: the figure has no such choice, by now or at all."""
    figure = subject.figure
    match tap:
        case AsInFile():
            return await propose_as_in_file(tx, actor=sender, in_force=in_force, subject=subject)
        case LeaveOut() if figure is not None and figure.may_be_left_out:
            raw = None
        case ChooseOption(place=place) if figure is not None and 0 <= place < len(figure.options):
            raw = figure.options[place]
        case _:
            return None
    return await propose(tx, actor=sender, in_force=in_force, subject=subject, raw=raw)


@router.callback_query(Tapped(ConfirmChange))
async def confirm(
    callback: CallbackQuery,
    tap: ConfirmChange,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    in_force: InForce,
    stimulus: Stimulus,
) -> Replies:
    outcome = await confirm_change(
        tx,
        actor=sender,
        in_force=in_force,
        draft_id=tap.draft_id,
        owner_ids=stimulus.owner_ids,
    )
    return await _decided(outcome, sender, say, state, in_force)


@router.callback_query(Tapped(DropChange))
async def drop(
    callback: CallbackQuery,
    tap: DropChange,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    in_force: InForce,
) -> Replies:
    outcome = await drop_change(tx, actor=sender, in_force=in_force, draft_id=tap.draft_id)
    return await _decided(outcome, sender, say, state, in_force)


@router.callback_query(Tapped(OpenHistory))
async def history(
    callback: CallbackQuery,
    tap: OpenHistory,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    in_force: InForce,
) -> Replies:
    await _awaits_nothing(state)
    return say.edit(await show_changes(tx, sender, in_force, tap.page))


@router.callback_query(Tapped(OpenVersion))
async def version(
    callback: CallbackQuery, tap: OpenVersion, tx: Tx, sender: Sender, say: Say, in_force: InForce
) -> Replies:
    found = await show_change(tx, sender, in_force, tap.version)
    return say.toast(UnknownTap()) if isinstance(found, Unknown) else say.edit(found)


@router.callback_query(Tapped(ReturnTo))
async def return_to(
    callback: CallbackQuery,
    tap: ReturnTo,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    in_force: InForce,
) -> Replies:
    outcome = await propose_return(
        tx, actor=sender, in_force=in_force, version=tap.version, before=tap.before
    )
    return await _decided(outcome, sender, say, state, in_force)


@router.callback_query(Tapped(OpenFileKeys))
async def file_keys(
    callback: CallbackQuery, sender: Sender, say: Say, in_force: InForce
) -> Replies:
    return say.edit(show_file_keys(sender, in_force))


async def _decided(
    outcome: Confirmed | Unknown | NotChanged | Proposed,
    sender: Sender,
    say: Say,
    state: FSMContext,
    in_force: InForce,
) -> Replies:
    match outcome:
        case Unknown():
            return say.toast(UnknownTap())
        case NotChanged():
            await _awaits_nothing(state)
            return say.edit(outcome)
        case Confirmed(screen, repeated):
            await _awaits_nothing(state)
            changed = say.edit(screen)
            return [changed, say.toast(ChangedBefore())] if repeated else changed
        case _:
            return say.edit(await _shown(outcome, sender, state, in_force))


async def _shown(
    proposed: Proposed, sender: Sender, state: FSMContext, in_force: InForce
) -> Context:
    """What was wrong is asked again. Under a preview another value can be typed at once."""
    if isinstance(proposed, Refused):
        await _awaits(state, proposed.subject)
        return show_subject(sender, in_force, proposed.subject, proposed.wrong)
    return proposed


async def _awaits(state: FSMContext, subject: Subject) -> None:
    await state.set_state(Settings.value)
    await state.set_data({KEY: subject.key})


async def _awaits_nothing(state: FSMContext) -> None:
    if await state.get_state() == Settings.value.state:
        await state.clear()
