"""Running flows as the scheduler does, and the fake channel."""

from contextlib import nullcontext
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

import requests

from odoo import fields
from odoo.tests import new_test_user
from odoo.tests.common import _super_send

from odoo.addons.channel_base.tests.threads import InOneThread
from odoo.addons.channel_order.tests.common import ChannelOrderCommon

from ..lib.remote import REMOTES, remote_of

# A slow machine needs several slices for one run.
MAX_SLICES = 20
POOL = "odoo.addons.channel_base.lib.parallel.ThreadPoolExecutor"


class AlwaysInTestMode:
    """For a case with HTTP, which is in the registry's test mode all the time."""

    def enter_registry_test_mode(self):
        self.env.flush_all()
        return nullcontext()


class SandboxMixin:
    """Lets only the addresses of sandboxes through, which play services over real HTTP
    on loopback."""

    sandbox_hosts = set()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if urlsplit(r.url).netloc in cls.sandbox_hosts:
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    def run_sandbox(self, sandbox):
        """Start a sandbox for the rest of the test, as ``self.sandbox``.

        Batches are written in the test's own thread, which has the cursor.
        """
        self.sandbox = sandbox.start()
        self.addCleanup(self.sandbox.stop)
        pool = patch(POOL, InOneThread)
        pool.start()
        self.addCleanup(pool.stop)
        self.let_through(self.sandbox.url)

    def let_through(self, url):
        """Let calls of an address leave the test."""
        host = urlsplit(url).netloc
        self.sandbox_hosts.add(host)
        self.addCleanup(self.sandbox_hosts.discard, host)

    def control(self, path, values=None):
        """A call of the sandbox's control API, which must succeed."""
        url = f"{self.sandbox.url}/_sandbox/{path}"
        if values is None:
            answer = requests.get(url, timeout=10)
        else:
            answer = requests.post(url, json=values, timeout=10)
        self.assertLess(answer.status_code, 300, answer.text)
        return answer.json()

    def routes(self):
        """Route of the API → calls so far."""
        return self.control("stats")["routes"]


class FlowCase(ChannelOrderCommon):
    """A channel whose flows the tests run."""

    def flow(self, kind="orders_in"):
        return self.channel.flow_ids.filtered(lambda flow: flow.kind == kind)

    def run_flow(self):
        """Let the scheduled action do its work, as the scheduler would."""
        flow = self.flow()
        flow.run_requests += 1
        state = flow._get_state()
        state.write({"last_run_at": False, "retry_at": False})
        for _slice in range(MAX_SLICES):
            with self.enter_registry_test_mode():
                flow.cron_id.method_direct_trigger()
            self.env.invalidate_all()
            if not state.run_id:
                break
        return flow

    def run_hinted(self):
        """Let the scheduler wake the flow before its interval is over."""
        flow = self.flow()
        self.assertGreater(flow._get_full_due(flow._get_state()), fields.Datetime.now())
        with self.enter_registry_test_mode():
            flow.cron_id.method_direct_trigger()
        self.env.invalidate_all()

    def run_with(self, external_id):
        self.run_flow()
        return external_id

    def inbox(self, external_id):
        return self.env["sale.channel.order"].search(
            [
                ("channel_id", "=", self.channel.id),
                ("external_id", "=", external_id),
            ]
        )

    def pass_time(self, row, **time):
        """Let time pass since the row was first read, until it is due again."""
        then = fields.Datetime.now() - timedelta(**time)
        row.write({"first_read_at": then, "next_attempt_at": then})

    def make_due(self, row):
        row.next_attempt_at = fields.Datetime.now()

    @classmethod
    def make_user(cls, login, *groups):
        """A user of the company under test, and of nothing else."""
        return new_test_user(
            cls.env,
            login,
            groups=",".join(["base.group_user", *groups]),
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )


class FakeCase(FlowCase):
    """The fake channel; what it holds lives in ``self.remote``."""

    def setUp(self):
        super().setUp()
        REMOTES.clear()
        self.addCleanup(REMOTES.clear)
        self.remote = remote_of(self.channel.id)

    def put(self, external_id=None, **changes):
        """Create an order there, or change one."""
        external_id = external_id or f"F{len(self.remote.orders) + 1}"
        return self.remote.put(external_id, **changes)

    def bring(self, external_id=None, **changes):
        """Create or change an order there, let it come in; its inbox row."""
        return self.inbox(self.run_with(self.put(external_id, **changes)))

    def imported(self, external_id=None, **changes):
        """As :meth:`bring`, for an order that must go through; its sale order."""
        row = self.bring(external_id, **changes)
        self.assertEqual(row.state, "imported", row.error_message)
        return row.sale_order_id

    def assert_rejected(self, row, code, *words):
        """The row is in error, says why, and left no sale order behind."""
        self.assertEqual(
            (row.state, row.sync_state, row.error_code), ("rejected", "error", code)
        )
        for word in words:
            self.assertIn(word, row.error_message)
        self.assertFalse(row.sale_order_id)
        self.assertFalse(
            self.env["sale.order"].search([("client_order_ref", "=", row.number)])
        )
        self.assertTrue(row.partner_id)
