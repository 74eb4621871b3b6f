"""Addresses as Telegram takes them."""

import re
from urllib.parse import urlsplit


def checked_link(url: str) -> str | None:
    """Returns the address as Telegram keeps it; None if it would not be a link."""
    url = url.strip()
    if not url or any(character in url for character in ' \n\t<>"'):
        return None
    if re.match(r"(?:tg|ton|tonsite)://?\w", url, re.IGNORECASE):
        return url
    if "://" not in url:
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or "." not in host.strip("."):
        return None
    return url if parts.path or parts.query or parts.fragment else f"{url}/"
