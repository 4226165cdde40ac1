from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.l10n_ar_arca.tests.common import COMPANY_CUIT, fault
from odoo.addons.partner_registry.lib.errors import RegistryError

from .common import PadronCase, person

RI = "30500010912"
REFUSED = ("personaService", 500, fault("soap:Server", "Token malformado"))
HELD = ("LoginCms", 500, fault("ns1:coe.alreadyAuthenticated", "ya posee"))
SELLER = "base.group_user,base.group_partner_manager"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestRegistry(PadronCase):
    """The registry as a web service of a certificate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "sol", "base.group_system,account.group_account_manager"
        )
        cls.admin.write({"company_ids": [(4, cls.company.id)]})
        cls.admin.company_id = cls.company

    def setUp(self):
        super().setUp()
        self.taxpayers[RI] = person(RI, "30")

    def _look_up(self):
        """A registry of its own, as another process has; the code of what failed."""
        self.env.flush_all()
        found = next(self.certificate._get_registry().get_taxpayers([RI]))[RI]
        return found.code if isinstance(found, RegistryError) else None

    def test_ticket_is_shared(self):
        self._look_up()
        self._look_up()
        self.assertEqual(self.calls, ["login", [RI], [RI]])

    def test_refused_ticket(self):
        self._look_up()
        self.replies.append(REFUSED)
        self.assertFalse(self._look_up())
        self.assertEqual(self.calls.count("login"), 2)

    def test_refused_ticket_and_no_other(self):
        """No login within ten minutes of one that gave nothing."""
        self._look_up()
        self.replies.append(HELD)
        for _turn in range(3):
            self.replies.extend([REFUSED] * 2)
            self.assertEqual(self._look_up(), "ticket_refused")
        self.assertEqual(self.calls.count("login"), 2)
        self.assertFalse(self._look_up())

    def test_not_authorised(self):
        """What to add at ARCA is said by its name there."""
        refusal = fault("ns1:coe.notAuthorized", "Computador no autorizado")
        self.replies.append(("LoginCms", 500, refusal))
        self.assertEqual(self._look_up(), "not_authorised")
        shown = self.certificate.problem_text
        self.assertIn("Consulta de constancia de inscripción", shown)
        partner = self._make_partner(RI)
        with self.assertRaisesRegex(UserError, "Consulta de constancia"):
            partner.action_l10n_ar_padron_update()

    def test_test_without_a_number(self):
        """The certificate's own number counts; without any it says so."""
        self.taxpayers[COMPANY_CUIT] = person(COMPANY_CUIT, "30", name="Own SA")
        own = self.certificate.with_user(self.admin)
        own.represented_cuit = False
        self.assertIn("Own SA", own.action_test()["params"]["message"])
        own.sudo().cuit = False
        with self.assertRaisesRegex(UserError, "in whose name"):
            own.action_test()
        with self.assertRaisesRegex(UserError, "in whose name"):
            self._make_partner(RI).action_l10n_ar_padron_update()

    def test_test_that_fails(self):
        self.replies.extend([("personaService", 404, "")] * 3)
        with self.assertRaisesRegex(UserError, "cannot be reached"):
            self.certificate.sudo().action_test()

    def test_addresses(self):
        own = self.certificate.sudo()
        for environment, host in (
            ("production", "aws.afip"),
            ("homologation", "awshomo.afip"),
        ):
            own.environment = environment
            for name in ("constancia_url", "a13_url"):
                self.assertIn(f"https://{host}", own[name])
        for name in ("constancia_url", "a13_url"):
            with self.assertRaises(ValidationError):
                own[name] = "http://example.com"

    def test_neutralised(self):
        answer = (
            self.env["partner.registration.finding"]
            .sudo()
            .create(
                {
                    "registry": "arca",
                    "number": COMPANY_CUIT,
                    "environment": "test",
                    "fetched_at": fields.Datetime.now(),
                    "checked_at": fields.Datetime.now(),
                    "outcome": "not_found",
                    "raw": "<persona>…</persona>",
                    "content_hash": "x",
                }
            )
        )
        self.env.flush_all()
        for query in get_neutralization_queries(["partner_registry"]):
            self.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(answer.raw)

    def test_views(self):
        """Forms open and save for whom they are meant."""
        accountant = new_test_user(
            self.env,
            "elvio",
            f"account.group_account_manager,{SELLER}",
        )
        seller = new_test_user(self.env, "zulma", SELLER)
        for user in (accountant, seller):
            user.write(
                {
                    "company_ids": [(4, self.company.id)],
                    "company_id": self.company.id,
                }
            )
        partner = self._make_partner(RI)
        for user in (accountant, seller):
            with Form(partner.with_user(user)) as form:
                form.name = f"Seen by {user.login}"
            shown = partner.with_user(user).get_view(view_type="form")["arch"]
            self.assertEqual(
                "action_l10n_ar_padron_confirm" in shown, user == accountant
            )
        action = self.env.ref("l10n_ar_padron.res_partner_action_work_list")
        for view in action.view_ids.view_id:
            partner.with_user(accountant).get_view(view.id, view.type)
        for model in ("partner.registration.finding", "l10n_ar.padron.position"):
            self.env[model].with_user(accountant).get_views(
                [(False, "list"), (False, "form"), (False, "search")]
            )
        settings = self.env["res.config.settings"].with_user(self.admin)
        form = Form(settings.with_company(self.company))
        self.assertEqual(form.l10n_ar_arca_cuit, COMPANY_CUIT)
        self.assertEqual(form.l10n_ar_padron_refresh_days, 30)
        move = self.env["account.move"].with_user(accountant)
        Form(move.with_context(default_move_type="out_invoice"))
