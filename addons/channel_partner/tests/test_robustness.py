from dataclasses import fields, replace
from unittest.mock import patch

from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged

from ..lib.buyer import Address
from .common import PartnerCase

NASTY = [
    "",
    " ",
    "x" * 10_000,
    "🙂" * 10_000,
    "a\x00b\ud800c\r\n\t",
    "'; DROP TABLE res_partner; --",
    "<script>alert(1)</script>",
    "%(name)s %s {0} {name}",
    "\u202e\u200bأحمد שלום",
]


@tagged("post_install", "-at_install")
class TestRobustness(PartnerCase):
    def test_nothing_raises_because_of_what_the_buyer_wrote(self):
        names = [
            field.name for field in fields(Address) if field.name not in ("pickup",)
        ]
        updates = []
        for n, text in enumerate(NASTY):
            address = Address(**dict.fromkeys(names, text))
            buyer = replace(
                self.buyer,
                external_id=f"id{n}",
                nickname=text,
                name=text,
                phone=text,
                alternative_phone=text,
                email=text,
                **self.document(text, text, name=text, address=address),
            )
            updates += [(buyer, address), (buyer, replace(self.home, comment=text))]
            updates.append((replace(buyer, external_id=f"br{n}"), self._brazil(text)))
        for _turn in range(2):
            results = self.upsert_all(updates)
            self.assertTrue(all(result.partner for result in results))
            texts = self.env["sale.channel.text"]._get_texts()
            for result in results:
                for code, params in result.notes:
                    self.assertTrue(str(texts[code]) % params)
        self.assertEqual(
            self.env["sale.channel.partner"].search_count(
                [("channel_id", "=", self.channel.id)]
            ),
            len(NASTY) * 2,
        )

    def _brazil(self, text):
        return replace(self.casa, street_name=text, complement=text, comment=text)

    def test_a_buyer_without_id_is_reported(self):
        result, other = self.upsert_all(
            [(replace(self.buyer, external_id=" "), self.home), (self.brazilian, None)]
        )
        self.assertFalse(result.buyer)
        self.assertFalse(result.partner)
        self.assertFalse(result.delivery)
        self.assertEqual(self.codes(result), ["buyer_without_id"])
        self.assertTrue(other.partner)

    def test_a_document_that_odoo_refuses_today_stops_no_address(self):
        partner = self.upsert(identity=None).partner
        self.env.cr.execute(
            "UPDATE res_partner SET vat = %s, l10n_latam_identification_type_id = %s"
            " WHERE id = %s",
            ["123", self.env.ref("l10n_ar.it_cuit").id, partner.id],
        )
        self.env.invalidate_all()
        result = self.upsert(identity=None, address=self.home, name="Somebody Else")
        self.assertEqual(result.delivery.parent_id, partner)
        self.assertEqual(result.contact.name, "Somebody Else")
        self.assertEqual(partner.vat, "123")

    def test_another_transaction_was_faster(self):
        """What this transaction cannot see it does not create twice."""
        self.upsert()
        customers = self.env["res.partner"].search_count([])

        def see_nobody(_self, _batch, _items):
            pass

        model = type(self.env["sale.channel.partner.importer"])
        with (
            patch.object(model, "_find_buyers", see_nobody),
            self.assertRaises(ConcurrencyError),
            self.env.cr.savepoint(),
        ):
            self.upsert_all([(self.brazilian, None), (self.buyer, None)])
        self.assertEqual(self.env["res.partner"].search_count([]), customers)
        self.assertTrue(self.upsert().partner, "nothing is lost")

    def test_another_transaction_made_the_address(self):
        result = self.upsert(address=self.home)
        children = len(result.partner.child_ids)

        def see_nothing(_self, _batch, _wanted):
            pass

        model = type(self.env["sale.channel.partner.attacher"])
        with (
            patch.object(model, "_find_children", see_nothing),
            self.assertRaises(ConcurrencyError),
            self.env.cr.savepoint(),
        ):
            self.upsert(address=self.home)
        self.assertEqual(len(result.partner.child_ids), children)
        self.assertEqual(self.upsert(address=self.home).delivery, result.delivery)

    def test_two_channels_know_the_same_user(self):
        other = self.channel.copy({"name": "Second account"})
        nobody = {"identity": None}
        first, second = self.upsert(**nobody), self.upsert(channel=other, **nobody)
        self.assertNotEqual(first.buyer, second.buyer)
        self.assertNotEqual(first.partner, second.partner)
