"""``./dev demo``: a sandbox marketplace, Odoo with our addons, and orders coming in."""

import json
import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from .errors import DevError
from .odoo_server import wait_until_ready, warm_up
from .paths import (
    DEVTOOL,
    LOGS,
    ROOT,
    RUNTIME,
    read_json,
    usual_names,
    write_json,
)
from .ports import LOOPBACK, any_free, first_free, is_free
from .processes import (
    Child,
    is_same_process,
    keep_alive,
    require_alive,
    start_time,
)
from .sandbox import Sandbox
from .workspace import Workspace

STATE = RUNTIME / "demo.json"
# Tokens and changes of the sandbox, so that a kept database still fits to it
SANDBOX_STATE = RUNTIME / "demo-sandbox.json"
ARCA_STATE = RUNTIME / "demo-arca.json"
DATABASE = "demo"
SCRIPT = DEVTOOL / "odoo_scripts" / "demo_setup.py"
PRICING = DEVTOOL / "odoo_scripts" / "demo_pricing.py"
SHOP = DEVTOOL / "odoo_scripts" / "demo_shop.py"
REASONS = DEVTOOL / "odoo_scripts" / "demo_reasons.py"
REPORT = "devtool.demo_report"
HTTP_PORTS = range(8069, 8100)
LOGIN, PASSWORD = "admin", "admin"
RESELLER = "revenda"
NOTIFICATIONS = "/channel/mercadolibre/notifications"
IMPORT_SECONDS = 900.0
POLL_SECONDS = 1.0
SELLER = 1893456721  # the sandbox's first account
# As many equal reports in a row mean that nothing more is coming
QUIET_POLLS = 3


@dataclass
class Report:
    """What the scheduled actions have brought so far."""

    orders: int = 0
    customers: int = 0
    rejected: int = 0
    waiting: int = 0
    rejections: list[tuple[str, int]] = field(default_factory=list)
    idle: bool = False

    @classmethod
    def parse(cls, text: str) -> "Report":
        content = json.loads(text)
        content["rejections"] = [tuple(row) for row in content.get("rejections", [])]
        return cls(**content)

    def last_line(self) -> str:
        return (
            f"{self.orders} orders imported, {self.customers} customers, "
            f"{self.rejected} rejected"
        )


@dataclass
class Demo:
    """A demo that runs."""

    url: str
    children: tuple[Child, ...]
    report: Report
    # What the report for people says beside the numbers
    lines: list[str]


def present(workspace: Workspace, demo: Demo, *, once: bool) -> int:
    """Tell what a demo has, and serve it until somebody stops it; the exit code."""
    show(workspace, demo)
    if not once:
        workspace.progress.line("Ctrl-C stops it.")
    workspace.progress.line(demo.report.last_line())
    if once:
        return 0
    return keep_alive(workspace.progress.line, demo.children)


def start(
    workspace: Workspace, *, fresh: bool = False, port: int | None = None
) -> Demo:
    """Start the sandbox and Odoo, and wait until the orders are there."""
    refuse_second()
    if port and not is_free(port):
        raise DevError(f"Port {port} is taken; without --port a free one is found.")
    database = workspace.databases.name(DATABASE)
    if fresh:
        SANDBOX_STATE.unlink(missing_ok=True)
        ARCA_STATE.unlink(missing_ok=True)
    sandbox = Sandbox.start(
        workspace.python,
        workspace.supervisor,
        port=int(read_json(STATE).get("sandbox_port", 0)),
        arguments=("--state-file", str(SANDBOX_STATE)),
    )
    workspace.progress.line(f"Sandbox marketplace: {sandbox.url}")
    arca = Sandbox.start(
        workspace.python,
        workspace.supervisor,
        kind="arca",
        port=int(read_json(STATE).get("arca_port", 0)),
        arguments=("--scenario", "demo", "--state-file", str(ARCA_STATE)),
    )
    workspace.progress.line(f"Sandbox of ARCA: {arca.url}")
    prepare_database(workspace, database, fresh=fresh)
    configure(workspace, database, sandbox, arca)
    server, url = serve(workspace, database, port or first_free(HTTP_PORTS))
    owner = os.getpid()
    facts = {
        "database": database,
        "sandbox_port": sandbox.port,
        "sandbox_url": sandbox.url,
        "arca_port": arca.port,
        "url": url,
        "owner": owner,
        "owner_started": start_time(owner),
    }
    write_json(STATE, facts)
    children = (server, sandbox.child, arca.child)
    report = wait_for_import(workspace, database, children)
    sandbox.announce_to(f"{url}{NOTIFICATIONS}")
    report.rejections = read_reasons(workspace, database)
    return Demo(url, children, report, describe(url, sandbox))


def running() -> dict[str, object] | None:
    """Facts about a demo that another command serves."""
    facts = read_json(STATE)
    owner = facts.get("owner", 0), facts.get("owner_started", 0)
    return facts if is_same_process(*owner) else None


def prepare_database(workspace: Workspace, database: str, *, fresh: bool) -> None:
    """Create the database from the template, or bring it to the addons' state."""
    databases = workspace.databases
    template = workspace.templates.addons()
    wanted = workspace.templates.addons_note()
    found = databases.note(database)
    if found is None or fresh:
        with workspace.progress.step("Creating the demo database"):
            databases.create(database, template)
            databases.write_note(database, wanted)
    elif found != wanted:
        names = ",".join(usual_names(with_tests=False))
        with workspace.progress.step("Updating the demo's addons") as step:
            arguments = ["-d", database, "-u", names, "-i", names]
            arguments += ["--no-http", "--stop-after-init"]
            title = "Updating the demo (./dev demo --fresh starts anew)"
            workspace.odoo.run_checked("demo-update", title, arguments, step)
            databases.write_note(database, wanted)


def configure(
    workspace: Workspace, database: str, sandbox: Sandbox, arca: Sandbox
) -> None:
    """Companies, channels and products; safe to repeat."""
    env = {"SANDBOX_URL": sandbox.url, "ARCA_URL": arca.url}
    scripts = {"demo-setup": SCRIPT, "demo-pricing": PRICING, "demo-shop": SHOP}
    title = "Configuring channels, prices and the web shop"
    run_scripts(workspace, database, title, scripts, env)


def run_scripts(
    workspace: Workspace,
    database: str,
    title: str,
    scripts: dict[str, Path],
    env: dict[str, str],
) -> None:
    """Run scripts in Odoo's shell, and tell what they print."""
    with workspace.progress.step(title):
        for name, script in scripts.items():
            code, log, output = workspace.odoo.script(name, database, script, env)
            for line in output.splitlines():
                workspace.progress.line(f"  {line}")
            if code:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                raise DevError(f"Configuring failed (log {log}):\n{tail}")


def serve(workspace: Workspace, database: str, port: int) -> tuple[Child, str]:
    """Start Odoo with its scheduled actions and wait for its pages."""
    url = f"http://{LOOPBACK}:{port}"
    gevent = f"--gevent-port={any_free()}"
    with workspace.progress.step("Starting Odoo"):
        server = workspace.odoo.serve("demo", database, port, gevent)
        wait_until_ready(server, url)
        warm_up(url)
    # Its first look at the scheduled actions would otherwise come after a minute
    wake = ("SELECT pg_notify('cron_trigger', %s)", [database])
    workspace.databases.query("postgres", wake)
    return server, url


def read_report(workspace: Workspace, database: str) -> Report:
    """Ask the database how far the import is."""
    done = subprocess.run(
        [str(workspace.python.python), "-m", REPORT, database],
        env=workspace.databases.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DevError(f"Reading the import's state failed:\n{done.stderr.strip()}")
    return Report.parse(done.stdout)


def read_reasons(workspace: Workspace, database: str) -> list[tuple[str, int]]:
    """Why orders were rejected, in the words people read in Odoo."""
    code, log, output = workspace.odoo.script("demo-reasons", database, REASONS, {})
    if code or not output.strip():
        raise DevError(f"Reading the reasons failed. Log: {log}")
    return [(reason, count) for reason, count in json.loads(output.splitlines()[-1])]


def wait_for_import(
    workspace: Workspace, database: str, children: tuple[Child, ...], least: int = 1
) -> Report:
    """Wait until the scheduled actions have brought all orders, some at least."""
    limit = time.monotonic() + IMPORT_SECONDS
    report, quiet = Report(), 0
    with workspace.progress.step("Scheduled actions import orders") as step:
        while time.monotonic() < limit:
            require_alive(children)
            before, report = report, read_report(workspace, database)
            step.note(f"{report.orders} orders, {report.waiting} waiting")
            same = before == report and report.idle and report.orders >= least
            quiet = quiet + 1 if same else 0
            if quiet >= QUIET_POLLS:
                return report
            time.sleep(POLL_SECONDS)
    log = LOGS / "demo.log"
    raise DevError(
        f"The import did not end within {IMPORT_SECONDS:.0f} s "
        f"({report.last_line()}, {report.waiting} waiting). Log: {log}"
    )


def describe(url: str, sandbox: Sandbox) -> list[str]:
    """What else a person can do with the demo."""
    return [
        f"  Web shop: {url}/shop   login: {RESELLER}   password: {RESELLER}",
        "  A purchase, which arrives within seconds:",
        f"    curl -d '{{\"seller_id\": {SELLER}}}' {sandbox.url}/_sandbox/orders",
        "",
    ]


def show(workspace: Workspace, demo: Demo) -> None:
    """The report for people."""
    report = demo.report
    lines = [
        "",
        f"  Orders imported   {report.orders:>6}",
        f"  Customers         {report.customers:>6}",
        f"  Orders rejected   {report.rejected:>6}",
        *(f"    {count:>4} × {reason}" for reason, count in report.rejections),
        f"  Waiting           {report.waiting:>6}",
        "",
        f"  Odoo: {demo.url}/odoo   login: {LOGIN}   password: {PASSWORD}",
        *demo.lines,
    ]
    for line in lines:
        workspace.progress.line(line)


def refuse_second() -> None:
    facts = running()
    if facts:
        raise DevError(
            f"A demo is already running at {facts.get('url')}; ./dev stop ends it."
        )
