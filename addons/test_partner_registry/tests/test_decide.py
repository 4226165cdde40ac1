from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.partner_registry.lib.errors import RegistryError

from ..models.partner_registry_test import Taxpayer
from .common import RegistryCase


@tagged("post_install", "-at_install")
class TestDecide(RegistryCase):
    def _look_up(self, partner):
        rows = self.request(partner)
        rows.action_ask()
        return rows

    # Findings

    def test_same_content_same_row(self):
        partner = self.make("T0001")
        with freeze_time("2026-01-10 10:00:00"):
            row = self._look_up(partner)[0]
        first = row.finding_id
        with freeze_time("2026-02-10 10:00:00"):
            row.action_ask()
        self.assertEqual(row.finding_id, first)
        self.assertEqual(fields.Datetime.to_string(first.fetched_at)[:7], "2026-01")
        self.assertEqual(fields.Datetime.to_string(first.checked_at)[:7], "2026-02")

    def test_new_content_new_row(self):
        row = self._look_up(self.make("T0001"))[0]
        first = row.finding_id
        kept = first.read(["data", "reasons", "raw", "outcome", "checked_at"])
        self.book["RJ", "T0001"] = Taxpayer("T0001", "Another")
        row.action_ask()
        second = row.finding_id
        self.assertNotEqual(second, first)
        self.assertEqual((first.is_current, second.is_current), (False, True))
        self.assertEqual(
            first.read(["data", "reasons", "raw", "outcome", "checked_at"]), kept
        )
        self.assertTrue(second._means_the_same(first))

    def test_nobody(self):
        partner = self.make("T0001")
        self.book.clear()
        rows = self._look_up(partner)
        self.assertEqual(set(rows.mapped("state")), {"not_found"})
        self.assertEqual(rows[0].reason_text, "Nobody has this number.")

    def test_person_who_asks_is_told_what_is_wrong(self):
        rows = self.request(self.make("T0001"))
        self.ill = {"RJ": RegistryError("unreachable")}
        rows.action_ask()
        self.assertEqual(rows.mapped("state"), ["pending", "determined"])
        self.ill["SP"] = RegistryError("unreachable")
        with self.assertRaisesRegex(UserError, "cannot be reached"):
            rows.action_ask()
        self.assertEqual(set(rows.mapped("failures")), {0})
        rows.partner_id.company_registry = False
        with self.assertRaises(UserError):
            rows.action_ask()
        with self.assertRaises(UserError):
            rows.action_ask_many()

    def _watch(self, note):
        """Note something whenever the wire is used."""
        seen = []

        def call(_registry, environment, scope, numbers):
            seen.append(note(environment, scope, numbers))
            return self._answer(scope, numbers)

        self.patch(type(self.env["partner.registry.test"]), "_call", call)
        return seen

    def test_nothing_is_written_while_a_registry_is_awaited(self):
        rows = self.request(self.make("T0001"))
        seen = self._watch(lambda *_call: rows.mapped("state"))
        rows.action_ask()
        self.assertEqual(seen, [["pending", "pending"]] * 2)
        self.assertEqual(rows.mapped("state"), ["determined", "determined"])

    def test_each_customer_is_asked_about_by_its_company(self):
        """Who has nothing to ask with is served by the first that has."""
        environments = ("homologation", "refused", False)
        companies = self.env["res.company"].create(
            [
                {"name": f"Company {value}", "test_registry_environment": value}
                for value in environments
            ]
        )
        shared, *own = self.make("T0001", "T0002", "T0003", "T0004")
        for partner, company in zip(own, companies, strict=True):
            partner.company_id = company
        partners = self.env["res.partner"].union(shared, *own)
        rows = self.request(partners).sorted(lambda row: (row.scope, row.number))[:4]
        first = self.env["partner.registry.test"]._get_companies()[0]
        seen = self._watch(lambda environment, _scope, numbers: (environment, numbers))
        rows.action_ask()
        self.assertEqual(first, self.company)
        self.assertEqual(
            seen,
            [("production", ["T0001", "T0004"]), ("homologation", ["T0002"])],
        )
        self.assertEqual(
            rows.mapped("environment"), ["production", "homologation", "", "production"]
        )
        self.assertEqual(
            rows.mapped("state"), ["determined", "determined", "pending", "determined"]
        )
        self.assertTrue(rows[2].due_at)

    # Numbers and environments that change

    def test_another_number_is_somebody_else(self):
        rows = self._look_up(self.make("T0001"))
        partner = rows.partner_id
        partner.city = "Santos"
        self.assertEqual(set(rows.mapped("state")), {"determined"})
        partner.company_registry = "T0002"
        self.assertEqual(rows.mapped("number"), ["T0002", "T0002"])
        self.assertEqual(set(rows.mapped("state")), {"pending"})
        self.assertFalse(rows.finding_id)
        partner.company_registry = "none"
        self.assertFalse(any(rows.mapped("state")) or any(rows.mapped("due_at")))

    def test_environment_changes(self):
        """What was found in the other environment stays, and counts again there."""
        rows = self._look_up(self.make("T0001"))
        found = rows.finding_id
        self.company.test_registry_environment = "homologation"
        self.assertEqual(rows.finding_id, found, "nothing happens until it is asked")
        rows.action_ask()
        self.assertFalse(any(rows.mapped("active")) or any(rows.mapped("due_at")))
        now = rows.partner_id.registration_ids
        self.assertEqual(set(now.mapped("environment")), {"homologation"})
        self.assertEqual(len(now), 2)
        self.assertFalse(now.finding_id & found)
        self.company.test_registry_environment = "production"
        now.action_ask()
        rows.partner_id.invalidate_recordset(["registration_ids"])
        self.assertEqual(rows.partner_id.registration_ids, rows)
        self.assertEqual(rows.finding_id, found)

    def test_environment_changes_and_the_number(self):
        """What was found there about the former number is nobody's."""
        rows = self._look_up(self.make("T0001"))
        partner = rows.partner_id
        self.company.test_registry_environment = "homologation"
        rows.action_ask()
        partner.company_registry = "T0002"
        self._look_up(partner)
        self.company.test_registry_environment = "production"
        compared = []
        registry = type(self.env["partner.registry.test"])
        prepare = registry._prepare_applied

        def compare(provider, row, finding):
            compared.append(row.finding_id.number)
            return prepare(provider, row, finding)

        self.patch(registry, "_prepare_applied", compare)
        self._look_up(partner)
        self.assertEqual(partner.registration_ids, rows)
        self.assertEqual(compared, ["T0002"] * 2)
        self.assertEqual(rows.finding_id.mapped("number"), ["T0002"] * 2)

    def test_kept_contact_in_another_environment(self):
        """Who chose to keep it is not asked again about the same content."""
        row = self._look_up(self.make("T0001"))[0]
        self.assertTrue(row.proposes)
        self._review(row).save().action_keep()
        for environment in ("homologation", "production"):
            self.company.test_registry_environment = environment
            self._look_up(row.partner_id)
            self.env.invalidate_all()
            now = row.partner_id.registration_ids[0]
            self.assertEqual(now.environment, environment)
            self.assertFalse(now.proposes, environment)

    def test_merged_contacts(self):
        kept, merged = self.make("T0001", "T0002")
        own = self._look_up(kept)[0]
        self.request(kept)[1].unlink()
        theirs = self._look_up(merged)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (kept | merged).ids, kept
        )
        kept.invalidate_recordset()
        self.assertEqual(kept.registration_ids, own | theirs[1])
        self.assertFalse(theirs[0].exists())
        self.assertEqual(theirs[1].number, "T0001", "it is the kept one's by now")
        self.assertFalse(theirs[1].finding_id)

    def _merge(self, kept, merged):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (kept | merged).ids, kept
        )
        self.env.invalidate_all()

    def test_merged_into_one_never_asked_about(self):
        """What was found goes on; the next look-up is written on it."""
        asked, waiting = self.make("T0003", "T0003")
        rows, found = self._look_up(asked), asked.registration_ids.finding_id
        empty = self.request(waiting)
        self._merge(waiting, asked)
        self.assertFalse(empty.exists())
        self.assertEqual(waiting.registration_ids, rows)
        self.assertEqual(
            (rows.finding_id, rows.mapped("number")), (found, ["T0003"] * 2)
        )
        rows.action_ask()
        self.assertEqual(set(rows.mapped("state")), {"determined"})

    def test_merged_environments(self):
        """The environment that is asked stays so, and the kept one's comes first."""
        both, kept, other = self.make("T0004", "T0004", "T0004")
        self.company.test_registry_environment = "homologation"
        old = self._look_up(both)
        theirs = self._look_up(other)
        self.company.test_registry_environment = "production"
        old.action_ask()
        now = both.registration_ids - old
        self._merge(kept, both)
        self.assertEqual(kept.registration_ids, now)
        self.assertEqual(set(old.mapped("active")), {False})
        self._merge(kept, other)
        self.assertEqual(kept.registration_ids, now)
        self.assertFalse(theirs.exists())

    def test_merged_finding_is_not_thrown_away(self):
        kept, merged = self.make("T0005", "T0006")
        own, theirs = self._look_up(kept), self._look_up(merged)
        kept.company_registry = "T0006"
        self.assertFalse(own.finding_id)
        found = theirs.finding_id
        self._merge(kept, merged)
        self.assertEqual(kept.registration_ids.finding_id, found)
        self.assertEqual(kept.registration_ids.mapped("state"), ["determined"] * 2)

    def test_merged_archived_finding(self):
        """It takes the place of the registration that is asked, which has none."""
        kept, merged = self.make("T0008", "T0009")
        own, theirs = self._look_up(kept), self._look_up(merged)
        self.company.test_registry_environment = "homologation"
        theirs.action_ask()
        kept.company_registry = "T0009"
        self._merge(kept, merged)
        self.assertFalse(own.exists())
        self.assertEqual(kept.registration_ids, theirs)

    def test_never_asked_about_beside_an_archived_one(self):
        """What was found before in the environment takes the finding."""
        rows = self._look_up(self.make("T0007"))
        rows.write({"active": False})
        self.env.invalidate_all()
        empty = self.request(rows.partner_id)
        self.assertFalse(empty & rows)
        empty.action_ask()
        self.env.invalidate_all()
        self.assertEqual(rows.partner_id.registration_ids, rows)
        self.assertEqual(set(empty.mapped("active")), {False})

    # Review and work list

    def _review(self, row):
        action = row.action_review()
        return Form(self.env[action["res_model"]].with_context(**action["context"]))

    def _lines(self, form):
        lines = {}
        for index in range(len(form.line_ids)):
            with form.line_ids.edit(index) as line:
                lines[line.field_name] = (index, line.take, line.proposed)
        return lines

    def test_review(self):
        partner = self.make("T0001")
        self.book["RJ", "T0001"] = Taxpayer("T0001", "CLIENTE  T0001", "Niterói")
        self.book["SP", "T0001"] = Taxpayer("T0001", "Outro", "Campinas")
        rows = self._look_up(partner)
        self.assertEqual(rows.mapped("proposes"), [True, True])
        lines = self._lines(self._review(rows[0]))
        self.assertEqual(lines, {"city": (0, True, "Niterói")}, "case is no difference")
        form = self._review(rows[1])
        lines = self._lines(form)
        self.assertEqual(lines["name"][1:], (False, "Outro"))
        form.save().action_apply()
        self.assertEqual((partner.name, partner.city), ("Cliente T0001", "Campinas"))
        self.assertTrue(rows[1].proposes, "the name is still another")
        self._review(rows[1]).save().action_keep()
        self.assertFalse(rows[1].proposes)
        rows.action_ask()
        self.assertFalse(rows[1].proposes, "it is the same finding")
        self.book["SP", "T0001"] = Taxpayer("T0001", "Mais um", "Campinas")
        rows.action_ask()
        self.assertTrue(rows[1].proposes)

    def test_a_list_that_waits_looks_once_for_who_asks(self):
        self.company.test_registry_environment = False
        other = self.env["res.company"].create({"name": "Other"})
        few, many = self.make("T0001"), self.make("T0002", "T0003", "T0004", "T0005")
        many.company_id = other
        asked = []
        for partners in few, many:
            rows = self.request(partners)
            rows.invalidate_recordset()
            before = self.env.cr.sql_log_count
            self.assertEqual(
                set(rows.mapped("reason_text")), {"Nobody can ask this registry."}
            )
            asked.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(asked[1], asked[0])

    def test_work_list(self):
        settled, other, open_ = self.make("T0001", "T0002", "T0003")
        for partner in settled + other + open_:
            for scope in ("RJ", "SP"):
                number = partner.company_registry
                self.book[scope, number] = Taxpayer(number, partner.name)
        self.book["SP", "T0002"] = Taxpayer("T0002", "Outro")
        self.book["RJ", "T0003"] = Taxpayer("T0003", "Cliente T0003", is_active=False)
        rows = self._look_up(settled + other + open_)
        waiting = self.request(self.make("T0004"))
        domain = self.rows.action_open_work()["domain"]
        listed = self.rows.search(domain) & (rows | waiting)
        self.assertEqual(
            {(row.number, row.scope) for row in listed},
            {("T0002", "SP"), ("T0003", "RJ")},
        )
