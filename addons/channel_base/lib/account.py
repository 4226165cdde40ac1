"""Which account on which service. No Odoo in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from .text import clean, identifier

_PORTS = {"https": 443, "http": 80}
# Two names of the machine itself
_LOOPBACK = {"127.0.0.1": "localhost", "::1": "localhost"}


@dataclass(frozen=True)
class Account:
    """Whose the access is, as the service says.

    :param external_id: the service's id of the account, as it came; a whole number
        becomes text
    :param name: what people call it; cleaned
    :raises Rejected: ``payload_invalid``: the id is none
    """

    external_id: str
    name: str = ""

    def __post_init__(self) -> None:
        external_id = identifier(self.external_id, "account")
        object.__setattr__(self, "external_id", external_id)
        object.__setattr__(self, "name", clean(self.name))


def account_key(provider: str, address: str, account: str) -> str:
    """What an account has in common wherever it is connected; empty without one.

    Accounts at other addresses (a sandbox) are other accounts, whatever their numbers.
    The environment, which is only a name of ours, makes no difference.

    :param provider: technical name of the kind of external system
    :param address: base address of its API, "" when there is none
    :param account: the service's id of the account, compared as it came
    """
    if not provider or not account:
        return ""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = address, None
    host = _LOOPBACK.get(host, host.rstrip("."))
    if port and port != _PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    return f"{provider}|{host}|{account}"


def doubled(accounts: Iterable[tuple[int, int, str]]) -> set[int]:
    """Ids of the credentials whose account more than one channel has.

    :param accounts: (credential, channel, key of :func:`account_key`) each
    """
    channels: dict[str, set[int]] = {}
    rows = [row for row in accounts if row[2]]
    for _credential, channel, key in rows:
        channels.setdefault(key, set()).add(channel)
    return {credential for credential, _channel, key in rows if len(channels[key]) > 1}
