"""A contact proves a phone only if it is the sender's own, and not an old one passed on."""

from aiogram.types import Message

from operations.phones import read_contact_phone
from templates.registration import ContactFault


def verified_phone(message: Message, telegram_id: int) -> str | ContactFault:
    """The phone, E.164, of the contact that this account shared; or why it proves nothing."""
    assert message.contact is not None, "the handler's filter lets contacts through"
    if message.forward_origin is not None:
        return ContactFault.FORWARDED
    if message.contact.user_id != telegram_id:
        return ContactFault.SOMEBODY_ELSES
    phone = read_contact_phone(message.contact.phone_number)
    return ContactFault.UNREADABLE if phone is None else phone
