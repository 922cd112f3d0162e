"""Connections to servers of the public internet, and to no others.

An editor's text names the addresses that are tried, so a link must not reach what only this machine
can: loopback, private networks, the metadata service of a cloud. The name is resolved here, each
of its addresses is judged, and the connection goes to the very address that was judged: a name
that means another machine a moment later gains nothing.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings

Address = IPv4Address | IPv6Address

PORTS = (80, 443)
SECONDS = 10.0
"""How long a server may take to be reached, and to say anything."""

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a NAT64 gateway reaches them (RFC 6052)."""


class NotPublic(OSError):
    """The address is one that readers of the internet cannot reach, or a port of no web server."""


class CheckedConnection(http.client.HTTPConnection):
    """HTTP to a public server."""

    def connect(self) -> None:
        """Connect to an address that was found to be public."""
        self.sock = open_socket(self.host, self.port)


class CheckedSecureConnection(http.client.HTTPSConnection):
    """HTTPS to a public server, whose certificate is looked at."""

    def connect(self) -> None:
        """Connect to an address that was found to be public."""
        plain = open_socket(self.host, self.port)
        try:
            self.sock = _context().wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise


def open_socket(host: str, port: int) -> socket.socket:
    """A connection to a server; raises `NotPublic`, or ``OSError`` where it cannot be reached."""
    if port not in PORTS and not settings.LINK_CHECKS_PRIVATE:
        raise NotPublic(f"port {port}")
    error: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _name, place in socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    ):
        if not settings.LINK_CHECKS_PRIVATE and not is_public(str(place[0])):
            raise NotPublic(host)
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(SECONDS)
        try:
            sock.connect(place)
        except OSError as failure:
            sock.close()
            error = failure
        else:
            return sock
    raise error


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet, however it is wrapped."""
    address: Address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if wrapped is None and address in _TRANSLATED:
            wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            address = wrapped
        elif address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
