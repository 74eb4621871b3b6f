"""What staff type as the service of a visit."""

from loyalty.programme.model import Programme, Service


def find_service(programme: Programme, typed: str) -> Service | None:
    """The listed service whose code or name, in any language, this is; None: it is as typed."""
    wanted = _folded(typed)
    for service in programme.services:
        if wanted in {_folded(service.code), *map(_folded, service.name.values())}:
            return service
    return None


def _folded(words: str) -> str:
    """Without what people type differently: case, spaces, ё for е."""
    return " ".join(words.casefold().split()).replace("ё", "е")
