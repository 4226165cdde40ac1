"""A database, Odoo servers and sandboxes of one test module, and a look at them."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras

from devtool.idle import unfinished
from devtool.paths import LOGS
from devtool.ports import any_free
from devtool.processes import Child
from devtool.sandbox import Sandbox
from devtool.system import slowness
from devtool.testkit import Kit

from .rpc import Session
from .worker import Worker

START_SECONDS = 120.0
POLL_SECONDS = 0.1
# The company of demo_setup
COMPANY_CUIT = "30714295698"


class Remote:
    """The control API of a sandbox process."""

    def __init__(self, sandbox: Sandbox):
        self.url = sandbox.url
        self.child = sandbox.child

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/_sandbox/{path}", timeout=30) as got:
            return json.load(got)

    def post(self, path: str, method: str = "POST", **body: Any) -> Any:
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{path}", json.dumps(body).encode(), method=method
        )
        with urllib.request.urlopen(request, timeout=30) as got:
            return json.load(got)

    def stats(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("stats")
        return found

    def reset_stats(self) -> None:
        self.post("stats/reset")

    def fault(self, match: str, kind: str, **values: Any) -> None:
        self.post("faults", match=match, kind=kind, **values)

    def fired(self) -> int:
        """How often a fault struck since the last one was put right."""
        return sum(rule["fired"] for rule in self.get("faults")["faults"])

    def heal(self) -> None:
        self.post("faults", method="DELETE")


class Marketplace(Remote):
    """A sandbox of MercadoLibre; its first seller is the one that counts."""

    def __init__(self, sandbox: Sandbox):
        super().__init__(sandbox)
        self.seller = self.get("info")["sellers"][0]

    def truth(self) -> dict[str, float]:
        """Cart → what its orders cost."""
        carts: dict[str, float] = {}
        for row in self.get(f"truth?seller_id={self.seller['id']}"):
            cart = str(row["pack_id"] or row["order_id"])
            carts[cart] = round(carts.get(cart, 0) + row["goods_total"], 2)
        return carts


class Arca(Remote):
    """A sandbox of ARCA's login and registry."""

    def set(self, **values: Any) -> None:
        self.post("settings", **values)

    def identity(self, **values: Any) -> dict[str, Any]:
        """Key and certificate of the Argentine company."""
        found: dict[str, Any] = self.post("identity", cuit=COMPANY_CUIT, **values)
        return found

    def profiles(self) -> dict[str, str]:
        """CUIT → what the registry knows about it."""
        return {row["number"]: row["profile"] for row in self.get("taxpayers")}

    def calls(self) -> dict[str, int]:
        """Logins and questions, those without an answer included."""
        routes = self.stats()["routes"]
        logins = sum(n for route, n in routes.items() if "LoginCms" in route)
        return {"logins": logins, "questions": sum(routes.values()) - logins}


class Server:
    """An Odoo server process."""

    def __init__(self, stage: "Stage", name: str, *arguments: str):
        self.stage = stage
        self.name = f"e2e-{name}-{stage.database}"
        port, gevent = any_free(), any_free()
        self.url = f"http://127.0.0.1:{port}"
        self.log = LOGS / f"{self.name}.log"
        self.child: Child = stage.kit.odoo.serve(
            self.name, stage.database, port, f"--gevent-port={gevent}", *arguments
        )

    def wait_ready(self) -> "Server":
        def answers() -> bool:
            try:
                with urllib.request.urlopen(f"{self.url}/web/health", timeout=5):
                    return True
            except (urllib.error.URLError, OSError):
                assert self.child.alive, self.tail()
                return False

        wait_until(answers, f"{self.name} answers", START_SECONDS)
        return self

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def kill(self) -> None:
        """kill -9: no chance to put anything in order."""
        self.child.popen.kill()
        self.child.popen.wait()
        self.end()

    def end(self) -> None:
        self.stage.kit.odoo.supervisor.end(self.child)
        if self in self.stage.servers:
            self.stage.servers.remove(self)

    def login(self, user: str = "admin", password: str = "admin") -> Session:
        return Session(self.url, self.stage.database, user, password)


class Stage:
    """What one test module plays on."""

    def __init__(self, kit: Kit, database: str):
        self.kit = kit
        self.database = database
        self.servers: list[Server] = []
        self.workers: list[Worker] = []
        self.remotes: list[Remote] = []
        self._worker: Worker | None = None

    # Processes

    def sandbox(
        self, orders: int, scenario: str = "bench", seed: int = 7, days: int = 40
    ) -> Marketplace:
        """A marketplace with that many orders."""
        options = ("--scenario", scenario, "--orders", str(orders), "--days", str(days))
        remote = Marketplace(self._start("mercadolibre", seed, options))
        self.remotes.append(remote)
        return remote

    def arca(self, scenario: str = "profiles", seed: int = 7) -> Arca:
        """A registry of taxpayers."""
        remote = Arca(self._start("arca", seed, ("--scenario", scenario)))
        self.remotes.append(remote)
        return remote

    def _start(self, kind: str, seed: int, arguments: tuple[str, ...]) -> Sandbox:
        return Sandbox.start(
            self.kit.databases.python,
            self.kit.odoo.supervisor,
            kind=kind,
            seed=seed,
            arguments=arguments,
        )

    def serve(self, *arguments: str, name: str = "server") -> Server:
        """A running Odoo server, its scheduled actions awake."""
        server = Server(self, name, *arguments)
        self.servers.append(server)
        server.wait_ready()
        self.wake()
        return server

    @property
    def worker(self) -> Worker:
        if self._worker is None:
            self._worker = self.new_worker()
        return self._worker

    def new_worker(self, name: str = "worker") -> Worker:
        return self.new_workers(name)[0]

    def new_workers(self, *names: str) -> list[Worker]:
        """Processes with Odoo's registry, started side by side."""
        workers = Worker.start(self.kit, self.database, *names)
        self.workers += workers
        return [worker.wait_ready() for worker in workers]

    def channel(self, remote: Marketplace, name: str = "Shop", **values: Any) -> "Shop":
        """A live channel connected to a sandbox."""
        found = self.worker.call(
            "make_channel",
            name=name,
            sandbox_url=remote.url,
            seller=remote.seller,
            **values,
        )
        return Shop(self, remote, found["channel"], found["flow"])

    def close(self) -> None:
        for server in list(self.servers):
            server.end()
        for worker in self.workers:
            worker.end()
        for remote in self.remotes:
            self.kit.odoo.supervisor.end(remote.child)

    # Database

    @contextmanager
    def connection(self, database: str = "") -> Iterator[Any]:
        with closing(psycopg2.connect(dbname=database or self.database)) as connection:
            yield connection

    def sql(self, query: str, *parameters: Any) -> list[tuple]:
        """Rows of a statement that commits by itself."""
        with self.connection() as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query, parameters or None)
                return cursor.fetchall() if cursor.description else []

    def value(self, query: str, *parameters: Any) -> Any:
        return self.sql(query, *parameters)[0][0]

    def trigger(self, cron: str) -> None:
        """Make a scheduled action due, by its external id, and wake the threads."""
        module, _dot, name = cron.partition(".")
        self.sql(
            "INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT res_id, "
            "now() AT TIME ZONE 'UTC' - interval '1 second' FROM ir_model_data "
            "WHERE module = %s AND name = %s",
            module,
            name,
        )
        self.wake()

    def wake(self) -> None:
        """Let the cron threads look now; they would sleep a minute otherwise."""
        with self.connection("postgres") as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify('cron_trigger', %s)", [self.database])


class Channel:
    """A channel on a stage.

    :param flow: id of the flow that :meth:`run` runs
    """

    def __init__(self, stage: Stage, channel: int, flow: int):
        self.stage = stage
        self.channel = channel
        self.flow = flow

    def request_run(self, flow: int | None = None) -> None:
        """What "Run now" writes, without a web server; then wake the cron threads."""
        flow = flow or self.flow
        self.stage.sql(
            "UPDATE sale_channel_flow "
            "SET run_requests = COALESCE(run_requests, 0) + 1 WHERE id = %s",
            flow,
        )
        self.stage.sql(
            "INSERT INTO ir_cron_trigger (cron_id, call_at) SELECT cron_id, "
            "now() AT TIME ZONE 'UTC' - interval '1 second' FROM sale_channel_flow "
            "WHERE id = %s",
            flow,
        )
        self.stage.wake()

    def end_leases(self) -> int:
        """Move the time of the next attempt back: leases and backoffs are over."""
        return len(
            self.stage.sql(
                "UPDATE sale_channel_order SET next_attempt_at = "
                "now() AT TIME ZONE 'UTC' - interval '1 second' "
                "WHERE channel_id = %s AND sync_state IN ('fetch', 'process') "
                "RETURNING id",
                self.channel,
            )
        )

    def unfinished(self) -> int:
        with self.stage.connection() as connection, connection.cursor() as cursor:
            return unfinished(cursor, [self.channel])

    def wait_idle(self, seconds: float = 90.0) -> None:
        """Until the flow has done what is due."""
        wait_until(lambda: not self.unfinished(), "the flow is idle", seconds)

    def run(self, seconds: float = 90.0, flow: int | None = None) -> None:
        """Run a flow now and wait until it has done what is due."""
        self.request_run(flow)
        self.wait_idle(seconds)

    def count(self, condition: str = "true") -> int:
        """Inbox rows."""
        found: int = self.stage.value(
            f"SELECT count(*) FROM sale_channel_order "
            f"WHERE channel_id = %s AND ({condition})",
            self.channel,
        )
        return found

    def summary(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.stage.worker.call(
            "summary", channel_id=self.channel
        )
        return found

    def credential(self) -> dict[str, Any]:
        with self.stage.connection() as connection:
            factory = psycopg2.extras.RealDictCursor
            with connection.cursor(cursor_factory=factory) as cursor:
                cursor.execute(
                    "SELECT * FROM sale_channel_credential WHERE channel_id = %s",
                    [self.channel],
                )
                return dict(cursor.fetchone())


class Shop(Channel):
    """A MercadoLibre channel on a stage."""

    def __init__(self, stage: Stage, remote: Marketplace, channel: int, flow: int):
        super().__init__(stage, channel, flow)
        self.remote = remote

    def expire_token(self) -> None:
        """Both sides: the token is over, and Odoo knows."""
        self.remote.post("tokens/expire")
        self.stage.sql(
            "UPDATE sale_channel_credential SET expires_at = now() - interval '1 day' "
            "WHERE channel_id = %s",
            self.channel,
        )

    def assert_all_imported(self) -> None:
        """Every cart is one row and one confirmed sale order with the same total."""
        truth, found = self.remote.truth(), self.summary()
        assert set(found) == set(truth)
        bad = {key: row for key, row in found.items() if row["state"] != "imported"}
        assert not bad
        assert {key: row["total"] for key, row in found.items()} == truth
        orders = [row["order"] for row in found.values()]
        assert len(set(orders)) == len(orders)
        assert {row["order_state"] for row in found.values()} == {"sale"}
        # No sale order without an inbox row either: nothing was done twice.
        in_odoo = self.stage.value(
            "SELECT count(*) FROM sale_order WHERE sale_channel_id = %s", self.channel
        )
        assert in_odoo == len(truth)
        buyers = self.stage.sql(
            "SELECT external_id FROM sale_channel_partner WHERE channel_id = %s",
            self.channel,
        )
        truth_rows = self.remote.get(f"truth?seller_id={self.remote.seller['id']}")
        assert sorted(b[0] for b in buyers) == sorted(
            {str(row["buyer_id"]) for row in truth_rows}
        )


def wait_until(
    condition: Callable[[], Any], what: str, seconds: float, poll: float = POLL_SECONDS
) -> Any:
    """The condition's first true answer.

    :param seconds: how long an idle machine may take; a busy one may take longer
    """
    started = time.monotonic()
    while time.monotonic() - started < seconds * slowness():
        answer = condition()
        if answer:
            return answer
        time.sleep(poll)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


def install(kit: Kit, database: str, addon: str) -> None:
    """Install an addon."""
    arguments = ["-d", database, "-i", addon, "--no-http", "--stop-after-init"]
    kit.odoo.run_checked(f"e2e-install-{addon}", f"Installing {addon}", arguments)


def log_lines(path: Path, text: str) -> list[str]:
    return [
        line for line in path.read_text(errors="replace").splitlines() if text in line
    ]
