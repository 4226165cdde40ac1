from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..lib.errors import ArcaError
from ..lib.soap import make_session
from .common import SIGN, ArcaCase, fault

SERVICE = "ws_example"
HELD = ("LoginCms", 500, fault("ns1:coe.alreadyAuthenticated", "ya posee"))


@tagged("post_install", "-at_install", "post_install_l10n")
class TestTicket(ArcaCase):
    def setUp(self):
        super().setUp()
        self.tickets = self.env["l10n_ar.arca.ticket"].sudo()

    def _get(self, refuses=False):
        """A ticket as another process gets one, maybe instead of one that it got."""
        self.env.flush_all()
        read = self.certificate.sudo()._make_ticket_reader(make_session())
        ticket = read(SERVICE, False)
        return read(SERVICE, True) if refuses else ticket

    def _fail(self, refuses=False):
        # Not assertRaises: it undoes what was written, and a ticket's row must stay.
        try:
            self._get(refuses)
        except ArcaError as error:
            return error.code, error.retryable
        return None

    def _row(self):
        self.tickets.invalidate_model()
        return self.tickets.search([("fingerprint", "=", self.certificate.fingerprint)])

    @property
    def _logins(self):
        return self.calls.count("login")

    def test_shared(self):
        first = self._get()
        self.assertEqual(self._get(), first)
        self.assertEqual(self.certificate._get_ticket(SERVICE), first)
        self.assertEqual(self.calls, ["login"])

    def test_one_for_each_service(self):
        self._get()
        self.certificate._get_ticket("ws_other")
        self.assertEqual(self._logins, 2)
        self.assertEqual(set(self._row().mapped("service")), {SERVICE, "ws_other"})

    def test_renewed_before_its_end(self):
        self._get()
        self._row().expires_at = fields.Datetime.now() + timedelta(minutes=9)
        self._get()
        self.assertEqual(self._logins, 2)

    def test_still_valid_while_there_is_no_new_one(self):
        self._get()
        self._row().expires_at = fields.Datetime.now() + timedelta(minutes=9)
        self.replies.append(HELD)
        self._get()
        self._get()
        self.assertEqual(self._logins, 2)
        self._row().expires_at = fields.Datetime.now() + timedelta(seconds=50)
        self.assertEqual(self._fail(), ("ticket_elsewhere", True))

    def test_mistakes_are_asked_once(self):
        """WSAA must not be asked again before the cause is mended."""
        self.replies.append(
            (
                "LoginCms",
                500,
                fault("ns1:coe.notAuthorized", "Computador no autorizado"),
            )
        )
        for _turn in range(3):
            self.assertEqual(self._fail(), ("not_authorised", False))
        self.assertEqual(self.calls, ["login"])
        self.assertIn("Administrador de Relaciones", self.certificate.problem_text)
        self.assertIn(f"{SERVICE}: coe.notAuthorized", self.certificate.problem_text)
        own = self.certificate.sudo()
        with patch.object(type(own), "_test_services", lambda _record: []):
            own.action_test()
        self._get()
        self.certificate.invalidate_recordset()
        self.assertFalse(self.certificate.problem_text)

    def test_trouble_waits(self):
        self.replies.append(("LoginCms", 500, fault("ns1:wsaa.unavailable", "")))
        self.assertEqual(self._fail(), ("unavailable", True))
        self.assertEqual(self._fail(), ("unavailable", True))
        self.assertEqual(self._logins, 1)
        self._row().retry_at = fields.Datetime.now() - timedelta(seconds=1)
        self._get()
        self.assertEqual(self._logins, 2)
        self.assertFalse(self._row().problem)

    def test_waits(self):
        for code, seconds in (
            ("wsn.unavailable", 60),
            ("coe.alreadyAuthenticated", 600),
        ):
            self.replies.append(("LoginCms", 500, fault(f"ns1:{code}", "")))
            now = fields.Datetime.now()
            self._fail()
            waited = self._row().retry_at - now
            self.assertAlmostEqual(waited.total_seconds(), seconds, delta=5)
            self.tickets._forget_problems(self.certificate._get_ticket_key())

    def test_refused_ticket(self):
        self._get(refuses=True)
        self.assertEqual(self._logins, 2)

    def test_refused_ticket_and_no_other(self):
        """It is kept, because WSAA has no other one; a service may be wrong once."""
        token = self._get().token
        self.replies.append(HELD)
        self.assertEqual(self._fail(refuses=True), ("ticket_refused", True))
        self.assertEqual(self._row().token, token)
        self.calls.clear()
        self.assertEqual(self._get().token, token)
        self.assertFalse(self.calls)
        self.certificate.invalidate_recordset()
        self.assertFalse(self.certificate.problem_text)

    def test_refused_ticket_is_not_renewed_all_the_time(self):
        """No login within ten minutes of one that gave nothing."""
        self._get()
        self.replies.append(HELD)
        for _turn in range(3):
            self.assertEqual(self._fail(refuses=True), ("ticket_refused", True))
        self.assertEqual(self._logins, 2)
        self._row().retry_at = fields.Datetime.now() - timedelta(seconds=1)
        self._get(refuses=True)
        self.assertEqual(self._logins, 3)

    def test_refused_ticket_and_a_mistake_of_ours(self):
        self._get()
        self.replies.append(("LoginCms", 500, fault("ns1:cms.cert.expired", "x")))
        self.assertEqual(self._fail(refuses=True), ("certificate_expired", False))
        self.assertTrue(self._row().token)

    def test_nothing_secret_in_logs(self):
        with self.assertLogs(level="DEBUG") as logs:
            self._get()
            self.replies.append(("LoginCms", 500, fault("ns1:cms.bad", "x")))
            self._row().unlink()
            self._fail()
        token = self._row().token or "PRIVATE KEY"
        told = "\n".join(
            line for line in logs.output if not line.startswith("DEBUG:odoo.sql_db")
        )
        for secret in (SIGN, token, "PRIVATE KEY", self.certificate.certificate[60:90]):
            self.assertNotIn(secret, told)
