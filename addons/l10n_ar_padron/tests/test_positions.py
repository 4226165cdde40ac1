from odoo.modules.migration import load_script
from odoo.tests import new_test_user, tagged
from odoo.tools import file_path

from .common import PadronCase, person
from .test_cron import make_cuit

RI, MONO = "30500010912", "20305678903"
FIELD = "l10n_ar_afip_responsibility_type_id"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestPositions(PadronCase):
    """Fiscal positions by responsibility, and what an upgrade repairs."""

    def _ask(self, partner, *args, **kwargs):
        """Ask about a partner for whom ARCA says what :func:`person` makes."""
        number = partner._l10n_ar_get_cuit()
        self.taxpayers[number] = person(number, *args, **kwargs)
        return partner.action_l10n_ar_padron_update()

    def _make_positions(self, company=None, **codes):
        """Fiscal positions of a company by responsibility: ``_1="name"``."""
        company = company or self.company
        found = {}
        for code, name in codes.items():
            found[code] = self.env["account.fiscal.position"].create(
                {"name": name, "company_id": company.id}
            )
            self.env["l10n_ar.padron.position"].create(
                {
                    "company_id": company.id,
                    "responsibility_id": self.responsibilities[code[1:]].id,
                    "fiscal_position_id": found[code].id,
                }
            )
        return found

    def _forget(self, partner):
        """As if there had been no table until now."""
        given = partner.l10n_ar_padron_position_id
        if partner.property_account_position_id == given:
            partner.property_account_position_id = False
            partner.sudo().l10n_ar_padron_position_id = False

    def _settle_ways(self):
        """Ways in which a responsibility is settled as 1: name → function of a
        customer that was made without."""

        def write(partner):
            partner[FIELD] = self.responsibilities["1"]

        def ask(partner):
            self._ask(partner, "30")

        def ask_about_a_right_label(partner):
            partner.sudo().write(
                {
                    FIELD: self.responsibilities["1"].id,
                    "l10n_ar_responsibility_origin": "registry",
                }
            )
            self._forget(partner)
            self._ask(partner, "30")

        def confirm(partner):
            write(partner)
            self._forget(partner)
            self._ask(partner, "30 32")
            self.confirm(partner)

        def accept(partner):
            partner[FIELD] = self.responsibilities["5"]
            self._ask(partner, "30")
            partner.action_l10n_ar_padron_accept()

        def load(partner):
            xmlid = partner.export_data([".id"])["datas"][0][0]
            done = self.env["res.partner"].load(
                [".id", f"{FIELD}/.id"],
                [[xmlid, str(self.responsibilities["1"].id)]],
            )
            self.assertFalse(done["messages"])

        return {
            "by hand": write,
            "registry": ask,
            "label was right": ask_about_a_right_label,
            "confirmed": confirm,
            "ARCA's taken": accept,
            "file": load,
        }

    def test_fiscal_position_follows_every_way_of_settling(self):
        table = self._make_positions(_1="A", _6="B")
        person_s = self.env["account.fiscal.position"].create(
            {"name": "By agreement", "company_id": self.company.id}
        )
        for number, (name, settle) in enumerate(self._settle_ways().items()):
            with self.subTest(name):
                partner = self._make_partner(make_cuit(number))
                settle(partner)
                self.assertEqual(partner[FIELD].code, "1")
                self.assertEqual(partner.property_account_position_id, table["_1"])
                # With another responsibility, another one; and none where none is.
                partner[FIELD] = self.responsibilities["6"]
                self.assertEqual(partner.property_account_position_id, table["_6"])
                partner[FIELD] = self.responsibilities["5"]
                self.assertFalse(partner.property_account_position_id)
                # A person's choice stays, also one of the table's or none.
                for chosen in (person_s, table["_6"]):
                    partner.property_account_position_id = chosen
                    settle(partner)
                    self.assertEqual(partner.property_account_position_id, chosen)
                    partner[FIELD] = self.responsibilities["5"]
                    self.assertEqual(partner.property_account_position_id, chosen)

    def test_fiscal_position_that_a_person_took_away(self):
        table = self._make_positions(_1="A", _6="B")
        partner = self._make_partner(RI)
        self._ask(partner, "30")
        partner.property_account_position_id = False
        self._ask(partner, "", simple="20")
        self.assertFalse(partner.property_account_position_id)
        # Until they choose what the table gave.
        partner.property_account_position_id = table["_1"]
        self._ask(partner, "32")
        self.assertFalse(partner.property_account_position_id)

    def test_fiscal_position_of_new_contacts(self):
        table = self._make_positions(_5="Consumers")
        code = self.responsibilities["5"].id
        partner = self._make_partner(False, **{FIELD: code})
        self.assertEqual(partner.property_account_position_id, table["_5"])
        self.assertEqual(
            partner.copy().property_account_position_id, table["_5"], "a copy"
        )
        chosen = self.env["account.fiscal.position"].create(
            {"name": "By agreement", "company_id": self.company.id}
        )
        own = self._make_partner(
            False, **{FIELD: code, "property_account_position_id": chosen.id}
        )
        self.assertEqual(own.property_account_position_id, chosen)

    def test_fiscal_position_of_contacts_of_a_customer(self):
        table = self._make_positions(_1="A", _6="B")
        partner = self._make_partner(RI, is_company=True)
        child = self.env["res.partner"].create(
            {"name": "Zulma", "parent_id": partner.id, "type": "delivery"}
        )
        self._ask(partner, "30")
        self.assertEqual(child.property_account_position_id, table["_1"])
        partner[FIELD] = self.responsibilities["5"]
        self.assertFalse(child.property_account_position_id)
        # Somebody who becomes a contact, and one who stops being it.
        other = self._make_partner(MONO, **{FIELD: self.responsibilities["6"].id})
        self.assertEqual(other.property_account_position_id, table["_6"])
        partner[FIELD] = self.responsibilities["1"]
        other.write({"parent_id": partner.id})
        self.assertEqual(other.property_account_position_id, table["_1"])
        other.write({"parent_id": False})
        other[FIELD] = self.responsibilities["6"]
        self.assertEqual(other.property_account_position_id, table["_6"])

    def test_fiscal_position_of_a_branch(self):
        """A branch goes by its company's table, but for rows of its own."""
        branch = self.env["res.company"].create(
            {"name": "Rosario", "parent_id": self.company.id}
        )
        table = self._make_positions(_1="A", _6="B")
        own = self._make_positions(branch, _6="Branch's")
        partner = self._make_partner(RI)
        self._ask(partner, "30")
        there = partner.sudo().with_company(branch)
        self.assertEqual(there.property_account_position_id, table["_1"])
        partner[FIELD] = self.responsibilities["6"]
        self.assertEqual(there.property_account_position_id, own["_6"])
        self.assertEqual(partner.property_account_position_id, table["_6"])

    def test_fiscal_position_by_who_may_not_see_the_table(self):
        table = self._make_positions(_1="A")
        seller = new_test_user(
            self.env, "zulma", "base.group_user,base.group_partner_manager"
        )
        partner = self._make_partner(RI)
        partner.with_user(seller)[FIELD] = self.responsibilities["1"].id
        self.assertEqual(partner.property_account_position_id, table["_1"])

    def test_fiscal_position_in_each_company(self):
        other = self.env["res.company"].create(
            {"name": "Other", "country_id": self.env.ref("base.ar").id}
        )
        position = self.env["account.fiscal.position"].create(
            {"name": "Other's", "company_id": other.id}
        )
        self.env["l10n_ar.padron.position"].create(
            {
                "company_id": other.id,
                "responsibility_id": self.responsibilities["1"].id,
                "fiscal_position_id": position.id,
            }
        )
        shared = self._make_partner(RI)
        own = self._make_partner(MONO, company_id=self.company.id)
        self._ask(shared, "30")
        self._ask(own, "30")
        here = shared.sudo().with_company(other)
        self.assertEqual(here.property_account_position_id, position)
        self.assertFalse(shared.property_account_position_id)
        self.assertFalse(own.sudo().with_company(other).property_account_position_id)
        # What a person chose in one company says nothing about the other.
        chosen = self._make_positions(_6="Here")["_6"]
        shared.property_account_position_id = chosen
        shared[FIELD] = self.responsibilities["5"]
        self.assertFalse(here.property_account_position_id)
        self.assertEqual(shared.property_account_position_id, chosen)

    # Databases from before

    def _migrate(self):
        path = file_path("l10n_ar_padron/migrations/19.0.1.1.0/end-migrate.py")
        self.env.flush_all()
        load_script(path, "l10n_ar_padron_migrate").migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def test_upgrade_of_positions(self):
        table = self._make_positions(_1="A", _5="C", _6="B")
        agreed = self.env["account.fiscal.position"].create(
            {"name": "By agreement", "company_id": self.company.id}
        )
        nothing = agreed.browse()
        cases = {
            "given": ("1", "registry", table["_1"], table["_1"]),
            "label was right": ("1", "registry", nothing, table["_1"]),
            "consumer": ("5", "channel", nothing, table["_5"]),
            "changed by hand": ("6", "person", table["_1"], table["_6"]),
            "changed by hand to one without": ("4", "person", table["_1"], nothing),
            "chosen": ("1", "registry", agreed, agreed),
            "chosen among the table's": ("1", "registry", table["_6"], table["_6"]),
        }
        if "channel" not in dict(
            self.env["res.partner"]._fields["l10n_ar_responsibility_origin"].selection
        ):
            cases.pop("consumer")
        partners = {}
        for name, (code, origin, position, _wanted) in cases.items():
            partners[name] = self._make_partner(
                False,
                **{
                    FIELD: self.responsibilities[code].id,
                    "l10n_ar_responsibility_origin": origin,
                },
            )
            partners[name].property_account_position_id = position
            partners[name].sudo().l10n_ar_padron_position_id = False
        for _turn in range(2):
            self._migrate()
            for name, (_code, _origin, _position, wanted) in cases.items():
                with self.subTest(name):
                    self.assertEqual(
                        partners[name].property_account_position_id, wanted
                    )
        partners["given"][FIELD] = self.responsibilities["4"]
        self.assertFalse(partners["given"].property_account_position_id)

    def test_upgrade_of_keys_that_are_no_cuit(self):
        partner = self._make_partner(MONO)
        self._ask(partner, "34", key="CUIT")
        answer = partner.l10n_ar_padron_answer_id.sudo()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE partner_registration_finding "
            "SET raw = replace(raw, '>CUIT<', '>CUIL<'), "
            "data = jsonb_set(data, '{key_kind}', '\"CUIL\"'), "
            "checked_at = '2026-01-02 03:04:05' WHERE id = %s",
            [answer.id],
        )
        self.env.invalidate_all()
        for _turn in range(2):
            self._migrate()
            now = partner.l10n_ar_padron_answer_id.sudo()
            self.assertEqual((now.outcome, now.is_current), ("conflict", True))
            self.assertTrue(partner.l10n_ar_fiscal_pending)
            self.assertEqual(str(partner.l10n_ar_padron_checked_at)[:10], "2026-01-02")
            self.assertFalse(answer.is_current)

    def test_upgrade_of_declarations(self):
        """Customers' own word once counted as ours."""
        user = new_test_user(self.env, "zulma", "base.group_portal")
        theirs, ours, touched = (
            self._make_partner(number, **{FIELD: self.responsibilities["4"].id})
            for number in (RI, MONO, make_cuit(1))
        )
        for partner in theirs + ours + touched:
            self._ask(partner, "30")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_partner SET create_uid = %s WHERE id IN %s",
            [user.id, (theirs.id, touched.id)],
        )
        self.cr.execute(
            "UPDATE res_partner SET write_uid = %s WHERE id IN %s",
            [user.id, (theirs.id, ours.id)],
        )
        self.env.invalidate_all()
        self._migrate()
        codes = [partner[FIELD].code for partner in theirs + ours + touched]
        self.assertEqual(codes, ["1", "4", "4"])
        self.assertEqual(theirs.l10n_ar_responsibility_origin, "registry")
