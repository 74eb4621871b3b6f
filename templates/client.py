"""What a client is told, and the menu under their messages."""

from templates.keyboards import ReplyKey, ReplyKeyboard
from templates.labels import Labels

_MENU_ROWS = (
    ("menu.card", "menu.balance"),
    ("menu.rewards", "menu.offers"),
    ("menu.history", "menu.invite"),
    ("menu.profile", "menu.help"),
)


def main_menu(labels: Labels) -> ReplyKeyboard:
    """The client's menu; what its keys send is `spellings("menu.card")` and so on."""
    return ReplyKeyboard(
        tuple(tuple(ReplyKey(labels(key)) for key in row) for row in _MENU_ROWS), persistent=True
    )
