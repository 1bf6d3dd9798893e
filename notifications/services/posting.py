"""Posting to an address that somebody else chose, without being led into our own network."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

STEP_TIMEOUT = 5
"""Seconds for the connection, and for each piece of the answer."""
TOTAL_TIMEOUT = 15
"""Seconds for everything after the connection, however slowly the answer trickles."""

WRAPPED = [ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]
"""IPv6 addresses that carry an IPv4 address, which may be a private one: NAT64, 6to4, Teredo."""


class AddressRefusedError(DomainError):
    """Nothing is sent to this address."""

    code = "address_refused"


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> int:
    """Post to an address and return the status of the answer; redirections are not followed.

    The name is resolved once, every address it stands for is checked, and the connection goes to the one that was
    checked: a name that means something else a moment later leads nowhere. Raises AddressRefusedError, and OSError or
    HTTPException when there is no answer.
    """
    parts = checked_url(url)
    host, port = parts.hostname or "", _port(parts)
    sock = socket.create_connection((resolved(url), port), timeout=STEP_TIMEOUT)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        sock = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    # The base class's shutdown: that of a TLS socket would pull its state away under the reading thread.
    deadline = Timer(TOTAL_TIMEOUT, socket.socket.shutdown, (sock, socket.SHUT_RDWR))
    deadline.start()
    connection = HTTPConnection(host, port, timeout=STEP_TIMEOUT)
    connection.sock = sock
    try:
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body=body, headers={"Host": parts.netloc, **headers})
        return connection.getresponse().status
    finally:
        deadline.cancel()
        connection.close()


def checked_url(url: str) -> SplitResult:
    """Take an address apart that may be posted to, as far as its text tells. Raises AddressRefusedError."""
    try:
        parts = urlsplit(url)
        port = _port(parts)
    except ValueError:
        raise AddressRefusedError(_("This is no web address."), field="url") from None
    if not parts.hostname or port == 0 or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefusedError(_("This is no web address."), field="url")
    if parts.scheme != "https" and not (settings.DEBUG and parts.scheme == "http"):
        raise AddressRefusedError(_("The address must begin with https://."), field="url")
    if "@" in parts.netloc:
        raise AddressRefusedError(_("The address must not carry a name or a password."), field="url")
    return parts


def resolved(url: str) -> str:
    """Return the network address to connect to. Raises AddressRefusedError."""
    parts = checked_url(url)
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefusedError(_("No computer has this name."), field="url") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not settings.WEBHOOKS_TO_PRIVATE_ADDRESSES and not all(_is_public(address) for address in addresses):
        raise AddressRefusedError(_("This address leads into a private network."), field="url")
    return addresses[0]


def _port(parts: SplitResult) -> int:
    if parts.port is not None:
        return parts.port
    return 443 if parts.scheme == "https" else 80


def _is_public(text: str) -> bool:
    address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in WRAPPED):
            return False
        address = address.ipv4_mapped or address
    return address.is_global and not address.is_multicast
