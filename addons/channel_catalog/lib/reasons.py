"""Why a product is not on a channel. No Odoo in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Code and parameters of a sentence
Obstacle = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Reason:
    """What an obstacle does.

    :param withdraws: a listing that is there is hidden and has no stock. Others keep
        a product from getting one, and leave one that is there as it is
    :param chosen: somebody decided so; nobody expects the product on the channel
    """

    withdraws: bool = False
    chosen: bool = False


CHOSEN = Reason(withdraws=True, chosen=True)
REASONS = {
    "catalog_not_sold": CHOSEN,
    "catalog_archived": CHOSEN,
    "catalog_type": CHOSEN,
    "catalog_company": CHOSEN,
    "catalog_not_here": CHOSEN,
    "catalog_variant_off": CHOSEN,
    "catalog_product_off": CHOSEN,
    "catalog_channel_off": CHOSEN,
    "catalog_brand_hidden": Reason(withdraws=True),
}


def withdraws(obstacles: Iterable[Obstacle]) -> bool:
    """Whether a listing with these obstacles is hidden."""
    return any(REASONS.get(code, Reason()).withdraws for code, _params in obstacles)


def is_expected(obstacles: Iterable[Obstacle]) -> bool:
    """Whether somebody may wonder why the product is not there."""
    return not any(REASONS.get(code, Reason()).chosen for code, _params in obstacles)
