"""The files that describe a deployment, and small parsers."""

import configparser
import re

import pytest
import yaml

from devtool import apt, demo, po_files
from devtool.bench import Measure, table
from devtool.cli import parser
from devtool.paths import ROOT
from devtool.postgres import Connection, existing_connection
from devtool.sandbox import LISTENING


def test_compose_names_official_images_and_holds_no_password():
    text = (ROOT / "docker-compose.yml").read_text()
    services = yaml.safe_load(text)["services"]
    assert services["db"]["image"] == "postgres:16"
    assert services["sandbox"]["profiles"] == ["sandbox"]
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or name.endswith("_FILE"), (name, value)


def test_image_installs_our_requirements_on_odoo_19():
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^FROM odoo:19$", text, re.MULTILINE)
    copied = re.findall(r"^COPY (\S+) ", text, re.MULTILINE)
    assert all((ROOT / name).exists() for name in copied)


def test_production_configuration():
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "odoo.conf")
    options = config["options"]
    assert options["list_db"] == "False"
    assert options["proxy_mode"] == "True"
    assert options["limit_time_real_cron"] == "0"
    assert not {"db_password", "admin_passwd"} & set(options)


def test_requirements_are_pinned():
    names = (
        "requirements.txt",
        "requirements-dev.txt",
        "devtool/odoo-requirements.txt",
    )
    for name in names:
        for line in (ROOT / name).read_text().splitlines():
            requirement = line.partition("#")[0].strip()
            assert not requirement or "==" in requirement, f"{name}: {line}"


def test_commands_and_options():
    options = parser().parse_args(["demo", "--once", "--fresh", "--port", "8070"])
    assert (options.once, options.fresh, options.port) == (True, True, 8070)
    options = parser().parse_args(["test", "pure", "odoo", "-k", "orders"])
    assert (options.suites, options.expression) == (["pure", "odoo"], "orders")


def test_private_server_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("DEV_POSTGRES", raising=False)
    assert existing_connection() is None
    monkeypatch.setenv("DEV_POSTGRES", "existing")
    for name, value in (("PGHOST", "db"), ("PGUSER", "me"), ("PGPORT", "5433")):
        monkeypatch.setenv(name, value)
    connection = existing_connection()
    assert connection is not None
    assert connection.odoo_options() == {
        "db_host": "db",
        "db_port": "5433",
        "db_user": "me",
    }


def test_password_is_in_the_environment_only():
    connection = Connection(host="db", user="me", password="hidden")
    assert connection.environment()["PGPASSWORD"] == "hidden"
    assert "hidden" not in connection.odoo_options().values()


def test_mirror_of_the_variable(monkeypatch):
    monkeypatch.setenv(apt.MIRROR_VARIABLE, "http://mirror.example.com/debian")
    assert apt.find_mirror() == "http://mirror.example.com/debian"


def test_sandbox_line():
    text = "starting\nsandbox mercadolibre listening on http://127.0.0.1:4711\n"
    match = LISTENING.search(text)
    assert match and match.groups() == ("mercadolibre", "http://127.0.0.1:4711", "4711")


def test_demo_report():
    report = demo.Report.parse(
        '{"orders": 5, "customers": 4, "rejected": 1, "waiting": 0,'
        ' "rejections": [["no_sku", 1]], "idle": true}'
    )
    assert report.last_line() == "5 orders imported, 4 customers, 1 rejected"
    assert report.rejections == [("no_sku", 1)]


@pytest.mark.parametrize("line", ["", "text", "{", '{"name": "a"}', '{"value": 1}'])
def test_other_output_is_no_measure(line):
    assert Measure.parse(line) is None


def test_measure_and_its_ratio():
    measure = Measure.parse('{"name": "a", "value": 30, "unit": "ms", "floor": 20}')
    assert measure is not None
    assert measure.ratio == 1.5
    assert "1.50" in table([measure])[1]


def catalogue(*terms):
    polib = po_files.polib
    result = polib.POFile()
    for msgid, msgstr in terms:
        place = [(f"model:x:{msgid}", "0")]
        result.append(
            polib.POEntry(
                msgid=msgid, msgstr=msgstr, comment="module: x", occurrences=place
            )
        )
    return result


@pytest.fixture
def addon(tmp_path):
    exported = tmp_path / "exports" / "x.pot"
    exported.parent.mkdir()
    catalogue(("Order", ""), ("ID", "")).save(str(exported))
    folder = tmp_path / "x"
    folder.mkdir()
    return exported, folder


def test_merge_fills_in_known_terms_and_reports_the_rest(addon):
    exported, folder = addon
    problems = po_files.merge(exported, folder, {"pt_BR": {"ID": "ID"}})
    assert problems == ["pt_BR.po: not translated: 'Order'"]
    assert (folder / "i18n" / "x.pot").exists()


def test_complete_catalogues_have_no_problem(addon):
    exported, folder = addon
    known = {"pt_BR": {"ID": "ID", "Order": "Pedido"}}
    assert po_files.merge(exported, folder, known) == []
    assert po_files.check(exported, folder, ["pt_BR"]) == []


def test_merge_keeps_translations_and_drops_unused_terms(addon):
    exported, folder = addon
    po_files.merge(exported, folder, {"pt_BR": {"ID": "ID", "Order": "Pedido"}})
    catalogue(("Order", "")).save(str(exported))
    assert po_files.check(exported, folder, ["pt_BR"])
    assert po_files.merge(exported, folder, {"pt_BR": {}}) == []
    text = (folder / "i18n" / "pt_BR.po").read_text()
    assert "Pedido" in text
    assert 'msgid "ID"' not in text


def test_guesses_are_reported(addon):
    exported, folder = addon
    po_files.merge(exported, folder, {"pt_BR": {"ID": "ID", "Order": "Pedido"}})
    path = folder / "i18n" / "pt_BR.po"
    stored = po_files.polib.pofile(str(path))
    stored[0].flags.append("fuzzy")
    stored.save()
    assert po_files.check(exported, folder, ["pt_BR"]) == ["pt_BR.po: fuzzy: 'Order'"]
