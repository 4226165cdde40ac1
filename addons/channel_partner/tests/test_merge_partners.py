from dataclasses import replace

from odoo.tests import tagged

from .common import CUIT, PartnerCase


@tagged("post_install", "-at_install")
class TestMergePartners(PartnerCase):
    """Odoo's own merge of contacts carries buyers, addresses and contacts along."""

    def merge(self, target, *sources):
        ids = (target | sources[0].concat(*sources[1:])).ids
        self.env["base.partner.merge.automatic.wizard"]._merge(ids, target)
        self.env.invalidate_all()

    def test_a_buyer_moves_to_a_person_that_was_there(self):
        result = self.upsert(address=self.home)
        person = self.env["res.partner"].create({"name": "Ana Paz"})
        self.merge(person, result.partner)
        self.assertEqual(result.buyer.partner_id, person)
        self.assertEqual(result.delivery.parent_id, person)
        again = self.upsert(address=self.home, nickname="OTHER")
        self.assertEqual(again.partner, person)
        self.assertEqual(again.delivery, result.delivery)
        self.assertEqual(again.contact, result.contact)
        self.assertEqual(person.name, "Ana Paz", "not the channel's name")
        self.assertEqual(person.vat, CUIT)

    def test_both_have_buyers_addresses_and_contacts(self):
        first = self.upsert(address=self.home)
        second = self.upsert(external_id="99", nickname="ANA2", address=self.home)
        links = (first.buyer | second.buyer).link_ids
        self.merge(first.partner, second.partner)
        self.assertEqual(
            (first.buyer | second.buyer).exists().partner_id, first.partner
        )
        self.assertEqual(len(links.exists()), 4)
        self.assertEqual(first.partner.channel_buyer_count, 2)
        for data, old in ((self.buyer, first), (self._second(), second)):
            again = self.upsert(data, self.home)
            self.assertEqual(again.partner, first.partner)
            self.assertEqual(again.delivery, old.delivery)
            self.assertEqual(again.contact, old.contact)

    def test_addresses_and_contacts_merge_as_well(self):
        first = self.upsert(address=self.home)
        second = self.upsert(self._second(), self.home)
        self.merge(first.partner, second.partner)
        self.merge(first.delivery, second.delivery)
        self.merge(first.contact, second.contact)
        links = (first.buyer | second.buyer).link_ids
        self.assertEqual(len(links), 4)
        self.assertEqual(links.partner_id, first.delivery | first.contact)
        again = self.upsert(self._second(), self.home)
        self.assertEqual(again.delivery, first.delivery)
        self.assertEqual(len(first.partner.child_ids), 2)

    def test_two_addresses_of_one_buyer_merge(self):
        first = self.upsert(address=self.home)
        other = replace(self.home, line="Los Aromos 1234")
        second = self.upsert(address=other)
        self.merge(first.delivery, second.delivery)
        self.assertEqual(len(first.buyer.link_ids), 3)
        self.assertEqual(self.upsert(address=other).delivery, first.delivery)

    def test_a_new_address_of_two_merged_buyers_is_made_once(self):
        first, second = self.upsert(), self.upsert(self._second())
        self.merge(first.partner, second.partner)
        results = self.upsert_all(
            [(self.buyer, self.home), (self._second(), self.home)]
        )
        self.assertEqual(results[0].delivery, results[1].delivery)
        self.assertEqual(len(self.children(first.partner, "delivery")), 1)

    def _second(self):
        return replace(self.buyer, external_id="99", nickname="ANA2")
