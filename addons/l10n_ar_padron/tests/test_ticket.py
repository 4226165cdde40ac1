from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..lib.errors import ArcaError
from .common import COMPANY_CUIT, SIGN, PadronCase, fault, person

RI = "30500010912"
REFUSED = fault("soap:Server", "Token malformado")


@tagged("post_install", "-at_install", "post_install_l10n")
class TestTicket(PadronCase):
    def setUp(self):
        super().setUp()
        self.taxpayers[RI] = person(RI, "30")
        self.tickets = self.env["l10n_ar.arca.ticket"].sudo()

    def _look_up(self):
        """A registry of its own, as another process has."""
        self.env.flush_all()
        found = next(self.certificate._get_registry().get_taxpayers([RI]))[RI]
        if isinstance(found, ArcaError):
            raise found
        return found

    def _fail(self):
        # Not assertRaises: it undoes what was written, and a ticket's row must stay.
        try:
            self._look_up()
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
        self._look_up()
        self._look_up()
        self.assertEqual(self.calls, ["login", [RI], [RI]])

    def test_renewed_before_its_end(self):
        self._look_up()
        self._row().expires_at = fields.Datetime.now() + timedelta(minutes=9)
        self._look_up()
        self.assertEqual(self._logins, 2)

    def test_still_valid_while_there_is_no_new_one(self):
        self._look_up()
        self._row().expires_at = fields.Datetime.now() + timedelta(minutes=9)
        self.replies.append(
            ("LoginCms", 500, fault("ns1:coe.alreadyAuthenticated", "ya posee"))
        )
        self._look_up()
        self._look_up()
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
        self.taxpayers[COMPANY_CUIT] = person(COMPANY_CUIT, "30", name="Own SA")
        told = self.certificate.sudo().action_test()
        self.assertIn("Own SA", told["params"]["message"])
        self.certificate.invalidate_recordset()
        self.assertFalse(self.certificate.problem_text)

    def test_trouble_waits(self):
        self.replies.append(("LoginCms", 500, fault("ns1:wsaa.unavailable", "")))
        self.assertEqual(self._fail(), ("unavailable", True))
        self.assertEqual(self._fail(), ("unavailable", True))
        self.assertEqual(self._logins, 1)
        self._row().retry_at = fields.Datetime.now() - timedelta(seconds=1)
        self._look_up()
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
        self._look_up()
        self.replies.append(("personaService", 500, REFUSED))
        self._look_up()
        self.assertEqual(self._logins, 2)

    def test_refused_ticket_and_no_other(self):
        """It is kept, because WSAA has no other one; a registry may be wrong once."""
        self._look_up()
        token = self._row().token
        self.replies.extend([("personaService", 500, REFUSED)] * 2)
        self.replies.append(
            ("LoginCms", 500, fault("ns1:coe.alreadyAuthenticated", "ya posee"))
        )
        self.assertEqual(self._fail(), ("ticket_refused", True))
        self.assertEqual(self._row().token, token)
        self.calls.clear()
        self._look_up()
        self.assertEqual(self.calls, [[RI]])
        self.certificate.invalidate_recordset()
        self.assertFalse(self.certificate.problem_text)

    def test_refused_ticket_is_not_renewed_all_the_time(self):
        """No login within ten minutes of one that gave nothing."""
        self._look_up()
        self.replies.append(
            ("LoginCms", 500, fault("ns1:coe.alreadyAuthenticated", "ya posee"))
        )
        for _turn in range(3):
            self.replies.extend([("personaService", 500, REFUSED)] * 2)
            self.assertEqual(self._fail(), ("ticket_refused", True))
        self.assertEqual(self._logins, 2)
        self._row().retry_at = fields.Datetime.now() - timedelta(seconds=1)
        self.replies.append(("personaService", 500, REFUSED))
        self._look_up()
        self.assertEqual(self._logins, 3)

    def test_refused_ticket_and_a_mistake_of_ours(self):
        self._look_up()
        self.replies.append(("personaService", 500, REFUSED))
        self.replies.append(("LoginCms", 500, fault("ns1:cms.cert.expired", "x")))
        self.assertEqual(self._fail(), ("certificate_expired", False))
        self.assertTrue(self._row().token)

    def test_nothing_secret_in_logs(self):
        with self.assertLogs(level="DEBUG") as logs:
            self._look_up()
            self.replies.append(("LoginCms", 500, fault("ns1:cms.bad", "x")))
            self._row().unlink()
            self._fail()
        token = self._row().token or "PRIVATE KEY"
        told = "\n".join(
            line for line in logs.output if not line.startswith("DEBUG:odoo.sql_db")
        )
        for secret in (SIGN, token, "PRIVATE KEY", self.certificate.certificate[60:90]):
            self.assertNotIn(secret, told)
