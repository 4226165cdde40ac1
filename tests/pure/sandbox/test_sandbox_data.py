"""The invented data: determinism, mix, new orders, restarts, command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

from sandbox.mercadolibre import MercadoLibreSandbox
from sandbox.mercadolibre.accounts import SITE_SELLERS
from sandbox.mercadolibre.traits import TRAITS
from sandbox.testing import Client

TESTS = Path(__file__).resolve().parents[2]

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)


def everything(sandbox: MercadoLibreSandbox) -> bytes:
    store = sandbox.core.store
    parts = [store.order_bytes(number) for number in sorted(store.orders)]
    parts += [store.shipment_bytes(n, new=True) for n in sorted(store.shipments)]
    parts += [repr(store.billing[key].data).encode() for key in sorted(store.billing)]
    return b"\n".join(parts)


def test_same_seed_same_bytes() -> None:
    first = everything(MercadoLibreSandbox(seed=7, now=NOW, orders=120))
    assert first == everything(MercadoLibreSandbox(seed=7, now=NOW, orders=120))
    assert first != everything(MercadoLibreSandbox(seed=8, now=NOW, orders=120))


def test_demo_mix(client: Client) -> None:
    rows = client.control("GET", "truth")
    assert len(rows) == 300
    traits = Counter(name for row in rows for name in row["traits"])
    sites = {None, "MLA", "MLB"}
    assert set(traits) == {trait.name for trait in TRAITS if trait.site in sites}
    plain = sum(1 for row in rows if not row["traits"])
    assert plain / len(rows) > 0.8
    kinds = {row["document"]["type"] for row in rows if row["document"]}
    assert kinds == {"DNI", "CUIT", "CUIL", "CPF", "CNPJ"}
    bad = [r for r in rows if r["document"] and not r["document"]["valid"]]
    assert {name for r in bad for name in r["traits"]} == {"bad_document"}
    assert any(not r["document"]["number"].isdigit() for r in rows if r["document"])
    sizes = Counter(r["pack_id"] for r in rows if r["pack_id"])
    assert {1, 2} < set(sizes.values()) <= {1, 2, 3, 4}
    buyers = Counter(row["buyer_id"] for row in rows)
    assert max(buyers) > 2**31
    assert max(buyers.values()) > 1
    names: dict[int, set[str]] = {}
    papers: dict[int, set[str]] = {}
    for row in rows:
        names.setdefault(row["buyer_id"], set()).add(row["nickname"])
        if row["document"]:
            papers.setdefault(row["buyer_id"], set()).add(row["document"]["number"])
    assert any(len(found) > 1 for found in names.values())
    assert any(len(found) > 1 for found in papers.values())


def test_every_site_has_its_currency_and_documents() -> None:
    with MercadoLibreSandbox(scenario="sites", orders=400, now=NOW) as sandbox:
        client = Client(sandbox)
        rows = client.control("GET", "truth")
        site_of = {seller.id: seller.site_id for seller in SITE_SELLERS}
        billings = [billing.data for billing in sandbox.core.store.billing.values()]
    plain = [row for row in rows if "other_currency" not in row["traits"]]
    found: dict[str, tuple[set[str], set[str]]] = {}
    for row in plain:
        kinds, money = found.setdefault(site_of[row["seller_id"]], (set(), set()))
        money.add(row["currency"])
        if row["document"] and "bad_document" not in row["traits"]:
            assert row["document"]["valid"] or "nobody_rfc" in row["traits"], row
            kinds.add(row["document"]["type"])
        if row["currency"] in ("CLP", "COP"):
            assert row["goods_total"] == int(row["goods_total"])
    assert found == {
        "MLM": ({"RFC", "CURP"}, {"MXN"}),
        "MLC": ({"RUT"}, {"CLP"}),
        "MCO": ({"CC", "CE", "NIT"}, {"COP"}),
        "MLU": ({"CI", "RUT"}, {"UYU"}),
    }
    bad = [r for r in rows if "bad_document" in r["traits"]]
    assert bad
    assert not any(row["document"]["valid"] for row in bad)
    assert any("site_id" not in data for data in billings)


def test_bench_is_clean() -> None:
    with MercadoLibreSandbox(scenario="bench", orders=1000, now=NOW) as sandbox:
        client = Client(sandbox)
        rows = client.truth()
        skus = {p["sku"] for p in client.control("GET", "catalogue?site=MLA")}
    assert len(rows) == 1000
    assert 500 < len({row["buyer_id"] for row in rows}) < 700
    assert 80 <= sum(1 for row in rows if row["pack_id"]) <= 120
    assert {row["status"] for row in rows} == {"paid"}
    assert all(row["document"]["valid"] for row in rows)
    assert {sku for row in rows for sku in row["skus"]} <= skus
    assert len(skus) == 25


def test_new_orders_and_changes(client: Client) -> None:
    body = {"seller_id": client.seller, "n": 2, "pack": True, "skus": ["MATE-CAL"]}
    made = client.control("POST", "orders", {**body, "quantity": 5})
    assert len(made) == 2
    assert made[0]["pack_id"] == made[1]["pack_id"]
    assert made[0]["skus"] == ["MATE-CAL"]
    assert made[0]["quantities"] == [5]
    number = made[0]["order_id"]
    shipment, billing = made[0]["shipment_id"], made[0]["billing_id"]
    client.control("POST", f"orders/{number}", {"status": "cancelled"})
    assert client.get(f"/orders/{number}").json["status"] == "cancelled"
    patch = {"destination": {"receiver_name": "Otra Persona"}}
    client.control("POST", f"shipments/{shipment}", patch)
    seen = client.get(f"/shipments/{shipment}", x_format_new="true").json
    assert seen["destination"]["receiver_name"] == "Otra Persona"
    old = client.get(f"/shipments/{shipment}").json
    assert old["receiver_address"]["receiver_name"] == "Otra Persona"
    patch = {"buyer": {"billing_info": {"name": "Nueva"}}}
    client.control("POST", f"billing/{billing}", patch)
    found = client.get(f"/orders/billing-info/MLA/{billing}").json
    assert found["buyer"]["billing_info"]["name"] == "Nueva"
    again = {"seller_id": client.seller, "buyer_id": made[0]["buyer_id"]}
    company = client.control("POST", "orders", {**again, "identity": "company"})[0]
    assert company["buyer_id"] == made[0]["buyer_id"]
    assert company["document"]["type"] == "CUIT"
    traited = client.control("POST", "orders", {**again, "trait": "no_sku"})[0]
    assert traited["skus"] == [None]
    unknown = client.call("POST", "/_sandbox/orders", b'{"seller_id":1}')
    assert unknown.status == 400
    assert client.call("POST", "/_sandbox/orders/1", b"{}").status == 404


def test_state_survives_a_restart(tmp_path: Path) -> None:
    options = {"now": NOW, "orders": 40, "state_file": str(tmp_path / "state.json")}
    with MercadoLibreSandbox(**options) as sandbox:
        client = Client(sandbox)
        seller, pair = client.seller, client.pair
        made = client.control("POST", "orders", {"seller_id": seller, "n": 3})
        client.control("POST", f"orders/{made[0]['order_id']}", {"status": "invalid"})
        client.control("POST", "clock", {"advance_seconds": 500})
        before = everything(sandbox)
    with MercadoLibreSandbox(**options) as sandbox:
        assert everything(sandbox) == before
        token = {"Authorization": f"Bearer {pair['access_token']}"}
        assert Client(sandbox).call("GET", "/users/me", **token).status == 200
        assert Client(sandbox).renew(pair["refresh_token"]).status == 400


def test_command_line() -> None:
    command = [sys.executable, "-m", "sandbox", "mercadolibre", "--orders", "20"]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("sandbox mercadolibre listening on http://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
