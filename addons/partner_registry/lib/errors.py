"""What can go wrong when a registry is asked."""

from __future__ import annotations


class RegistryError(Exception):
    """A registry gave nothing that can be used, about anybody.

    :param code: what happened, one of the keys of
        ``partner.registry._get_problem_texts``
    :param detail: what the registry said, for the person who looks into it
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail[:300]


class Choked(RegistryError):
    """A registry failed on what it was asked; on something else it may do well."""
