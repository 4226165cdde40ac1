from dataclasses import replace
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import CUIT, PartnerCase


@tagged("post_install", "-at_install")
class TestChoice(PartnerCase):
    """Several customers have a buyer's document: a person chooses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.make_customer("Ana Paz")
        cls.second = cls.make_customer("Paz, Ana")
        cls.reader = new_test_user(cls.env, "reader", "channel_base.group_channel_user")
        cls.seller = new_test_user(cls.env, "seller", "sales_team.group_sale_salesman")
        cls.portal = new_test_user(cls.env, "outside", "base.group_portal")

    @classmethod
    def make_customer(cls, name, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "vat": CUIT,
                "l10n_latam_identification_type_id": cls.env.ref("l10n_ar.it_cuit").id,
                "country_id": cls.argentina.id,
                **values,
            }
        )

    def settled(self):
        """Collect what the hook is called with."""
        calls = []
        model = type(self.env["sale.channel.identity"])
        hook = patch.object(model, "_on_settled", lambda rows: calls.append(rows))
        hook.start()
        self.addCleanup(hook.stop)
        return calls

    def test_nobody_is_picked_silently(self):
        customers = self.env["res.partner"].search_count([])
        result = self.upsert(address=self.home)
        self.assertEqual(result.problem, "customer_ambiguous")
        self.assertFalse(result.partner)
        self.assertFalse(result.delivery)
        self.assertTrue(result.buyer)
        self.assertFalse(result.buyer.partner_id)
        self.assertTrue(result.buyer.needs_choice)
        self.assertTrue(result.identity.needs_choice)
        candidates = result.identity.candidate_ids
        self.assertEqual(candidates.partner_id, self.first | self.second)
        self.assertEqual(self.env["res.partner"].search_count([]), customers)
        reasons = self.env["sale.channel.text"]._get_errors()
        self.assertIn(result.problem, reasons)
        again = self.upsert(address=self.home)
        self.assertEqual(again.identity.candidate_ids, candidates)
        self.assertEqual(again.problem, "customer_ambiguous")
        without = self.upsert(identity=None)
        self.assertEqual(without.problem, "customer_ambiguous")
        self.assertEqual(without.identity, result.identity)

    def test_this_one(self):
        calls = self.settled()
        identity = self.upsert().identity
        candidate = identity.candidate_ids.with_user(self.reader)[1]
        candidate.action_choose()
        self.assertEqual(identity.partner_id, self.second)
        self.assertEqual(identity.origin, "chosen")
        self.assertFalse(identity.needs_choice)
        self.assertFalse(identity.candidate_ids)
        self.assertEqual(identity.buyer_id.partner_id, self.second)
        self.assertEqual(calls, [identity])
        result = self.upsert(address=self.home, nickname="NUEVA")
        self.assertEqual(result.partner, self.second)
        self.assertFalse(result.problem)
        self.assertEqual(self.second.name, "Paz, Ana")
        change = identity.buyer_id.change_ids
        self.assertEqual((change.kind, change.user_id), ("chosen", self.reader))
        with self.assertRaises(UserError):
            identity.with_user(self.reader)._choose(self.first)

    def test_none_of_these(self):
        calls = self.settled()
        identity = self.upsert().identity
        identity.with_user(self.reader).action_choose_new()
        partner = identity.partner_id
        self.assertNotIn(partner, self.first | self.second)
        self.assertRecordValues(
            partner, [{"name": "PAZANA1234", "vat": CUIT, "team_id": self.team.id}]
        )
        self.assertEqual(calls, [identity])
        self.assertEqual(self.upsert(nickname="NUEVA").partner, partner)
        self.assertEqual(partner.name, "NUEVA", "the channel made it")

    def test_merging_the_candidates_is_a_choice(self):
        calls = self.settled()
        identity = self.upsert().identity
        third = self.make_customer("Third")
        self.upsert()
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.first | third).ids, self.first)
        self.assertTrue(identity.needs_choice)
        self.assertEqual(identity.candidate_ids.partner_id, self.first | self.second)
        wizard._merge((self.first | self.second).ids, self.first)
        self.assertFalse(identity.needs_choice)
        self.assertEqual(identity.partner_id, self.first)
        self.assertEqual(calls, [identity])
        self.assertEqual(self.upsert().partner, self.first)

    def test_who_has_the_document_and_another_name_is_asked_about(self):
        self.second.active = False
        stranger = {
            "name": "Carlos Olivera",
            **self.document("CUIT", CUIT, name="Carlos Olivera"),
        }
        result = self.upsert(address=self.home, **stranger)
        self.assertEqual(result.problem, "customer_ambiguous")
        self.assertEqual(result.identity.candidate_ids.partner_id, self.first)
        again = self.upsert(address=self.home, **stranger)
        self.assertEqual(again.problem, "customer_ambiguous")
        # A merge with somebody else does not answer who it is.
        third = self.make_customer("Third", vat=False)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.first | third).ids, self.first)
        self.assertTrue(result.identity.needs_choice)
        result.identity.with_user(self.reader).action_choose_new()
        partner = self.upsert(**stranger).partner
        self.assertNotEqual(partner, self.first)
        self.assertEqual(partner.vat, CUIT)

    def test_who_has_the_document_and_another_name_may_be_the_one(self):
        self.second.active = False
        stranger = {"name": "Carlos Olivera", "identity": self.buyer.identity}
        stranger["identity"] = replace(stranger["identity"], name="Carlos Olivera")
        identity = self.upsert(**stranger).identity
        identity.candidate_ids.with_user(self.reader).action_choose()
        result = self.upsert(**stranger)
        self.assertEqual(result.partner, self.first)
        self.assertFalse(result.problem)

    def test_a_nickname_is_no_other_name(self):
        (self.first | self.second).active = False
        named = self.upsert(nickname="MUEBLES DEL SUR", identity=None)
        named.partner.write(
            {
                "vat": CUIT,
                "l10n_latam_identification_type_id": self.env.ref("l10n_ar.it_cuit").id,
            }
        )
        result = self.upsert(external_id="9", nickname="OTRA TIENDA")
        self.assertEqual(result.partner, named.partner)

    def test_archiving_all_but_one_settles_the_next_order(self):
        calls = self.settled()
        identity = self.upsert().identity
        self.second.active = False
        result = self.upsert()
        self.assertEqual(result.partner, self.first)
        self.assertFalse(identity.needs_choice)
        self.assertFalse(identity.candidate_ids)
        self.assertEqual(calls, [identity])

    def test_archived_until_nobody_is_left(self):
        identity = self.upsert().identity
        third = self.make_customer("Third")
        self.upsert()
        self.assertIn(third, identity.candidate_ids.partner_id)
        (self.first | self.second | third).active = False
        result = self.upsert()
        self.assertTrue(result.partner)
        self.assertEqual(result.identity.origin, "created")

    def test_a_buyer_with_a_customer_has_an_ambiguous_second_identity(self):
        first = self.upsert(**self.document("DNI", "20123456"))
        second = self.upsert()
        self.assertEqual(second.problem, "customer_ambiguous")
        self.assertFalse(second.partner)
        without = self.upsert(identity=None)
        self.assertEqual(without.partner, first.partner)
        self.assertFalse(without.problem)
        second.identity.with_user(self.reader)._choose(self.first)
        self.assertEqual(first.buyer.partner_id, first.partner)
        self.assertEqual(self.upsert().partner, self.first)

    def test_hidden_data_answer_no_question(self):
        first = self.upsert(**self.document("DNI", "20123456"))
        told = self.document("CUIT", CUIT, external_id="b1")
        self.assertEqual(self.upsert(**told).problem, "customer_ambiguous")
        hidden = self.document("CUIT", "XXXXXXX", external_id="b1")
        result = self.upsert(**hidden)
        self.assertEqual(result.problem, "customer_ambiguous")
        self.assertTrue(result.identity.needs_choice)
        self.assertEqual(first.buyer.partner_id, first.partner)

    def test_a_crowd_is_cut(self):
        for n in range(30):
            self.make_customer(f"Ana {n}")
        identity = self.upsert().identity
        self.assertEqual(len(identity.candidate_ids), 20)

    def test_who_may_choose(self):
        identity = self.upsert().identity
        candidate = identity.candidate_ids[0]
        for user in (self.seller, self.portal):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    candidate.with_user(user).action_choose()
                with self.assertRaises(AccessError):
                    identity.with_user(user).action_choose_new()
                with self.assertRaises(AccessError):
                    identity.with_user(user).read(["document_number"])
        with self.assertRaises(AccessError):
            identity.with_user(self.reader).partner_id = self.first

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        channel = self.channel.copy({"name": "Theirs", "company_id": company.id})
        identity = self.upsert(channel=channel).identity
        mine = identity.with_user(self.reader)
        self.assertFalse(mine.search([("id", "=", identity.id)]))
        with self.assertRaises(AccessError):
            mine.action_choose_new()
        with self.assertRaises(AccessError):
            mine.candidate_ids.browse(identity.candidate_ids[0].id).action_choose()
        other = self.make_customer("Elsewhere", company_id=company.id)
        own = self.upsert().identity
        self.assertNotIn(other, own.candidate_ids.partner_id)
        with self.assertRaises(UserError):
            own._choose(other)

    def test_only_customers_are_chosen(self):
        identity = self.upsert().identity
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.first.id}
        )
        with self.assertRaises(UserError):
            identity._choose(contact)
        self.second.active = False
        with self.assertRaises(UserError):
            identity._choose(self.second)

    def test_side_by_side(self):
        self.first.write({"street": "Mitre 1", "city": "Rosario"})
        self.env["sale.order"].create({"partner_id": self.first.id})
        identity = self.upsert().identity
        card = identity.candidate_ids.with_user(self.reader)[0]
        self.assertEqual(card.order_count, 1)
        self.assertTrue(card.last_order_date)
        self.assertEqual(card.invoice_count, 0)
        self.assertIn("Rosario", card.address)
        self.assertEqual(card.document_type, "CUIT")
        Form(identity.with_user(self.reader))

    def test_counter_on_the_channel(self):
        self.upsert()
        channel = self.channel.with_user(self.reader)
        self.assertEqual(channel.choice_count, 1)
        action = channel.action_open_choices()
        found = self.env["sale.channel.identity"].search(action["domain"])
        self.assertEqual(found.buyer_id.external_id, "2150000001")
