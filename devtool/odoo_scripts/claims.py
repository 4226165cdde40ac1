"""Tests that several processes share: each group is taken by one of them.

Imports nothing of Odoo or of this package: it stands beside the script that uses it.
"""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

Test = TypeVar("Test")


def claim(folder: Path, name: str) -> bool:
    """Whether this process is the first one to come to a name."""
    try:
        os.close(os.open(folder / f"{name}.claim", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def claimed(
    tests: Iterable[Test], group_name: Callable[[Test], str], folder: Path
) -> Iterator[Test]:
    """The tests that are ours, each group of neighbours claimed when its turn comes."""
    for name, group in itertools.groupby(tests, group_name):
        if claim(folder, name):
            yield from group
