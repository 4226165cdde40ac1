"""Whether two names can be one person's, or one company's."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from odoo.addons.channel_base.lib.text import normalise

# What a company is, and the words between names: they tell nobody apart.
_EMPTY = frozenset(
    "a c cia cv da das de del do dos e eireli eirl epp hijos la las limitada los ltda "
    "me mei r rl s sa sas sc scs sh sl spa sr sra srl sucesion y".split()
)
# Below it two words are two words; above, one of them has a slip of the pen.
_ALIKE = 0.8


def clearly_differ(told: Iterable[str | None], known: Iterable[str | None]) -> bool:
    """Whether the names that a channel told can be none of those that are known.

    Order, accents, initials, particles and legal forms make no difference, and half of
    the words of the shorter name are enough: people marry, leave out second names and
    mistype. A name of one word may be a nickname: it proves nothing, in either way.
    """
    pairs = [
        (mine, theirs)
        for mine in map(_words, told)
        for theirs in map(_words, known)
        if len(mine) > 1 and len(theirs) > 1
    ]
    return bool(pairs) and not any(_resemble(*pair) for pair in pairs)


def _words(name: str | None) -> list[str]:
    words = [word for word in normalise(name).split() if not word.isdigit()]
    return [word for word in words if word not in _EMPTY] or words


def _resemble(mine: list[str], theirs: list[str]) -> bool:
    short, long = sorted((mine, theirs), key=len)
    rest, found = list(long), 0
    for word in sorted(short, key=len, reverse=True):
        match = next((other for other in rest if _is_same(word, other)), None)
        if match:
            rest.remove(match)
            found += 1
    return 2 * found >= len(short)


def _is_same(one: str, other: str) -> bool:
    if min(len(one), len(other)) == 1:
        return one[0] == other[0]
    return one == other or SequenceMatcher(None, one, other).ratio() >= _ALIKE
