"""A price as a sum of steps, each with what it adds."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Step:
    """One line of a calculation; ``delta`` may be negative."""

    text: str
    delta: float


class Walk:
    """Steps on the way to a price; ``total`` is where it stands."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.total = 0.0

    def add(self, delta: float, text: str) -> None:
        """Note a step that adds ``delta``."""
        self.steps.append(Step(text, delta))
        self.total += delta

    def reach(self, total: float, text: str) -> None:
        """Note a step after which the price is ``total``."""
        self.steps.append(Step(text, total - self.total))
        self.total = total


def share(
    total: float, weights: Mapping[Key, float], rounded: Callable[[float], float]
) -> dict[Key, float]:
    """Divide an amount in proportion to weights; the last one takes what is left.

    :param rounded: rounds a share
    """
    whole = sum(weights.values()) or 1
    shares = {key: rounded(part * total / whole) for key, part in weights.items()}
    if shares:
        shares[list(shares)[-1]] += total - sum(shares.values())
    return shares
