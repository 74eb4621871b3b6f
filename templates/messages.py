"""What a message is, and the registry of all of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, ClassVar, TypeVar

from templates.declarations import import_all_modules, is_frozen_dataclass

if TYPE_CHECKING:
    from templates.keyboards import Keyboard
    from templates.labels import Labels
    from templates.pictures import Picture

_NAME = re.compile(r"(?P<noun>[a-z][a-z0-9_]*)/(?P<message>[a-z][a-z0-9_]*)")
_MODULE_OF_NOUN = {"common": "every_chat"}  # any other noun lives in the module of its name
_RESERVED_FIELDS = frozenset({"figure", "label", "words"})


@dataclass(frozen=True)
class Message:
    """The base of all contexts; its fields are the variables of the message's templates."""

    message_name: ClassVar[str]

    def keyboard(self, labels: "Labels") -> "Keyboard | None":
        """The keyboard that goes with the text."""
        return None

    def kept_as(self) -> str | None:
        """The key under which it is found once sent, to be changed when it is over."""
        return None

    def picture(self, labels: "Labels") -> "Picture | None":
        """The picture whose caption the text is; drawn only as it is sent."""
        return None


@dataclass(frozen=True)
class Toast(Message):
    """A message that answers a tap: 200 characters of plain text, send `Rendered.plain`."""


class MessageUnknown(LookupError):
    """No message of this name is declared."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


M = TypeVar("M", bound=Message)
_registry: dict[str, type[Message]] = {}


def message(name: str) -> Callable[[type[M]], type[M]]:
    """Declares a context class under "noun/message": the class name in snake case."""

    def register(cls: type[M]) -> type[M]:
        parts = _NAME.fullmatch(name)
        if parts is None:
            raise ValueError(f"not the name of a message: {name!r}")
        if name in _registry:
            raise ValueError(f"{name!r} already belongs to {_registry[name].__qualname__}")
        if not is_frozen_dataclass(cls):
            raise TypeError(f"{cls.__name__} is not a frozen dataclass")
        if snake_case(cls.__name__) != parts["message"]:
            raise ValueError(f"{cls.__name__} is not called as its message {name!r}")
        module = _MODULE_OF_NOUN.get(parts["noun"], parts["noun"])
        if cls.__module__.startswith("templates.") and cls.__module__ != f"templates.{module}":
            raise ValueError(f"{name!r} belongs into templates/{module}.py")
        if reserved := _RESERVED_FIELDS & {field.name for field in fields(cls)}:
            raise ValueError(f"{cls.__name__} has fields of reserved names: {sorted(reserved)}")
        cls.message_name = name
        _registry[name] = cls
        return cls

    return register


def snake_case(name: str) -> str:
    """`PoisonAlert` → `poison_alert`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def message_class(name: str) -> type[Message]:
    """The class declared under this name; `MessageUnknown` if there is none."""
    if name not in _registry:
        import_all_modules()
    try:
        return _registry[name]
    except KeyError:
        raise MessageUnknown(name) from None


def all_messages() -> dict[str, type[Message]]:
    """Every message class by its name."""
    import_all_modules()
    return {name: _registry[name] for name in sorted(_registry)}


@dataclass(frozen=True)
class AtMost:
    """How many items a tuple may hold: ``Annotated[tuple[Row, ...], AtMost(10)]``."""

    items: int


@dataclass(frozen=True, init=False)
class Specimens:
    """Values for the tests, where not every value of the type makes sense."""

    values: tuple[object, ...]

    def __init__(self, *values: object) -> None:
        object.__setattr__(self, "values", values)


Link = Annotated[str, Specimens("https://t.me/svoi_bot?start=r_8fKq2Zx", "https://t.me/svoi_bot")]
"""An address that a button opens."""

Code = Annotated[str, Specimens("silver", "happy_hours-2", "a" * 32)]
"""A code from the programme, such as a tier's or a reward's."""
