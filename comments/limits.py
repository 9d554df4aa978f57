"""How often one may do something that is not a comment: counted in the shared cache, so in all processes.

Windows are fixed and counting is not atomic: somebody quick gets a few more, and nobody gets hundreds.
"""

import hashlib
import ipaddress
import time

from allauth.account.adapter import get_adapter
from django.core.cache import cache

from comments.facts import TooFast

MINUTE, DAY = 60, 86_400


def spend(what: str, who, *limits: tuple[int, int]) -> None:
    """Count one more of `what` by `who`. Raises TooFast at the first of the `limits` (seconds, how many) that is used up."""
    now = int(time.time())
    for span, most in limits:
        key = f"{what}:{span}:{now // span}:{who}"
        count = cache.get(key, 0)
        if count >= most:
            raise TooFast(span - now % span, f"done this {most} times {_WORDS[span]}")
        cache.set(key, count + 1, span)


def address_of(request) -> str:
    """A fingerprint of the network that asks, for `spend`: no address is stored."""
    address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    if address.version == 6:
        # One household has a network of 64 bits, and as many addresses as it likes.
        address = ipaddress.ip_network((address, 64), strict=False)
    return hashlib.sha256(str(address).encode()).hexdigest()[:24]


_WORDS = {MINUTE: "in a minute", DAY: "today"}
