"""How the processes of a run reach a deployment: whose certificates they trust, through which proxy, and how often they may ask.

It stands in variables, so that the services and SDKs that a run starts find it, too. Source: our choice; the other libraries' variables
are theirs (OpenSSL, requests, boto3).
"""

import fcntl
import ipaddress
import os
import struct
import threading
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

CA_VARIABLE, PROXY_VARIABLE, PACE_VARIABLE = "RINGMASTER_CA_FILE", "RINGMASTER_PROXY", "RINGMASTER_PACE"
OWN_VARIABLES = (CA_VARIABLE, PROXY_VARIABLE, PACE_VARIABLE)
CA_VARIABLES_OF_OTHERS = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE")
PROXY_VARIABLES_OF_OTHERS = ("HTTP_PROXY", "HTTPS_PROXY")
DIRECT = {"NO_PROXY": "127.0.0.1,localhost,::1"}
PRIVATE_NETWORKS = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
LONGEST_QUEUE_SECONDS = 60.0
"""A turn that is further away than that is from before the machine started again."""

_never = threading.Event()


class Reaching(NamedTuple):
    """What it takes to reach one deployment."""

    ca_file: Path | None = None
    """Certificate authorities that are trusted in place of the machine's."""
    proxy: str | None = None
    """URL of the proxy that HTTP and HTTPS go through, but not to this machine."""
    requests_per_second: float | None = None
    """How often all processes of this machine together may ask; None: as often as they like."""

    def put_in_force(self, turns: Path) -> None:
        """For this process and all that it starts from now on; `turns` is the file by which processes take turns."""
        for name in handed_on():
            del os.environ[name]
        if self.ca_file is not None:
            os.environ |= dict.fromkeys((CA_VARIABLE, *CA_VARIABLES_OF_OTHERS), str(self.ca_file))
        if self.proxy is not None:
            os.environ |= {**dict.fromkeys((PROXY_VARIABLE, *PROXY_VARIABLES_OF_OTHERS), self.proxy), **DIRECT}
        os.environ[PACE_VARIABLE] = f"{self.requests_per_second or 0:g} {turns}"


def handed_on() -> dict[str, str]:
    """The variables as a process that this one starts needs them; the other libraries' only where they are ours."""
    ours = {CA_VARIABLE: CA_VARIABLES_OF_OTHERS, PROXY_VARIABLE: (*PROXY_VARIABLES_OF_OTHERS, *DIRECT), PACE_VARIABLE: ()}
    names = [name for own, others in ours.items() if own in os.environ for name in (own, *others)]
    return {name: os.environ[name] for name in names if name in os.environ}


def trusted() -> str | None:
    """The file with the certificate authorities to trust; None: the machine's."""
    return os.environ.get(CA_VARIABLE) or None


def proxy_to(host: str) -> str | None:
    """The proxy on the way to a host; None: there is none."""
    return None if is_this_machine(host) else os.environ.get(PROXY_VARIABLE) or None


def proxy_to_url(url: str) -> str | None:
    """The same for a URL."""
    return proxy_to(urlsplit(url).hostname or "")


def proxies_to(url: str) -> dict[str, str]:
    """The same as boto3 takes it."""
    proxy = proxy_to_url(url)
    return dict.fromkeys(("http", "https"), proxy) if proxy else {}


def is_this_machine(host: str) -> bool:
    """Whether a host is the loopback interface."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(host: str) -> bool:
    """Whether a host is an address of a private network, no name. Source: RFC 1918, RFC 4193."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in PRIVATE_NETWORKS)


def is_paced() -> bool:
    """Whether a deployment is asked that may want to be asked slowly."""
    return PACE_VARIABLE in os.environ


def take_turn() -> None:
    """Wait until this machine may ask again; returns at once where it may as often as it likes."""
    rate, _, turns = os.environ.get(PACE_VARIABLE, "").partition(" ")
    if rate in ("", "0"):
        return
    descriptor = os.open(turns, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        now, written = time.monotonic(), os.pread(descriptor, 8, 0)
        next_one = struct.unpack("d", written)[0] if len(written) == struct.calcsize("d") else now
        turn = max(now, next_one) if next_one - now < LONGEST_QUEUE_SECONDS else now
        os.pwrite(descriptor, struct.pack("d", turn + 1 / float(rate)), 0)
    finally:
        os.close(descriptor)
    _never.wait(max(0.0, turn - now))
