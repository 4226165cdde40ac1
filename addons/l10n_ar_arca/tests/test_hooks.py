from odoo.tests import TransactionCase, tagged

from ..hooks import FORMER, OWN, keep_settings, take_over

MOVED = (
    "access_arca_ticket_system",
    "constraint_l10n_ar_arca_ticket_key_uniq",
    "field_l10n_ar_arca_certificate__private_key",
    "field_res_company__l10n_ar_arca_certificate_id",
    "field_res_config_settings__l10n_ar_arca_state",
    "l10n_ar_arca_certificate_action",
    "l10n_ar_arca_certificate_import_view_form",
    "l10n_ar_arca_certificate_view_form",
    "menu_arca",
    "menu_arca_certificates",
    "model_l10n_ar_arca_ticket",
    "model_inherit__l10n_ar_arca_certificate__mail_thread",
    "selection__l10n_ar_arca_certificate__state__valid",
)
OTHERS = (
    "field_l10n_ar_arca_certificate__a13_url",
    "field_l10n_ar_arca_certificate__constancia_url",
    "field_res_company__l10n_ar_padron_refresh_days",
    "menu_arca_answers",
)
CONSTRAINTS = ("l10n_ar_arca_ticket_key_uniq", "l10n_ar_arca_ticket_create_uid_fkey")


@tagged("post_install", "-at_install", "post_install_l10n")
class TestHooks(TransactionCase):
    """Where ``l10n_ar_padron`` had it all; names of its tables stand for its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = cls.env["ir.model.data"]
        cls.former = cls.env["ir.module.module"].search([("name", "=", FORMER)])
        if not cls.former:
            cls.former = cls.env["ir.module.module"].create({"name": FORMER})

    def _read(self, module, names):
        """External ids of a module: name → model and id."""
        rows = self.data.search([("module", "=", module), ("name", "in", names)])
        return {row.name: (row.model, row.res_id) for row in rows}

    def test_names_change_hands(self):
        held = self._read(OWN, MOVED)
        self.assertEqual(set(held), set(MOVED))
        # This model is extended there too, under the same name.
        self.data.search([("module", "=", FORMER), ("name", "in", MOVED)]).unlink()
        self.data.search([("module", "=", OWN), ("name", "in", MOVED)]).module = FORMER
        others = {"module": FORMER, "model": "ir.model.fields", "res_id": 1}
        missing = set(OTHERS) - set(self._read(FORMER, OTHERS))
        self.data.create([{**others, "name": name} for name in missing])
        self.env.cr.execute(
            "UPDATE ir_model_constraint SET module = %s WHERE name IN %s",
            [self.former.id, CONSTRAINTS],
        )
        self.env.flush_all()
        for _again in range(2):
            take_over(self.env)
            self.env.invalidate_all()
            self.assertEqual(self._read(OWN, MOVED), held)
            self.assertEqual(set(self._read(FORMER, (*MOVED, *OTHERS))), set(OTHERS))
            constraints = self.env["ir.model.constraint"].search(
                [("name", "in", CONSTRAINTS)]
            )
            self.assertEqual(constraints.module.mapped("name"), [OWN])

    def test_settings_stay(self):
        """What somebody changed is not replaced by what is installed."""
        rule = self.env.ref(f"{OWN}.arca_certificate_company_rule")
        cron = self.env.ref(f"{OWN}.ir_cron_check_expiry")
        ours = rule | rule.copy(), cron | cron.copy({"active": False})
        for records in ours:
            self.data.create(
                {
                    "module": FORMER,
                    "name": self._get_name(records[0]),
                    "model": records._name,
                    "res_id": records[1].id,
                }
            )
        action = ours[1][1].ir_actions_server_id
        self.data.create(
            {
                "module": FORMER,
                "name": "ir_cron_check_expiry_ir_actions_server",
                "model": action._name,
                "res_id": action.id,
            }
        )
        keep_settings(self.env)
        self.env.flush_all()
        self.assertEqual([len(records.exists()) for records in ours], [1, 1])
        for records in ours:
            self.assertEqual(
                self.env.ref(f"{OWN}.{self._get_name(records.exists())}"), records[1]
            )
        self.assertFalse(self.env.ref(f"{OWN}.ir_cron_check_expiry").active)
        # Where nothing was there, what was installed stays.
        keep_settings(self.env)
        self.assertEqual([len(records.exists()) for records in ours], [1, 1])

    @staticmethod
    def _get_name(record):
        return {
            "ir.rule": "arca_certificate_company_rule",
            "ir.cron": "ir_cron_check_expiry",
        }[record._name]
