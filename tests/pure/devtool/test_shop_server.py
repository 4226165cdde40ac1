"""The shop server's packages, its Node.js and the address of its database."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest
from stdnum import ean

from devtool import demo_shop, node
from devtool.errors import DevError
from devtool.odoo_scripts import demo_goods
from devtool.postgres import Connection
from devtool.shop.install import PACKAGES, SOURCE
from devtool.shop.server import database_url, read_subscriber

PACKAGE, LOCK = (json.loads((SOURCE / name).read_text()) for name in PACKAGES)
MEDUSA = "2.18.0"  # the last one under the MIT licence as a whole


def test_every_package_is_pinned_by_content() -> None:
    packages = {name: row for name, row in LOCK["packages"].items() if name}
    assert len(packages) > 1000
    assert not [name for name, row in packages.items() if "integrity" not in row]


def test_no_package_comes_from_a_certain_registry() -> None:
    assert not [n for n, row in LOCK["packages"].items() if "resolved" in row]
    assert not list(SOURCE.glob(".npmrc"))


def test_the_lock_is_that_of_the_package() -> None:
    wanted = PACKAGE["dependencies"]
    assert LOCK["packages"][""]["dependencies"] == wanted
    for name, version in wanted.items():
        assert LOCK["packages"][f"node_modules/{name}"]["version"] == version


def test_medusa_is_the_last_free_one() -> None:
    core = LOCK["packages"]["node_modules/@medusajs/medusa"]
    assert (core["version"], core["license"]) == (MEDUSA, "MIT")
    # From the next one on the licence is told by "SEE LICENSE IN …"
    assert not [n for n, r in LOCK["packages"].items() if "SEE" in r.get("license", "")]


@pytest.mark.parametrize(
    ("version", "fits"),
    [
        ((0, 0), False),
        ((18, 20), False),
        ((20, 18), False),
        ((20, 19), True),
        ((22, 0), True),
        ((24, 99), True),
        ((25, 0), False),
    ],
)
def test_which_node_fits(version: tuple[int, int], fits: bool) -> None:
    assert node.fits(version) is fits


def _program(folder: Path, name: str, output: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {output}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "npm", "found"),
    [
        ("v20.20.2", True, True),
        ("v20.20.2", False, False),
        ("v18.19.0", True, False),
        ("nonsense", True, False),
    ],
)
def test_the_machines_node(
    tmp_path: Path, version: str, npm: bool, found: bool
) -> None:
    _program(tmp_path, "node", version)
    if npm:
        _program(tmp_path, "npm", "10")
    assert bool(node.installed(str(tmp_path))) is found


def test_a_machine_without_node_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_arguments: object) -> None:
        raise DevError("no network")

    monkeypatch.setattr(node, "installed", lambda: None)
    monkeypatch.setattr(node, "WHEEL_HOME", tmp_path / "node")
    monkeypatch.setattr(node, "install_wheel", refuse)
    with pytest.raises(DevError, match="No Node.js.*apt-get install.*no network"):
        node._fetch(None)  # type: ignore[arg-type]


def test_npm_keeps_its_cache_to_itself() -> None:
    found = node.Node(Path("/opt/node/bin/node"), ("npm",)).environment()
    assert found["npm_config_cache"] == str(node.CACHE)
    assert found["PATH"].split(os.pathsep)[0] == "/opt/node/bin"


@pytest.mark.parametrize(
    ("connection", "url"),
    [
        (Connection("/tmp/x-1", "odoo"), "postgres://odoo@%2Ftmp%2Fx-1/a"),
        (Connection("", "odoo"), "postgres://odoo@%2Fvar%2Frun%2Fpostgresql/a"),
        (
            Connection("db.example.com", "me", "6432", "p@:/w"),
            "postgres://me:p%40%3A%2Fw@db.example.com:6432/a",
        ),
    ],
)
def test_address_of_the_database(connection: Connection, url: str) -> None:
    assert database_url(connection, "a") == url


def test_the_subscriber_is_that_of_the_documentation() -> None:
    text = read_subscriber()
    assert "module.exports" in text
    assert "ODOO_URL" in text and "ODOO_SECRET" in text


def test_the_demo_has_goods_that_differ() -> None:
    goods = demo_goods.get_goods()
    assert len(goods) == demo_shop.PRODUCTS
    for name in ("sku", "name", "barcode"):
        assert len({row[name] for row in goods}) == len(goods)
    assert all(ean.is_valid(row["barcode"]) for row in goods)
    assert all(row["price"] > 0 and row["stock"] > 0 for row in goods)


def test_pictures_are_drawn_and_differ() -> None:
    pictures = {demo_goods.draw(number) for number in range(1, 6)}
    assert len(pictures) == 5
    assert all(base64.b64decode(picture)[:4] == b"\x89PNG" for picture in pictures)
