"""RSA keys that come out the same from the same text."""

from __future__ import annotations

import math
import random
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import rsa

_EXPONENT = 65537
_SMALL = [n for n in range(3, 2000) if all(n % d for d in range(2, math.isqrt(n) + 1))]
_PRODUCT = math.prod(_SMALL)


def _is_prime(number: int, rng: random.Random) -> bool:
    """Miller-Rabin with twelve drawn bases."""
    if math.gcd(number, _PRODUCT) > 1:
        return False
    twos = ((number - 1) & -(number - 1)).bit_length() - 1
    odd = (number - 1) >> twos
    for _turn in range(12):
        power = pow(rng.randrange(2, number - 1), odd, number)
        if power in (1, number - 1):
            continue
        for _square in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def _prime(rng: random.Random, bits: int) -> int:
    while True:
        # Both highest bits are set, so that the product of two has all its bits
        number = rng.getrandbits(bits) | (3 << (bits - 2)) | 1
        if math.gcd(number - 1, _EXPONENT) == 1 and _is_prime(number, rng):
            return number


@lru_cache(maxsize=8)
def seeded_key(text: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The key of a text: kept in memory, since making one takes a second.

    Anybody can make it again: it protects nothing.
    """
    rng = random.Random(text)
    p, q = _prime(rng, bits // 2), _prime(rng, bits // 2)
    d = pow(_EXPONENT, -1, math.lcm(p - 1, q - 1))
    return rsa.RSAPrivateNumbers(
        p,
        q,
        d,
        rsa.rsa_crt_dmp1(d, p),
        rsa.rsa_crt_dmq1(d, q),
        rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(_EXPONENT, p * q),
    ).private_key()
