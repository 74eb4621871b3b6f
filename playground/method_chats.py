"""Methods about chats, people and files; and the rest of the Bot API, plausibly."""

import time

from playground.backend import Backend, Method
from playground.calls import Call
from playground.files import DOWNLOAD_BYTES_MAX
from playground.refusals import bad_request, method_not_found
from playground.schema import JSON, MethodSchema
from playground.world import Chat, User

PREPARED_MESSAGE_SECONDS = 600


def get_chat(backend: Backend, call: Call) -> JSON:
    """getChat, with the birthday that a person shows."""
    chat = backend.chat(call.params["chat_id"])
    full: JSON = {
        **chat.payload,
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": True,
            "limited_gifts": True,
            "unique_gifts": True,
            "premium_subscription": True,
            "gifts_from_channels": True,
        },
    }
    if chat.is_private:
        birthdate = backend.world.users[chat.id].birthdate
        if birthdate is not None:
            full["birthdate"] = birthdate
    else:
        full["permissions"] = {"can_send_messages": True}
    if chat.pinned:
        full["pinned_message"] = chat.messages[chat.pinned[-1]]
    return full


def _member(backend: Backend, chat: Chat, user: User) -> JSON:
    if user is backend.world.bot:
        status = "left" if chat.blocked else "member"
    elif user.id in chat.members or user.id == chat.id:
        status = "member"
    else:
        status = "left"
    return {"status": status, "user": user.payload}


def get_chat_member(backend: Backend, call: Call) -> JSON:
    """getChatMember."""
    chat = backend.chat(call.params["chat_id"])
    user = backend.world.users.get(call.params["user_id"])
    if user is None:
        raise bad_request("user not found")
    return _member(backend, chat, user)


def get_chat_member_count(backend: Backend, call: Call) -> int:
    """getChatMemberCount: the bot counts."""
    chat = backend.chat(call.params["chat_id"])
    return 2 if chat.is_private else len(chat.members) + 1


def get_chat_administrators(backend: Backend, call: Call) -> list[JSON]:
    """getChatAdministrators: nobody is one here."""
    if backend.chat(call.params["chat_id"]).is_private:
        raise bad_request("there are no administrators in the private chat")
    return []


def leave_chat(backend: Backend, call: Call) -> bool:
    """leaveChat."""
    chat = backend.chat(call.params["chat_id"])
    if chat.is_private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.blocked = True
    return True


def get_file(backend: Backend, call: Call) -> JSON:
    """getFile: where to download it."""
    stored = backend.files.get(call.params["file_id"])
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.content) > DOWNLOAD_BYTES_MAX:
        raise bad_request("file is too big")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.content),
        "file_path": stored.path,
    }


def no_photos(_backend: Backend, _call: Call) -> JSON:
    """getUserProfilePhotos: nobody shows any."""
    return {"total_count": 0, "photos": []}


def invite_link(backend: Backend, call: Call) -> str:
    """exportChatInviteLink."""
    return f"https://t.me/+{abs(backend.chat(call.params['chat_id']).id)}"


def answer_inline_query(_backend: Backend, _call: Call) -> bool:
    """answerInlineQuery: what was offered is in the log of calls."""
    return True


def save_prepared_inline_message(backend: Backend, call: Call) -> JSON:
    """savePreparedInlineMessage."""
    if call.params["user_id"] not in backend.world.users:
        raise bad_request("user not found")
    expires_at = int(time.time()) + PREPARED_MESSAGE_SECONDS
    return {"id": f"prepared{backend.calls.total}", "expiration_date": expires_at}


METHODS: dict[str, Method] = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatMemberCount": get_chat_member_count,
    "getChatAdministrators": get_chat_administrators,
    "leaveChat": leave_chat,
    "getFile": get_file,
    "getUserProfilePhotos": no_photos,
    "exportChatInviteLink": invite_link,
    "answerInlineQuery": answer_inline_query,
    "savePreparedInlineMessage": save_prepared_inline_message,
}


def answer_other(schema: MethodSchema) -> Method:
    """A method without a life of its own: `true` where the Bot API says so, else a 404."""

    def answer(backend: Backend, call: Call) -> bool:
        if schema.returns != "bool":
            raise method_not_found()
        if "chat_id" in call.params:
            backend.chat(call.params["chat_id"])
        return True

    return answer
