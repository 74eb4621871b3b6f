"""Who may talk to this server: this machine, and no page of somebody else's in its browser."""

from functools import lru_cache
from urllib.parse import urlsplit

from aiohttp import web

_NAMES = {"127.0.0.1", "localhost", "[::1]"}


def is_ours(request: web.BaseRequest) -> bool:
    """Whether the Host is this machine and the Origin, if any, is the same."""
    headers = request.headers
    return _is_ours(headers.get("Host", ""), headers.get("Origin"))


@lru_cache(maxsize=64)
def _is_ours(host: str, origin: str | None) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    if name.lower() not in _NAMES:
        return False
    if origin is None:
        return True
    parts = urlsplit(origin)
    return parts.scheme == "http" and parts.netloc.lower() == host.lower()
