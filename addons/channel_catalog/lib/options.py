"""What tells the variants of a product apart on a channel. No Odoo in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """An attribute's value that a variant has.

    :param order: where the attribute, and then the value, stands
    """

    attribute: int
    attribute_name: str
    value: int
    value_name: str
    order: tuple[int, ...] = ()


@dataclass(frozen=True)
class Options:
    """The options of a product, and of each of its variants by id.

    :param names: in order, with their values in order
    """

    names: tuple[tuple[str, tuple[str, ...]], ...]
    variants: Mapping[int, Mapping[str, str]]


def get_options(
    variants: Mapping[int, Sequence[Choice]], varying: Collection[int]
) -> Options:
    """The options of a product whose variants are on a channel.

    An attribute is one if it can differ, or does among these variants: one that had two
    values yesterday still tells apart what is there. Two attributes of one name are
    numbered.

    :param varying: attributes of which the product has several values
    """
    values: dict[int, dict[int, Choice]] = {}
    for choices in variants.values():
        for choice in choices:
            values.setdefault(choice.attribute, {})[choice.value] = choice
    options = [
        sorted(found.values(), key=lambda choice: (choice.order, choice.value))
        for attribute, found in values.items()
        if attribute in varying or len(found) > 1
    ]
    options.sort(key=lambda found: (found[0].order, found[0].attribute))
    names: dict[int, str] = {}
    for found in options:
        name, number = found[0].attribute_name, 1
        while name in names.values():
            number += 1
            name = f"{found[0].attribute_name} {number}"
        names[found[0].attribute] = name
    return Options(
        tuple(
            (
                names[found[0].attribute],
                tuple(dict.fromkeys(choice.value_name for choice in found)),
            )
            for found in options
        ),
        {
            variant: {
                names[choice.attribute]: choice.value_name
                for choice in sorted(choices, key=lambda choice: choice.order)
                if choice.attribute in names
            }
            for variant, choices in variants.items()
        },
    )
