"""The sandbox of the marketplace runs in Odoo's image, with nothing installed."""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
import sandbox.__main__
foreign = {"cryptography", "lxml"} & set(sys.modules)
sys.exit(f"imported: {foreign}" if foreign else 0)
"""


def test_marketplace_needs_the_standard_library_only() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=TESTS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
