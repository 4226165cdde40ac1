"""Addons leave the records of modules that are not the suite's as they are."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[3] / "addons"
# Without pricelists, saving any of Odoo's settings archives all of them.
WRITTEN = {("pricing_scenario", "base.group_user")}


def test_no_data_file_writes_them():
    found = set()
    for path in ADDONS.glob("*/*/**/*.xml"):
        addon = path.relative_to(ADDONS).parts[0]
        if "static" in path.parts:
            continue
        for element in ElementTree.parse(path).iter():
            module, _dot, name = element.get("id", "").rpartition(".")
            if module and name and not (ADDONS / module).is_dir():
                found.add((addon, element.get("id")))
    assert found == WRITTEN
