from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.l10n_ar_arca.tests.common import KEY, fault, make_certificate

from .common import PadronCase, person

FIELD = "l10n_ar_afip_responsibility_type_id"


def make_cuit(index):
    """A valid CUIT of nobody."""
    for prefix in ("20", "23", "27"):
        body = f"{prefix}{70_000_000 + index}"
        weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
        rest = sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11
        if rest != 1:
            return f"{body}{(11 - rest) % 11}"
    raise AssertionError(index)


@tagged("post_install", "-at_install", "post_install_l10n")
class TestCron(PadronCase):
    def setUp(self):
        super().setUp()
        # Nothing else is due.
        due = self.env["res.partner"].sudo()
        due.search(
            [("l10n_ar_padron_due_at", "!=", False)]
        ).l10n_ar_padron_due_at = False

    def _make(self, count, taxes="30", **values):
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {index}",
                    "l10n_latam_identification_type_id": self.ref("l10n_ar.it_cuit"),
                    "vat": make_cuit(index),
                    "country_id": self.ref("base.ar"),
                    **values,
                }
                for index in range(count)
            ]
        )
        for partner in partners if taxes else ():
            self.taxpayers[partner.vat] = person(partner.vat, taxes)
        return partners

    def _run(self):
        """The scheduled action in a transaction that it commits and rolls back."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            env = self.env(cr=cr, user=SUPERUSER_ID, context={})
            env["partner.registration.queue"]._run()
        self.env.invalidate_all()

    @property
    def _lists(self):
        return [len(call) for call in self.calls if call != "login"]

    def test_many(self):
        partners = self._make(260)
        action = partners.action_l10n_ar_padron_update_many()
        batch = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((batch.total, batch.done, batch.progress), (260, 0, 0))
        self.assertTrue(all(p.l10n_ar_fiscal_pending for p in partners))
        self._run()
        self.assertEqual(self._lists, [250, 10])
        self.assertEqual(set(partners.mapped(f"{FIELD}.code")), {"1"})
        batch.invalidate_recordset()
        self.assertEqual((batch.done, batch.failed, batch.to_decide), (260, 0, 0))
        self.assertEqual(batch.progress, 100)
        self.calls.clear()
        self._run()
        self.assertEqual(self.calls, [])

    def test_batch_counts(self):
        partners = self._make(3)
        self.taxpayers[partners[1].vat] = person(partners[1].vat, "30 32")
        nobody = self._make_partner(False)
        action = (partners + nobody).action_l10n_ar_padron_update_many()
        batch = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((batch.total, batch.skipped), (3, 1))
        self._run()
        batch.invalidate_recordset()
        self.assertEqual((batch.done, batch.to_decide), (3, 1))
        with self.assertRaises(UserError):
            nobody.action_l10n_ar_padron_update_many()

    def test_arca_down(self):
        """It is left alone, nobody's attempts are spent, and it goes on by itself."""
        partner = self._make(1)
        partner._l10n_ar_padron_request()
        self.down.append(True)
        waits = []
        for _turn in range(3):
            before = fields.Datetime.now()
            self._run()
            self.attempts.clear()
            self._run()
            self.assertEqual(self.attempts, [])
            pause = self.env["partner.registration.pause"].sudo().search([])
            waits.append((pause.until - before).seconds // 60)
            self.assertEqual(partner.l10n_ar_padron_state, "pending")
            self.assertEqual(partner.l10n_ar_padron_failures, 0)
            self.assertIn("reached", partner.l10n_ar_padron_text)
            # WSAA is not asked again within a minute of a failure.
            self._forget_tickets()
            pause.until = fields.Datetime.now()
        self.assertEqual(waits, [5, 10, 20])
        self.down.clear()
        self._run()
        self.assertEqual(partner[FIELD].code, "1")
        self.assertFalse(partner.l10n_ar_padron_problem)
        self.assertFalse(pause.exists())

    def _forget_tickets(self):
        tickets = self.env["l10n_ar.arca.ticket"].sudo()
        tickets._forget_problems(self.certificate._get_ticket_key())

    def _poison(self, *partners):
        """Let the registry fail on whatever asks for one of these."""
        numbers = [partner.vat for partner in partners]
        self.patch(
            type(self),
            "_answer",
            classmethod(
                lambda cls, request, real=self._answer: (
                    fault_of(numbers, request) or real(request)
                )
            ),
        )

    def test_failure_of_some(self):
        partners = self._make(75)
        partners._l10n_ar_padron_request()
        stubborn = (
            partners[2] + partners[3] + partners[40] + partners[41] + partners[74]
        )
        self._poison(*stubborn)
        self._run()
        failed = partners.filtered("l10n_ar_padron_failures")
        self.assertEqual(failed, stubborn)
        self.assertEqual(set((partners - failed).mapped(f"{FIELD}.code")), {"1"})
        self.assertIn("fails on this CUIT", failed[0].l10n_ar_padron_text)
        # The next time no list has them, and each has its own backoff.
        others = self._make(78)[-3:]
        (others + failed[:2])._l10n_ar_padron_request()
        self.calls.clear()
        self._run()
        self.assertEqual(self._lists[0], 3)
        self.assertEqual(failed.mapped("l10n_ar_padron_failures"), [2, 2, 1, 1, 1])
        self.assertEqual(set(others.mapped(f"{FIELD}.code")), {"1"})

    def test_customer_that_cannot_be_written(self):
        """What somebody else's rule forbids about one does not hold the others."""
        partners = self._make(6)
        partners._l10n_ar_padron_request()
        guarded = partners[4]
        real = type(partners).write

        def write(records, vals):
            if FIELD in vals and guarded.id in records.ids:
                raise ValueError("Not this one")
            return real(records, vals)

        with (
            patch.object(type(partners), "write", write),
            mute_logger(
                "odoo.addons.partner_registry.models.partner_registration_queue"
            ),
        ):
            self._run()
        self.assertEqual(partners.mapped("l10n_ar_padron_failures"), [0, 0, 0, 0, 1, 0])
        self.assertIn("Not this one", guarded.l10n_ar_padron_text)
        self.assertGreater(guarded.l10n_ar_padron_due_at, fields.Datetime.now())
        self._run()
        self.assertEqual(set((partners - guarded).mapped(f"{FIELD}.code")), {"1"})

    def test_no_certificate(self):
        self.env["res.company"].sudo().search(
            [("l10n_ar_arca_certificate_id", "!=", False)]
        ).l10n_ar_arca_certificate_id = False
        partners = self._make(300)
        partners._l10n_ar_padron_request()
        self._run()
        self.assertEqual(self.calls, [])
        self.assertEqual(set(partners.mapped("l10n_ar_padron_failures")), {0})
        self.assertIn("no ARCA certificate", partners[299].l10n_ar_padron_text)
        with self.assertRaises(UserError):
            partners[0].action_l10n_ar_padron_update()

    def test_companies(self):
        """Each company's customers with its certificate; the others' with one that
        works."""
        other = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Other", "country_id": self.env.ref("base.ar").id})
        )
        certificate = (
            self.env["l10n_ar.arca.certificate"]
            .sudo()
            .create({"company_id": other.id, "represented_cuit": "30714295698"})
        )
        certificate._install(KEY, make_certificate(KEY))
        other.l10n_ar_padron_refresh_days = 7
        self.certificate.sudo().valid_to = fields.Datetime.now() - timedelta(days=1)
        partners = self._make(3).sudo()
        partners[1].company_id = self.company
        partners[2].company_id = other
        partners._l10n_ar_padron_request()
        self._run()
        self.assertEqual(
            partners.mapped("l10n_ar_padron_state"),
            ["determined", "pending", "determined"],
        )
        self.assertEqual(partners[1].l10n_ar_padron_failures, 0)
        self.assertIn("expired", partners[1].l10n_ar_padron_text)
        answer = partners[2].l10n_ar_padron_answer_id
        self.assertEqual(answer.environment, "production")
        self.assertEqual(
            partners[2].l10n_ar_padron_due_at, answer.checked_at + timedelta(days=7)
        )

    def test_refresh_off(self):
        self.company.sudo().l10n_ar_padron_refresh_days = 0
        partner = self._make(1, company_id=self.company.id)
        partner._l10n_ar_padron_request()
        self._run()
        self.assertFalse(partner.l10n_ar_padron_due_at)

    def test_same_number_is_asked_once(self):
        first = self._make(1)
        first._l10n_ar_padron_request()
        self._run()
        self.calls.clear()
        second = self._make(1, name="The same")
        second._l10n_ar_padron_request()
        self._run()
        self.assertEqual(self.calls, [])
        self.assertEqual(second[FIELD].code, "1")
        self.assertEqual(
            second.l10n_ar_padron_answer_id, first.l10n_ar_padron_answer_id
        )
        second._l10n_ar_padron_request()
        self._run()
        self.assertEqual(self._lists, [1])

    def test_old_answers_are_asked_again(self):
        first = self._make(1)
        first._l10n_ar_padron_request()
        self._run()
        first.l10n_ar_padron_answer_id.sudo().checked_at -= timedelta(days=2)
        self.calls.clear()
        second = self._make(1, name="The same")
        second._l10n_ar_padron_request()
        self._run()
        self.assertEqual(self._lists, [1])

    def test_customer_without_number_or_with_parent(self):
        partners = self._make(2)
        partners._l10n_ar_padron_request()
        partners[0].with_context(no_vat_validation=True).vat = False
        partners[0].sudo().l10n_ar_padron_due_at = fields.Datetime.now()
        partners[1].parent_id = self._make_partner("30500010912", is_company=True)
        self._run()
        self.assertEqual(self.calls, [])
        self.assertFalse(any(partners.mapped("l10n_ar_padron_due_at")))

    def test_somebody_else_writes(self):
        """A customer that another transaction holds costs the others nothing."""
        partners = self._make(8)
        partners._l10n_ar_padron_request()
        self.env.flush_all()
        held = partners[3]

        def execute(cursor, query, *args, **kwargs):
            text = str(query)
            if "UPDATE" in text and '"res_partner"' in text:
                ids = str(getattr(query, "params", args))
                if str(held.id) in ids and FIELD in text:
                    raise SerializationFailure("could not serialize access")
            return real(cursor, query, *args, **kwargs)

        cursor_class = type(self.env.cr)
        real = cursor_class.execute
        with patch.object(cursor_class, "execute", execute):
            self._run()
        done = partners.filtered("l10n_ar_padron_answer_id")
        self.assertEqual(partners - done, held)
        self.assertTrue(held.l10n_ar_padron_due_at)
        self.calls.clear()
        self._run()
        self.assertEqual(held[FIELD].code, "1")

    def test_time_is_up(self):
        partners = self._make(260)
        partners._l10n_ar_padron_request()
        cron = self.env.ref("partner_registry.ir_cron_look_up").sudo()
        triggers = self.env["ir.cron.trigger"].sudo()
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        with patch.object(type(cron), "_commit_progress", return_value=0):
            self._run()
        self.assertEqual(self._lists, [250])
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))

    def test_queries_for_each_customer(self):
        partners = self._make(250)
        partners._l10n_ar_padron_request()
        self.env.flush_all()
        before = self.cr.sql_log_count
        self._run()
        self.assertLess((self.cr.sql_log_count - before) / len(partners), 12)


def fault_of(poison, request):
    body = request.body if isinstance(request.body, str) else request.body.decode()
    if any(number in body for number in poison):
        return 500, fault("soap:Server", "NullPointer")
    return None
