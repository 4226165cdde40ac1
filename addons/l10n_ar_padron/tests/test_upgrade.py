from pathlib import Path

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.modules.migration import load_script
from odoo.modules.module import get_module_path
from odoo.tests import TransactionCase, tagged

FOLDER = "migrations/19.0.1.5.0"
# What a contact had, besides what its registration is made of.
COLUMNS = {
    "l10n_ar_padron_state": "varchar",
    "l10n_ar_padron_answer_id": "integer",
    "l10n_ar_padron_checked_at": "timestamp",
    "l10n_ar_padron_due_at": "timestamp",
    "l10n_ar_padron_failures": "integer",
    "l10n_ar_padron_problem": "jsonb",
    "l10n_ar_padron_proposes": "boolean",
}
TABLES = """
    CREATE TABLE l10n_ar_padron_answer (
        id serial PRIMARY KEY, create_uid integer, create_date timestamp,
        write_uid integer, write_date timestamp, number varchar, environment varchar,
        is_current boolean, fetched_at timestamp, checked_at timestamp,
        outcome varchar, responsibility_id integer, reasons jsonb, name varchar,
        data jsonb, raw text, content_hash varchar);
    CREATE TABLE l10n_ar_padron_batch (
        id serial PRIMARY KEY, create_uid integer, create_date timestamp,
        write_uid integer, write_date timestamp, skipped integer);
    CREATE TABLE l10n_ar_padron_batch_res_partner_rel (
        l10n_ar_padron_batch_id integer, res_partner_id integer);
"""
RI, OTHER, WRONG = "30500010912", "20305678903", "30500010913"
CHECKED, DUE = "2026-11-02 10:00:00", "2026-12-02 10:00:00"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestUpgrade(TransactionCase):
    """What was in columns and tables of this addon is in ``partner_registry``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cuit, cls.cuil = (
            cls.env.ref("l10n_ar.it_cuit"),
            cls.env.ref("l10n_ar.it_CUIL"),
        )
        cls.rows = cls.env["partner.registration"].with_context(active_test=False)
        cls.findings = cls.env["partner.registration.finding"]
        cls.exempt = cls.env.ref("l10n_ar.res_IVAE")
        columns = ", ".join(
            f"ADD COLUMN {name} {kind}" for name, kind in COLUMNS.items()
        )
        cls.env.cr.execute(f"ALTER TABLE res_partner {columns}")
        cls.env.cr.execute(TABLES)

    def _migrate(self, *scripts):
        self.env.flush_all()
        for script in scripts:
            path = Path(get_module_path("l10n_ar_padron"), FOLDER, f"{script}.py")
            load_script(str(path), script.replace("-", "_")).migrate(
                self.env.cr, "19.0.1.2.0"
            )
        self.env.invalidate_all()

    def _make_customer(self, number, kind=None, **columns):
        """A contact as it was: what was known of it in columns of its own."""
        partner = self.env["res.partner"].create({"name": "Aconcagua"})
        self.env.flush_all()
        self.rows.search([("partner_id", "=", partner.id)]).unlink()
        values = {
            "vat": number,
            "l10n_latam_identification_type_id": (kind or self.cuit).id,
            **{f"l10n_ar_padron_{name}": value for name, value in columns.items()},
        }
        pairs = ", ".join(f"{name} = %s" for name in values)
        self.env.cr.execute(
            f"UPDATE res_partner SET {pairs}, l10n_ar_registration_id = NULL "
            "WHERE id = %s",
            [*values.values(), partner.id],
        )
        return partner

    def _make_answer(self, number, outcome="determined", **values):
        values = {
            "number": number,
            "environment": "before",
            "is_current": True,
            "fetched_at": CHECKED,
            "checked_at": CHECKED,
            "outcome": outcome,
            "reasons": '[["exempt", {}]]',
            "content_hash": "x",
            "raw": "<persona/>",
            **values,
        }
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        # Ids of the present addon that a test may meet are lower.
        self.env.cr.execute(
            "INSERT INTO l10n_ar_padron_answer (id, " + names + ") "
            "SELECT 1000000 + count(*), " + marks + " FROM l10n_ar_padron_answer "
            "RETURNING id",
            list(values.values()),
        )
        return self.env.cr.fetchone()[0]

    def _get_row(self, partner):
        return self.rows.search([("partner_id", "=", partner.id)])

    def test_answers(self):
        old = self._make_answer(RI, is_current=False, content_hash="y")
        new = self._make_answer(RI, responsibility_id=self.exempt.id, name="Ñandú SA")
        self._migrate("pre-registrations")
        found = self.findings.browse([old, new]).exists()
        self.assertEqual(found.ids, [old, new])
        self.assertEqual(found.mapped("is_current"), [False, True])
        self.assertEqual(set(found.mapped("registry")), {"arca"})
        self.assertEqual(found[1].verdict, "4")
        self.assertEqual(found[1].responsibility_id, self.exempt)
        self.assertEqual((found[1].name, found[1].raw), ("Ñandú SA", "<persona/>"))
        self.assertEqual(found[1].reasons, [["exempt", {}]])
        latest = self.findings.create(
            {
                "registry": "arca",
                "number": OTHER,
                "environment": "before",
                "fetched_at": CHECKED,
                "checked_at": CHECKED,
                "outcome": "not_found",
                "content_hash": "z",
            }
        )
        self.assertGreater(latest.id, new)

    def test_customers(self):
        """Each has what it had; due, failures and problems are not touched."""
        answer = self._make_answer(RI)
        known = {"answer_id": answer, "checked_at": CHECKED}
        cases = {
            "settled": (RI, {"state": "determined", **known, "due_at": DUE}),
            "proposes": (RI, {"state": "determined", **known, "proposes": True}),
            "spelled": ("30-50001091-2", {"state": "determined", **known}),
            "dotted": ("30.50001091.2", {"state": "undetermined", **known}),
            "prefixed": ("AR30500010912", {"state": "undetermined", **known}),
            "pending": (OTHER, {"state": "pending", "due_at": DUE}),
            "stubborn": (
                OTHER,
                {
                    "state": "pending",
                    "due_at": DUE,
                    "failures": 4,
                    "problem": '["number_failed", "x"]',
                },
            ),
            "nobody asks": (OTHER, {"due_at": DUE}),
            "declared": (
                None,
                {"state": "undetermined", "problem": '["declared", ""]'},
            ),
            "wrong": (WRONG, {"state": "pending"}),
            "no digits": ("none", {"state": "pending"}),
            "another's answer": (OTHER, {"state": "conflict", **known}),
        }
        made = {
            name: self._make_customer(number, **columns)
            for name, (number, columns) in cases.items()
        }
        numbers = {
            "spelled": RI,
            "dotted": "",
            "prefixed": "",
            "wrong": "",
            "no digits": "",
            "declared": "",
        }
        self._migrate("pre-registrations")
        for name, (number, columns) in cases.items():
            with self.subTest(name):
                number = numbers.get(name, number)
                self._check_row(made[name], number, columns)

    def _check_row(self, partner, number, columns):
        row = self._get_row(partner)
        self.assertEqual(partner.l10n_ar_registration_id, row)
        self.assertEqual(row.number or "", number)
        self.assertEqual(row.number or "", partner._l10n_ar_get_cuit())
        has_answer = "answer_id" in columns
        self.assertEqual(row.environment, "before" if has_answer else "")
        self.assertEqual(row.finding_id.id, columns.get("answer_id", False))
        self.assertEqual(row.state, columns.get("state", False))
        for column in ("checked_at", "due_at"):
            expected = fields.Datetime.to_datetime(columns.get(column, False))
            self.assertEqual(row[column], expected or False)
        self.assertEqual(row.failures, columns.get("failures", 0))
        self.assertEqual(row.proposes, columns.get("proposes", False))
        self.assertEqual(bool(row.problem), "problem" in columns)
        self.assertTrue(row.active)

    def test_consumer_keeps_why(self):
        """A number that became a CUIL stays the one that was looked up."""
        answer = self._make_answer(OTHER, "undetermined")
        partner = self._make_customer(
            OTHER, self.cuil, state="undetermined", answer_id=answer
        )
        self._migrate("pre-registrations")
        self.assertEqual(self._get_row(partner).number, OTHER)
        self.assertEqual(partner.l10n_ar_padron_answer_id.id, answer)

    def test_held_stays_held(self):
        """A number that is none any more is not asked about, whoever was due."""
        dni, expected = self.env.ref("l10n_ar.it_dni"), {"state": "undetermined"}
        made = []
        for kind in (self.cuil, dni):
            answer = self._make_answer(OTHER, "undetermined", is_current=False)
            values = {**expected, "answer_id": answer, "due_at": CHECKED}
            made.append(self._make_customer(OTHER, kind, **values))
        self._migrate("pre-registrations")
        held = self.env["res.partner"].union(*made)
        self.env.add_to_compute(held._fields["l10n_ar_fiscal_pending"], held)
        queue = self.env["partner.registration.queue"]
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 1)
        company = self.env.company
        arca = self.env["partner.registry.arca"]
        rows = self.rows.search(
            queue._get_due_domain(arca, company, company)
            & Domain("partner_id", "in", held.ids)
        )
        queue._look_up(arca, company, rows)
        self.assertEqual(
            held.mapped("l10n_ar_padron_state"), ["undetermined", "undetermined"]
        )
        self.assertEqual(held.mapped("l10n_ar_fiscal_pending"), [True, True])
        self.assertEqual(len(held.l10n_ar_padron_answer_id), 2)

    def test_other_registry_s_findings(self):
        """An answer keeps its id or the upgrade stops: documents name it."""
        answer = self._make_answer(RI)
        self.env.cr.execute(
            "INSERT INTO partner_registration_finding (id, registry, scope, "
            "environment, number, fetched_at, checked_at, outcome, content_hash) "
            "VALUES (%s, 'other', '', 'x', 'X1', %s, %s, 'determined', 'x')",
            [answer, CHECKED, CHECKED],
        )
        with self.assertRaisesRegex(UserError, str(answer)):
            self._migrate("pre-registrations")

    def test_nobody_else_gets_a_row(self):
        plain = self._make_customer(RI)
        answered = self._make_customer(RI, failures=0)
        self._migrate("pre-registrations")
        self.assertFalse(self._get_row(plain) | self._get_row(answered))

    def test_batches(self):
        partner = self._make_customer(RI, state="pending", due_at=DUE)
        plain = self._make_customer(OTHER)
        self.env.cr.execute("""
            INSERT INTO l10n_ar_padron_batch (id, create_uid, create_date, skipped)
            VALUES (1000001, 2, '2026-11-30 08:00:00', 3),
                   (1000002, 2, '2026-11-30 09:00:00', 0)
        """)
        self.env.cr.execute(
            "INSERT INTO l10n_ar_padron_batch_res_partner_rel VALUES (1000001, %s), "
            "(1000001, %s)",
            [partner.id, plain.id],
        )
        self._migrate("pre-registrations")
        batches = self.env["partner.registration.batch"].browse([1000001, 1000002])
        self.assertEqual(batches[0].registration_ids, self._get_row(partner))
        self.assertEqual((batches[0].skipped, batches[0].create_uid.id), (3, 2))
        self.assertFalse(batches[1].registration_ids)
        self.assertGreater(batches.create({}).id, 1000002)

    def test_batch_of_another_registry(self):
        partner = self._make_customer(RI, state="pending", due_at=DUE)
        batch = self.env["partner.registration.batch"].create({})
        self.env.cr.execute(
            "INSERT INTO l10n_ar_padron_batch (id) VALUES (%s)", [batch.id]
        )
        self.env.cr.execute(
            "INSERT INTO l10n_ar_padron_batch_res_partner_rel VALUES (%s, %s)",
            [batch.id, partner.id],
        )
        self._migrate("pre-registrations")
        self.assertTrue(self._get_row(partner))
        self.assertFalse(batch.registration_ids)

    def test_again(self):
        """A second time nothing is doubled, and what happened since then stays."""
        answer = self._make_answer(RI)
        partner = self._make_customer(RI, state="determined", answer_id=answer)
        self._migrate("pre-registrations")
        row = self._get_row(partner)
        row.failures = 2
        self._migrate("pre-registrations")
        self.assertEqual(self._get_row(partner), row)
        self.assertEqual(row.failures, 2)
        self.assertEqual(self.findings.browse(answer).number, RI)
        self._migrate("post-registrations", "pre-registrations", "post-registrations")
        self.assertEqual(self._get_row(partner), row)

    def test_what_was_there_goes(self):
        """The look-ups go on as somebody had set them."""
        data, cron = (
            self.env["ir.model.data"],
            self.env.ref("partner_registry.ir_cron_look_up"),
        )
        old = cron.copy({"active": False, "interval_number": 7})
        action = old.ir_actions_server_id
        data.search([("name", "like", "ir_cron_refresh")]).unlink()
        for name, record in (
            ("ir_cron_refresh", old),
            ("ir_cron_refresh_ir_actions_server", action),
        ):
            data.create(
                {
                    "module": "l10n_ar_padron",
                    "name": name,
                    "model": record._name,
                    "res_id": record.id,
                }
            )
        self._migrate("pre-registrations", "post-registrations")
        self.assertEqual((cron.active, cron.interval_number), (False, 7))
        self.assertFalse(old.exists() or action.exists())
        self.assertFalse(
            data.search(
                [("module", "=", "l10n_ar_padron"), ("name", "like", "ir_cron_refresh")]
            )
        )
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_name = 'res_partner' AND column_name IN %s",
            [tuple(COLUMNS)],
        )
        self.assertFalse(self.env.cr.fetchall())
        self.env.cr.execute("SELECT to_regclass('l10n_ar_padron_answer')")
        self.assertEqual(self.env.cr.fetchone(), (None,))
