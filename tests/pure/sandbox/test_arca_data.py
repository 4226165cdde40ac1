"""The invented taxpayers: determinism, demo, control API, restarts, command line."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from sandbox import documents
from sandbox.arca import ArcaSandbox, testing
from sandbox.arca.certificates import pem
from sandbox.arca.marketplace import DIFFERENT
from sandbox.arca.profiles import PROFILES
from sandbox.mercadolibre import MercadoLibreSandbox

TESTS = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)


def rows(sandbox: ArcaSandbox) -> list[dict[str, Any]]:
    return [row.describe() for row in sandbox.table.rows()]


@pytest.mark.parametrize("scenario", ["profiles", "demo"])
def test_same_seed_same_taxpayers(scenario: str) -> None:
    first, again, other = (
        ArcaSandbox(seed=seed, scenario=scenario) for seed in (7, 7, 8)
    )
    assert first.table.rows() == again.table.rows()
    assert rows(first) != rows(other)
    assert pem(first.authority.certificate) == pem(again.authority.certificate)


def test_every_profile_is_there() -> None:
    sandbox = ArcaSandbox()
    assert {row["profile"] for row in rows(sandbox)} == set(PROFILES)
    assert all(documents.is_valid("CUIT", row["number"]) for row in rows(sandbox))


@pytest.mark.parametrize("seed", [1, 7])
def test_demo_knows_the_buyers_of_the_marketplace(seed: int) -> None:
    sandbox = ArcaSandbox(seed=seed, scenario="demo")
    market = MercadoLibreSandbox(seed=seed, scenario="demo", now=NOW)
    checked = Counter[str]()
    for billing in market.core.store.billing.values():
        info = billing.data["buyer"]["billing_info"]
        document = info["identification"]
        if billing.site != "MLA" or document["type"] not in ("CUIT", "CUIL"):
            continue
        if not documents.is_valid("CUIT", document["number"]):
            continue
        row = sandbox.table.row(document["number"])
        checked[row.profile] += 1
        assert (
            row.name.lower()
            == (
                f"{info['last_name']} {info['name']}"
                if info.get("last_name")
                else info["name"]
            ).lower()
        )
    assert {"company", "monotributo", "exempt", "cuil"} <= set(checked)
    assert {"blocked_address", "registered_exempt", "unlisted"} <= set(checked)
    usual = checked["company"] + checked["monotributo"] + checked["cuil"]
    assert usual > sum(checked.values()) / 2


def test_different_conditions_are_profiles() -> None:
    assert set(DIFFERENT.values()) <= set(PROFILES)


def test_people_of_the_demo_have_a_key(tmp_path: Path) -> None:
    sandbox = ArcaSandbox(scenario="demo")
    buyers = [row for row in sandbox.table.rows("cuil") if row.label]
    assert len(buyers) > 50
    for row in buyers[:5]:
        assert sandbox.table.of_document(row.document or "") == [row]


def test_taxpayers_are_made_and_changed() -> None:
    with ArcaSandbox(now=NOW) as sandbox:

        def post(path: str, body: dict[str, Any]) -> Any:
            return testing.control(sandbox, "POST", path, body)

        made = post("taxpayers", {"profile": "exempt", "legal_name": "Fundación Sur"})
        assert (made["person"], made["name"]) == (False, "Fundación Sur")
        assert documents.is_valid("CUIT", made["number"])
        address = {"street": "Los Ñires 45", "province": 24, "city": "Ushuaia"}
        values = {"number": "20055361682", "name": "Sosa, Ana", "address": address}
        made = post("taxpayers", {"profile": "monotributo", **values})
        assert (made["name"], made["province"]) == ("Sosa Ana", 24)
        changed = post("taxpayers/20055361682", {"profile": "registered"})
        assert changed["profile"] == "registered"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("taxpayers", {"profile": "nothing"}, 400),
        ("taxpayers", {"profile": "cuil", "number": "30500001735"}, 400),
        ("taxpayers", {"number": "20111111111"}, 400),
        ("taxpayers", {"address": {"province": 99}}, 400),
        ("taxpayers", {"address": {"planet": 3}}, 400),
        ("taxpayers/1", {"profile": "registered"}, 404),
        ("settings", {"unknown": "maybe"}, 400),
        ("settings", {"latency": -1}, 400),
        ("settings", {"retention_seconds": "600"}, 400),
        ("settings", {"drift": "no"}, 400),
        ("settings", {"login_fault": "no.such"}, 400),
        ("settings", {"speed": 1}, 400),
        ("settings", {"poison": "20"}, 400),
        ("settings", {"left_out": [20]}, 400),
        ("identity", {"cuit": "20111111111"}, 400),
        ("identity", {"cuit": "20055361682", "represented": ["1"]}, 400),
        ("certificates", {"csr": "nothing"}, 400),
        ("certificates/1", {"represented": []}, 404),
    ],
)
def test_wrong_control_calls(path: str, body: dict[str, Any], status: int) -> None:
    with ArcaSandbox(now=NOW) as sandbox:
        data = json.dumps(body).encode()
        answer = testing.call(sandbox, "POST", f"/_sandbox/{path}", data)
        assert answer.status == status, answer.body


def test_general_faults_and_latency() -> None:
    with ArcaSandbox(now=NOW) as sandbox:

        def add(kind: str, **values: Any) -> None:
            rule = {"match": "A5", "kind": kind, "times": 1, **values}
            testing.control(sandbox, "POST", "faults", rule)

        add("5xx", status=502)
        answer = testing.ask(sandbox, "dummy")
        assert answer.status == 502
        assert answer.headers["Content-Type"].startswith("text/html")
        add("malformed")
        answer = testing.ask(sandbox, "dummy")
        assert (answer.status, answer.body[-2:]) == (200, b'{"')
        add("huge", bytes=100_000)
        assert len(testing.ask(sandbox, "dummy").body) > 100_000
        assert testing.call(sandbox, "GET", "/nothing?wsdl").status == 404
        stats = testing.control(sandbox, "GET", "stats")
        assert stats["routes"]["POST /sr-padron/webservices/personaServiceA5"] == 3


def test_a_restart_keeps_everything(tmp_path: Path) -> None:
    path = str(tmp_path / "state.json")
    with testing.running(state_file=path, now=NOW) as made:
        body = {"profile": "exempt", "number": "30500001735"}
        testing.control(made.sandbox, "POST", "taxpayers", body)
        body = {"profile": "cancelled"}
        testing.control(made.sandbox, "POST", "taxpayers/30500001735", body)
        testing.control(made.sandbox, "POST", "settings", {"unknown": "derive"})
        ticket = testing.ticket(made)
    with ArcaSandbox(state_file=path) as sandbox:
        assert sandbox.table.row("30500001735").profile == "cancelled"
        assert sandbox.settings.unknown == "derive"
        asked = {
            "token": ticket.token,
            "sign": ticket.sign,
            "cuitRepresentada": testing.CUIT,
        }
    with ArcaSandbox(state_file=path, now=NOW) as sandbox:
        answer = testing.ask(sandbox, "getPersona_v2", idPersona=30500001735, **asked)
        assert "cancelada" in (answer.text("error") or "")
        request = testing.ticket_request(NOW)
        message = testing.sign(request, made.key_pem, made.certificate_pem)
        answer = testing.login(sandbox, message)
        assert answer.text("faultcode") == "ns1:coe.alreadyAuthenticated"


def test_command_line() -> None:
    command = [sys.executable, "-m", "sandbox", "arca", "--seed", "3"]
    command += ["--scenario", "demo", "--now", NOW.isoformat()]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(TESTS)}
    ) as process:
        assert process.stdout
        try:
            line = process.stdout.readline()
            found = re.search(r"sandbox arca listening on (http://\S+)", line)
            assert found, line
            with urllib.request.urlopen(f"{found[1]}/_sandbox/info") as answer:
                info = json.load(answer)
            assert info["now"].startswith("2026-11-21T12:00")
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
