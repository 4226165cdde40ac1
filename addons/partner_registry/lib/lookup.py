"""Looking many numbers up so that none of them holds the others."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from .errors import Choked, RegistryError

#: Calls of one look-up, those that find out whose fault a failure is included.
CALLS = 100
#: Seconds for the same, after which no other call begins.
SECONDS = 240.0
#: Failures in a row after which the service's health is looked at again.
PATIENCE = 10
#: Codes of what is one number's trouble: it is asked about alone from then on.
STUBBORN = frozenset({"number_failed", "answer_incomplete"})

#: What a registry says about one number.
Said = TypeVar("Said")


class LookUp(Generic[Said]):
    """Asks about numbers; halves what fails, as long as the service is well.

    A service that is ill fails on everything, and would be asked again and again. So
    after a failure it is asked about the number that it knows for certain: when that
    fails too, nothing more is asked.

    :param ask: answers about some numbers; what it leaves out is asked about singly
    :param known: number that the service answers about when it is well
    """

    def __init__(
        self,
        ask: Callable[[Sequence[str]], dict[str, Said]],
        known: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._known = known
        self._clock = clock
        self._calls = 0
        self._end = float("inf")
        # Since the service was last seen to be well; at first nothing is known.
        self._failures = PATIENCE - 1
        #: Why nothing more can be asked, once that is known.
        self.outage: RegistryError | None = None

    def run(self, parts: Iterable[Sequence[str]]) -> dict[str, Said | RegistryError]:
        """What was found out about every number.

        :param parts: numbers that are asked about together, each at most once
        """
        self._end = self._clock() + SECONDS
        queue = deque(list(part) for part in parts)
        order = [number for part in queue for number in part]
        found: dict[str, Said | RegistryError] = {}
        while queue:
            if not self.outage and self._is_spent():
                self.outage = RegistryError("postponed")
            part = queue.popleft()
            if self.outage:
                found.update(dict.fromkeys(part, self.outage))
                continue
            try:
                answered = self._call(part)
            except Choked as error:
                queue.extendleft(reversed(self._split(part, error, found)))
            except RegistryError as error:
                self.outage = error
                queue.appendleft(part)
            else:
                found.update(answered)
                queue.extend(self._get_left_out(part, answered, found))
        return {number: found[number] for number in order}

    def _is_spent(self) -> bool:
        return self._calls >= CALLS or self._clock() > self._end

    def _call(self, part: Sequence[str]) -> dict[str, Said]:
        self._calls += 1
        answered = self._ask(part)
        mine = {number: answered[number] for number in part if number in answered}
        if len(part) > 1 and not mine:
            raise Choked("answer_unreadable", "nobody")
        self._failures = 0
        return mine

    def _get_left_out(
        self,
        part: list[str],
        answered: dict[str, Said],
        found: dict[str, Said | RegistryError],
    ) -> list[list[str]]:
        left = [number for number in part if number not in answered]
        if len(part) > 1:
            return [[number] for number in left]
        for number in left:
            found[number] = RegistryError("answer_incomplete")
        return []

    def _split(
        self, part: list[str], error: Choked, found: dict[str, Said | RegistryError]
    ) -> list[list[str]]:
        """What to ask after a failure; a number that fails alone is settled."""
        if len(part) > 1 and self._known in part:
            # It cannot witness against itself.
            return [[n for n in part if n != self._known], [self._known]]
        if self._known not in part and not self._is_well():
            self.outage = error
            return [part]
        if len(part) > 1:
            middle = len(part) // 2
            return [part[:middle], part[middle:]]
        if self._known not in part:
            detail = error.detail or error.code
            error = Choked("number_failed", detail)
        found[part[0]] = error
        return []

    def _is_well(self) -> bool:
        """Whether the service answers, as far as that is not known anyway."""
        self._failures += 1
        if self._failures < PATIENCE:
            return True
        self._calls += 1
        try:
            self._ask([self._known])
        except RegistryError:
            return False
        self._failures = 0
        return True
