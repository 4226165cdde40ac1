from psycopg2.errors import ForeignKeyViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CUIT, PartnerCase

COMPANY_CUIT = "30712345671"


@tagged("post_install", "-at_install")
class TestMoves(PartnerCase):
    """Joining a buyer with another customer, splitting, and the way back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(cls.env, "reader", "channel_base.group_channel_user")
        cls.seller = new_test_user(cls.env, "seller", "sales_team.group_sale_salesman")
        cls.person = cls.env["res.partner"].create({"name": "Ana la de siempre"})

    def move(self, buyer, kind, user=None, **values):
        """Fill in the wizard as a person would."""
        env = self.env(user=user or self.reader)
        wizard = Form(
            env["sale.channel.partner.move"].with_context(
                default_buyer_id=buyer.id, default_kind=kind
            )
        )
        for name, value in values.items():
            setattr(wizard, name, value)
        record = wizard.save()
        record.action_apply()
        return record

    def last(self, buyer):
        return buyer.change_ids.sorted("id")[-1].with_user(self.reader)

    def test_join(self):
        first = self.upsert(address=self.home)
        wizard = self.move(first.buyer, "join", partner_id=self.person)
        self.assertIn("Ana la de siempre", wizard.effects)
        result = self.upsert(address=self.home)
        self.assertEqual(result.partner, self.person)
        self.assertEqual(result.delivery.parent_id, self.person)
        self.assertEqual(self.person.name, "Ana la de siempre")
        self.assertEqual(self.person.vat, CUIT, "what was empty is filled")
        self.assertEqual(first.delivery.parent_id, first.partner)
        self.assertEqual(self.last(first.buyer).kind, "joined")
        self.assertEqual(self.last(first.buyer).user_id, self.reader)
        self.assertIn("PAZANA1234", self.last(first.buyer).summary)

    def test_join_one_identity(self):
        first = self.upsert()
        second = self.upsert(**self.document("CUIT", COMPANY_CUIT, is_company=True))
        self.move(
            first.buyer, "join", identity_id=second.identity, partner_id=self.person
        )
        self.assertEqual(self.upsert().partner, first.partner)
        again = self.upsert(**self.document("CUIT", COMPANY_CUIT))
        self.assertEqual(again.partner, self.person)

    def test_a_document_that_stays_is_shown_before(self):
        dni = self.env.ref("l10n_ar.it_dni")
        self.person.write(
            {"vat": "20123456", "l10n_latam_identification_type_id": dni.id}
        )
        buyer = self.upsert().buyer
        wizard = self.move(buyer, "join", partner_id=self.person)
        self.assertIn("has another document", wizard.effects)
        result = self.upsert()
        self.assertEqual(result.partner, self.person)
        self.assertEqual(self.person.vat, "20123456")
        self.assertIn("document_differs", self.codes(result))

    def test_split(self):
        known = self.env["res.partner"].create(
            {
                "name": "Another Ana",
                "vat": CUIT,
                "country_id": self.argentina.id,
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_cuit").id,
            }
        )
        first = self.upsert()
        self.assertEqual(first.partner, known)
        self.move(first.buyer, "split")
        result = self.upsert(address=self.home)
        self.assertNotEqual(result.partner, known)
        self.assertEqual(result.partner.vat, CUIT)
        self.assertEqual(result.partner.name, "PAZANA1234")
        self.assertEqual(result.buyer.partner_id, result.partner)
        self.assertEqual(self.last(first.buyer).kind, "split")
        # Made for the step and never used: undoing leaves nothing behind.
        self.env["res.partner"].browse(result.delivery.id).unlink()
        self.last(first.buyer).action_undo()
        self.assertEqual(self.upsert().partner, known)
        self.assertFalse(result.partner.active)
        self.assertEqual(known.name, "Another Ana")

    def test_a_used_customer_is_not_archived_by_undoing(self):
        buyer = self.upsert().buyer
        self.move(buyer, "split")
        made = self.upsert().partner
        other = self.env["res.company"].create({"name": "Other"})
        self.env["sale.order"].create({"partner_id": made.id, "company_id": other.id})
        self.last(buyer).action_undo()
        self.assertTrue(made.active)

    def test_split_to_a_chosen_customer(self):
        buyer = self.upsert().buyer
        self.move(buyer, "split", is_new=False, partner_id=self.person)
        self.assertEqual(self.upsert().partner, self.person)

    def test_undo(self):
        first = self.upsert()
        written = first.buyer.written
        self.move(first.buyer, "join", partner_id=self.person)
        change = self.last(first.buyer)
        change.action_undo()
        self.assertEqual(first.buyer.partner_id, first.partner)
        self.assertEqual(first.identity.partner_id, first.partner)
        self.assertEqual(first.buyer.written, written)
        self.assertTrue(change.undone)
        self.assertEqual(self.last(first.buyer).kind, "undone")
        self.assertEqual(self.upsert(nickname="NUEVA").partner, first.partner)
        self.assertEqual(first.partner.name, "NUEVA")
        for again in (change, self.last(first.buyer)):
            with self.assertRaises(UserError):
                again.action_undo()

    def test_undo_from_the_top(self):
        first = self.upsert()
        other = self.env["res.partner"].create({"name": "Other"})
        self.move(first.buyer, "join", partner_id=self.person)
        lower = self.last(first.buyer)
        self.move(first.buyer, "join", partner_id=other)
        upper = self.last(first.buyer)
        with self.assertRaisesRegex(UserError, "newer"):
            lower.action_undo()
        upper.action_undo()
        self.assertEqual(first.buyer.partner_id, self.person)
        lower.action_undo()
        self.assertEqual(first.buyer.partner_id, first.partner)

    def test_undo_what_was_changed_otherwise(self):
        first = self.upsert()
        self.move(first.buyer, "join", partner_id=self.person)
        first.buyer.partner_id = self.env["res.partner"].create({"name": "Else"})
        with self.assertRaisesRegex(UserError, "Else"):
            self.last(first.buyer).action_undo()

    def test_undo_after_the_former_customer_is_gone(self):
        first = self.upsert()
        self.move(first.buyer, "join", partner_id=self.person)
        first.partner.unlink()
        with self.assertRaisesRegex(UserError, "does not exist"):
            self.last(first.buyer).action_undo()

    def test_undo_after_merging(self):
        """Odoo's merge moves the history along."""
        first = self.upsert()
        target = self.env["res.partner"].create({"name": "Target"})
        self.move(first.buyer, "join", partner_id=self.person)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (first.partner | target).ids, target
        )
        self.env.invalidate_all()
        self.last(first.buyer).action_undo()
        self.assertEqual(first.buyer.partner_id, target)

    def test_undo_a_choice(self):
        self.person.write(
            {
                "vat": CUIT,
                "country_id": self.argentina.id,
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_cuit").id,
            }
        )
        self.person.copy()
        identity = self.upsert().identity
        candidates = identity.candidate_ids.partner_id
        self.assertEqual(len(candidates), 2)
        identity.with_user(self.reader)._choose(self.person)
        self.last(identity.buyer_id).action_undo()
        self.assertTrue(identity.needs_choice)
        self.assertEqual(identity.candidate_ids.partner_id, candidates)
        self.assertFalse(identity.buyer_id.partner_id)
        self.assertEqual(self.upsert().problem, "customer_ambiguous")

    def test_join_answers_the_open_question(self):
        partners = self.person | self.person.copy()
        partners.write(
            {
                "country_id": self.argentina.id,
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_cuit").id,
                "vat": CUIT,
            }
        )
        result = self.upsert()
        self.assertEqual(result.problem, "customer_ambiguous")
        self.move(result.buyer, "join", partner_id=self.person)
        self.assertFalse(result.identity.needs_choice)
        self.assertEqual(self.upsert().partner, self.person)

    def test_merging_two_customers_of_one_buyer(self):
        first = self.upsert(address=self.home)
        company = self.document("CUIT", COMPANY_CUIT)
        second = self.upsert(address=self.home, **company)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (first.partner | second.partner).ids, first.partner
        )
        self.env.invalidate_all()
        self.assertEqual(first.buyer.exists().identity_ids.partner_id, first.partner)
        for changes in ({}, company):
            again = self.upsert(address=self.home, **changes)
            self.assertEqual(again.partner, first.partner)
            self.assertEqual(again.delivery.parent_id, first.partner)

    def test_who_may(self):
        first = self.upsert()
        with self.assertRaises(AccessError):
            self.move(first.buyer, "split", user=self.seller)
        self.move(first.buyer, "join", partner_id=self.person)
        with self.assertRaises(AccessError):
            self.last(first.buyer).with_user(self.seller).action_undo()
        company = self.env["res.company"].create({"name": "Other"})
        channel = self.channel.copy({"name": "Theirs", "company_id": company.id})
        theirs = self.upsert(channel=channel).buyer
        with self.assertRaises(AccessError):
            self.move(theirs, "join", partner_id=self.person)
        self.person.company_id = company
        with self.assertRaises(UserError):
            self.env["sale.channel.partner.move"].create(
                {
                    "buyer_id": first.buyer.id,
                    "kind": "join",
                    "identity_id": theirs.identity_ids.id,
                    "partner_id": first.partner.id,
                }
            ).action_apply()

    def test_a_wizard_without_customer(self):
        buyer = self.upsert().buyer
        wizard = self.env["sale.channel.partner.move"].create(
            {"buyer_id": buyer.id, "kind": "join", "is_new": False}
        )
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.partner_id = buyer.partner_id
        with self.assertRaises(UserError):
            wizard.action_apply()

    def test_cards_open(self):
        result = self.upsert(address=self.home)
        self.move(result.buyer, "join", partner_id=self.person)
        Form(result.buyer.with_user(self.reader))
        Form(self.person.with_user(self.reader))
        Form(result.identity.with_user(self.reader))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(ForeignKeyViolation),
            self.env.cr.savepoint(),
        ):
            self.person.unlink()
