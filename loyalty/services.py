"""What staff type as the service of a visit."""

from loyalty.programme.model import Programme, Service

BEGINNING_MIN_CHARS = 3
INSIDE_MIN_CHARS = 4


def find_service(programme: Programme, typed: str) -> Service | None:
    """The listed service that this names, whole or in part; None: none does, or several do."""
    meant = services_meant(programme, typed)
    return meant[0] if len(meant) == 1 else None


def services_meant(programme: Programme, typed: str) -> tuple[Service, ...]:
    """The listed services that the words may stand for, in the programme's order.

    The one whose code or name, in any language, they are; else those in whose name a word begins
    with them («фильтр» in «Замена фильтра»); else those that have them anywhere inside.
    """
    wanted = _folded(typed)
    names = [
        (service, (_folded(service.code), *map(_folded, service.name.values())))
        for service in programme.services
    ]
    for service, known in names:
        if wanted in known:
            return (service,)
    begun = f" {wanted}"
    if len(wanted) >= BEGINNING_MIN_CHARS:
        found = tuple(s for s, known in names if any(begun in f" {name}" for name in known))
        if found:
            return found
    if len(wanted) >= INSIDE_MIN_CHARS:
        return tuple(s for s, known in names if any(wanted in name for name in known))
    return ()


def _folded(words: str) -> str:
    """Without what people type differently: case, spaces, ё for е."""
    return " ".join(words.casefold().split()).replace("ё", "е")
