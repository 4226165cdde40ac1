"""How fast notifications are answered while orders are being imported.

``./dev bench webhooks``. A prefork server as in production (``odoo.conf``: four web
workers) imports the orders of the sandbox; meanwhile 20 notifications a second arrive
for a minute, in an open loop: the time of an answer counts from the moment it was due
to be sent, so that a slow answer does not spare the next ones. Every notification has
a connection of its own. The *floor* is Odoo's emptiest route, ``/web/health``, asked in
the same minute in the same way.

Each new order is announced as the service does it: the order, its payment, its
shipment, the order again. In the end every one of them must be imported.

Then a *flood*: for another minute somebody who knows the application and the seller
announces orders that do not exist, 45 a second. Counted are the calls that this costs
the account, what is left of it, and how long real orders take that are announced
meanwhile.
"""

import http.client
import json
import os
import queue
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timezone

from bench.support import SANDBOX, control, report
from e2e import odoo_side

from devtool.idle import unfinished
from devtool.ports import any_free
from devtool.testkit import Kit

SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
RATE = 20  # notifications a second
FLOOR_RATE = 5
FLOOD_RATE = 45
# One real order a so many seconds during the flood
REAL_EVERY = 5
TOPICS = ("orders_v2", "payments", "shipments", "orders_v2")
WORKERS = 4
LIMIT_MS = 500.0
THREADS = 64
PATH = "/channel/mercadolibre/notifications"
START_SECONDS = 120
DONE_SECONDS = 300


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Loop:
    """Requests at fixed moments, whether or not the former ones were answered."""

    def __init__(self, netloc, method, path, rate):
        self.netloc, self.method, self.path, self.rate = netloc, method, path, rate
        self.times, self.statuses = [], {}
        self._lock = threading.Lock()

    def run(self, started, bodies):
        """Send a body every 1/rate seconds; returns when all are answered."""
        with ThreadPoolExecutor(THREADS) as pool:
            for number, body in enumerate(bodies):
                due = started + number / self.rate
                time.sleep(max(0.0, due - time.monotonic()))
                pool.submit(self._send, due, body)

    def _send(self, due, body):
        status = 0
        connection = http.client.HTTPConnection(self.netloc, timeout=30)
        with suppress(OSError, http.client.HTTPException):
            kind = {"Content-Type": "application/json"}
            connection.request(self.method, self.path, body, kind)
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        connection.close()
        took = (time.monotonic() - due) * 1000
        with self._lock:
            self.times.append(took)
            self.statuses[status] = self.statuses.get(status, 0) + 1


class Announcer:
    """New orders, each created a moment before it is announced."""

    def __init__(self, app, seller):
        self.app, self.seller = app, seller
        self.rows = []
        self._ready = queue.Queue(maxsize=8)

    def create(self, count):
        for _turn in range(count):
            row = control("orders", {"seller_id": self.seller})[0]
            self.rows.append(row)
            self._ready.put(row)

    def bodies(self, count):
        row = None
        for number in range(count):
            topic = TOPICS[number % len(TOPICS)]
            if number % len(TOPICS) == 0:
                row = self._ready.get()
            yield self.body(number, topic, row)

    def body(self, number, topic, row):
        resource = {
            "orders_v2": f"/orders/{row['order_id']}",
            "payments": f"/collections/{row['order_id']}",
            "shipments": f"/shipments/{row.get('shipment_id')}",
        }[topic]
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        return json.dumps(
            {
                "_id": f"bench-{number}",
                "resource": resource,
                "user_id": self.seller,
                "topic": topic,
                "application_id": int(self.app),
                "attempts": 1,
                "sent": now.replace("+00:00", "Z"),
            }
        ).encode()


class Bench:
    def __init__(self, env):
        self.env = env
        self.kit = Kit.from_environment()

    def setup(self):
        odoo_side.prepare_company(self.env, SANDBOX)
        info = control("info")
        self.seller = info["sellers"][0]
        self.app = info["apps"][0]["client_id"]
        made = odoo_side.make_channel(
            self.env, "Bench", SANDBOX, self.seller, interval_minutes=720
        )
        self.channel = self.env["sale.channel"].browse(made["channel"])
        self.env.cr.commit()

    def serve(self):
        port = any_free()
        arguments = (f"--workers={WORKERS}", f"--gevent-port={any_free()}")
        child = self.kit.odoo.serve(
            "bench-server", self.env.cr.dbname, port, *arguments
        )
        self.netloc = f"127.0.0.1:{port}"
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit and child.alive:
            with suppress(OSError):
                urllib.request.urlopen(f"http://{self.netloc}/web/health", timeout=5)
                break
            time.sleep(0.2)
        # Every worker loads its registry once; not part of a minute of every day.
        warm = Loop(self.netloc, "POST", PATH, RATE)
        warm.run(time.monotonic(), [b'{"topic": "warm"}'] * 8 * WORKERS)

    def start_import(self):
        self.channel.flow_ids.filtered(lambda f: f.kind == "orders_in").action_run_now()
        self.env.cr.commit()
        self.wait(lambda: self.count("true"), "the import begins")

    def count(self, condition):
        self.env.cr.rollback()
        self.env.cr.execute(
            f"SELECT count(*) FROM sale_channel_order WHERE {condition}"
        )
        return self.env.cr.fetchone()[0]

    def wait(self, condition, what, seconds=DONE_SECONDS, step=0.5):
        limit = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > limit:
                raise RuntimeError(f"not within {seconds} s: {what}")
            time.sleep(step)

    def measure(self):
        count = SECONDS * RATE
        announcer = Announcer(self.app, self.seller["id"])
        hooks = Loop(self.netloc, "POST", PATH, RATE)
        floor = Loop(self.netloc, "GET", "/web/health", FLOOR_RATE)
        before = self.count("state = 'imported'")
        creating = threading.Thread(
            target=announcer.create, args=[count // len(TOPICS)], daemon=True
        )
        creating.start()
        started = time.monotonic() + 1
        asking = threading.Thread(
            target=floor.run, args=[started, [None] * (SECONDS * FLOOR_RATE)]
        )
        asking.start()
        hooks.run(started, announcer.bodies(count))
        asking.join()
        imported = self.count("state = 'imported'") - before
        return hooks, floor, announcer, imported

    def is_idle(self):
        """Whether no run goes on and no row is due."""
        self.env.cr.rollback()
        hints = self.env["sale.channel.hint"].search_count([])
        return not (hints or unfinished(self.env.cr, waiting=True))

    def flood(self):
        """Forged announcements, and real orders among them."""
        self.wait(self.is_idle, "the first import is over")
        control("stats/reset", {})
        hooks = Loop(self.netloc, "POST", PATH, FLOOD_RATE)
        announcer = Announcer(self.app, self.seller["id"])
        bodies = [
            announcer.body(number, "orders_v2", {"order_id": 9_000_000_000 + number})
            for number in range(SECONDS * FLOOD_RATE)
        ]
        sending = threading.Thread(target=hooks.run, args=[time.monotonic(), bodies])
        sending.start()
        delays = []
        while sending.is_alive():
            time.sleep(REAL_EVERY)
            row = control("orders", {"seller_id": self.seller["id"]})[0]
            hook = Loop(self.netloc, "POST", PATH, 1)
            hook.run(time.monotonic(), [announcer.body(0, "orders_v2", row)])
            cart, started = str(row["pack_id"] or row["order_id"]), time.monotonic()
            self.wait(
                lambda cart=cart: self.count(
                    f"external_id = '{cart}' AND state = 'imported'"
                ),
                f"order {cart}",
                step=0.05,
            )
            delays.append(time.monotonic() - started)
        sending.join()
        self.wait(self.is_idle, "idle")
        calls = sum(control("stats")["routes"].values())
        report("flood: forged announcements", len(bodies), "notifications")
        report("flood: calls in all", calls, "calls")
        report("flood: rows left", self.count("external_id LIKE '9%'"), "rows")
        report("flood: real orders", len(delays), "orders")
        report("flood: a real order's delay, median", percentile(delays, 0.5), "s")
        report("flood: a real order's delay, max", max(delays), "s")

    def lost(self, announcer):
        """Announced orders that never arrive, and notifications nobody counted.

        An announcement of an order that came in before an earlier one of the same
        order makes that a repetition, which is left out on purpose.

        :return: orders, notifications that were lost, and those left out
        """
        carts = sorted({str(r["pack_id"] or r["order_id"]) for r in announcer.rows})

        def missing():
            self.env.cr.rollback()
            self.env.cr.execute(
                "SELECT count(*) FROM sale_channel_order WHERE state = 'imported' "
                "AND external_id = ANY(%s)",
                [carts],
            )
            return len(carts) - self.env.cr.fetchone()[0]

        with suppress(RuntimeError):
            self.wait(lambda: not missing(), "every announced order is imported")
        with suppress(RuntimeError):
            self.wait(
                lambda: (
                    not self.env["sale.channel.hint"].search_count([])
                    or self.env.cr.rollback()
                ),
                "hints are taken",
                60,
            )
        orders = missing()
        self.env.cr.execute("SELECT name, webhook_count FROM sale_channel_topic")
        counted = dict(self.env.cr.fetchall())
        missed = {
            topic: len(announcer.rows) * TOPICS.count(topic) - counted.get(topic, 0)
            for topic in set(TOPICS)
        }
        repeated = missed.pop("orders_v2")
        return orders, sum(missed.values()), repeated

    def report(self, hooks, floor, announcer, imported):
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1)):
            report(
                f"answer, {name}",
                percentile(hooks.times, share),
                "ms",
                percentile(floor.times, share),
            )
        late = sum(took > LIMIT_MS for took in hooks.times)
        report("answers later than the service allows", late, "answers")
        refused = len(hooks.times) - hooks.statuses.get(200, 0)
        report("not answered 200", refused, "answers")
        orders, notifications, repeated = self.lost(announcer)
        report("notifications sent", len(hooks.times), "notifications")
        report("notifications lost", notifications, "notifications")
        report("left out as repetitions", repeated, "notifications")
        report("announced orders", len(announcer.rows), "orders")
        report("announced orders not imported", orders, "orders")
        report("imported meanwhile", imported / SECONDS, "orders/s")
        still = self.count("state != 'imported'")
        report("rows that are not imported", still, "orders")


def main(env):
    bench = Bench(env)
    bench.setup()
    try:
        bench.serve()
        bench.start_import()
        bench.report(*bench.measure())
        bench.flood()
    finally:
        bench.kit.close()


main(env)  # noqa: F821 - Odoo's shell provides it
