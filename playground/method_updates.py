"""Methods by which the bot gets its updates."""

import re
from urllib.parse import urlsplit

from playground.backend import Backend, Method
from playground.calls import Call
from playground.refusals import bad_request, conflict
from playground.schema import JSON
from playground.updates import BATCH_MAX, POLL_SECONDS_MAX
from playground.webhook import CONNECTIONS_DEFAULT, CONNECTIONS_MAX, Target

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}
_PUBLIC_PORTS = {443, 80, 88, 8443}


class RawJson(bytes):
    """A result that is JSON already."""


class Described(tuple[bool, str]):
    """A `true` with a description beside it."""


async def get_updates(backend: Backend, call: Call) -> RawJson:
    """getUpdates: a long poll."""
    params = call.params
    if backend.webhook.is_set:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete "
            "the webhook first"
        )
    limit = params.get("limit", BATCH_MAX)
    if not 1 <= limit <= BATCH_MAX:
        limit = BATCH_MAX
    backend.updates.allow(params.get("allowed_updates"))
    batch = await backend.updates.poll(
        offset=params.get("offset", 0),
        limit=limit,
        timeout_s=min(max(params.get("timeout", 0), 0), POLL_SECONDS_MAX),
    )
    return RawJson(batch)


async def set_webhook(backend: Backend, call: Call) -> Described:
    """setWebhook; without an address it deletes the webhook."""
    params = call.params
    url = params.get("url", "")
    if not url:
        return await delete_webhook(backend, call)
    _check_address(url)
    secret = params.get("secret_token")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = params.get("max_connections", CONNECTIONS_DEFAULT)
    if not 1 <= connections <= CONNECTIONS_MAX:
        connections = CONNECTIONS_DEFAULT
    backend.updates.allow(params.get("allowed_updates"))
    if params.get("drop_pending_updates"):
        backend.updates.drop_all()
    backend.updates.end_poll(conflict("terminated by setWebhook request"))
    await backend.webhook.set(Target(url, secret or None, connections))
    return Described((True, "Webhook was set"))


def _check_address(url: str) -> None:
    """Telegram wants https on four ports; this server speaks plain http with this machine too."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise bad_request("bad webhook: invalid webhook URL specified") from None
    if not host:
        raise bad_request("bad webhook: invalid webhook URL specified")
    if host in _LOCAL_HOSTS:
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (port or 443) not in _PUBLIC_PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


async def delete_webhook(backend: Backend, call: Call) -> Described:
    """deleteWebhook."""
    was_set = backend.webhook.is_set
    await backend.webhook.unset()
    if call.params.get("drop_pending_updates"):
        backend.updates.drop_all()
    return Described((True, "Webhook was deleted" if was_set else "Webhook is already deleted"))


def get_webhook_info(backend: Backend, _call: Call) -> JSON:
    """getWebhookInfo."""
    info: JSON = {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(backend.updates),
    }
    if backend.updates.allowed is not None:
        info["allowed_updates"] = sorted(backend.updates.allowed)
    target = backend.webhook.target
    if target is not None:
        info |= {"url": target.url, "max_connections": target.connections_max}
        info["ip_address"] = "127.0.0.1"
        if target.last_error is not None:
            info["last_error_date"] = target.last_error_at
            info["last_error_message"] = target.last_error
    return info


async def end_session(backend: Backend, _call: Call) -> bool:
    """logOut and close: nobody is polled or posted to until the bot comes again."""
    backend.updates.end_poll(conflict("terminated by close request"))
    await backend.webhook.unset()
    return True


METHODS: dict[str, Method] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "logOut": end_session,
    "close": end_session,
}
