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

# A dated build of Odoo; a minor version of PostgreSQL and its distribution
PINNED = re.compile(r"odoo:19\.0-20\d{6}|postgres:16\.\d+-[a-z]+")


def test_compose_names_pinned_official_images_and_holds_no_password():
    text = (ROOT / "docker-compose.yml").read_text()
    compose = yaml.safe_load(text)
    services = compose["services"]
    assert PINNED.fullmatch(services["db"]["image"])
    assert services["sandbox"]["profiles"] == ["sandbox"]
    for service in services.values():
        assert "build" in service or PINNED.fullmatch(service["image"])
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or name.endswith("_FILE"), (name, value)
            if name.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in service["secrets"]
        assert {*service.get("secrets", ())} <= compose["secrets"].keys()
    mounted = [volume.partition(":")[0] for volume in services["db"]["volumes"]]
    script = ROOT / "docker" / "database.sh"
    assert "./docker/database.sh" in mounted
    assert script.stat().st_mode & 0o111, "the image would source it"


def test_nobody_is_a_superuser_or_reaches_more_than_the_proxy_does():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert services["odoo"]["environment"]["PGUSER"] == "odoo"
    assert services["db"]["environment"]["POSTGRES_USER"] == "postgres"
    assert "ports" not in services["db"]
    for service in services.values():
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), port


def test_image_installs_our_requirements_on_odoo_19():
    text = (ROOT / "Dockerfile").read_text()
    source = re.search(r"^FROM (\S+)$", text, re.MULTILINE)
    assert source and PINNED.fullmatch(source[1])
    assert "--require-hashes" in text
    lines = re.findall(r"^COPY (?:--\S+ )*(.+) \S+$", text, re.MULTILINE)
    copied = [name for line in lines for name in line.split()]
    sent = (ROOT / ".dockerignore").read_text().splitlines()
    assert len(copied) > 4
    for name in copied:
        assert (ROOT / name).exists() and f"!{name}" in sent, name


def test_requirements_of_the_image_have_hashes():
    text = (ROOT / "requirements.txt").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.partition("#")[0].strip()]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[\w.-]+==\S+(\s+--hash=sha256:[0-9a-f]{64})+", line), line


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
        text = (ROOT / name).read_text().replace("\\\n", " ")
        for line in text.splitlines():
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


def test_an_addon_without_terms_has_no_catalogue(tmp_path, capsys):
    exports, addons = tmp_path / "exports", tmp_path / "addons"
    exports.mkdir()
    (addons / "silent").mkdir(parents=True)
    (exports / "silent.pot").touch()
    for mode in ("merge", "check"):
        assert not po_files.main([mode, str(exports), str(addons), "", "pt_BR"])
        assert capsys.readouterr().out == "{}"
    assert not list((addons / "silent").iterdir())
