"""Where goods go: what has not left is never redirected by another order."""

from odoo.tests import tagged

from ..lib.remote import PAYLOAD
from .test_follow import FollowCase


@tagged("post_install", "-at_install")
class TestDestination(FollowCase):
    def address(self, **changes):
        return {**PAYLOAD["address"], **changes}

    def assert_sent(self, order, **expected):
        """The order and its delivery go to an address that says this."""
        self.assertEqual(order.picking_ids.partner_id, order.partner_shipping_id)
        self.assertRecordValues(order.partner_shipping_id, [expected])

    def test_the_same_street_in_two_provinces(self):
        home = self.address(
            street_name="Belgrano", street_number="100", city="San Martín"
        )
        near = {**home, "state_code": "AR-B", "zip": "1650"}
        far = {**home, "state_code": "AR-M", "zip": "5570"}
        first, second = (
            self.imported("F1", address=near),
            self.imported("F2", address=far),
        )
        buenos_aires = self.env.ref("base.state_ar_b").id
        mendoza = self.env.ref("base.state_ar_m").id
        self.assertEqual(first.partner_id, second.partner_id)
        self.assert_sent(first, zip="1650", state_id=buenos_aires)
        self.assert_sent(second, zip="5570", state_id=mendoza)
        for order in (first, second):
            self.deliver(order)
        third = self.imported("F3", address={**far, "zip": "M5570ABC"})
        self.assertEqual(third.partner_shipping_id, second.partner_shipping_id)
        fourth = self.imported("F4", address={**near, "zip": "B1650ABC"})
        self.assertEqual(fourth.partner_shipping_id, first.partner_shipping_id)

    def test_an_open_delivery_keeps_its_receiver(self):
        first = self.imported("F1")
        second = self.imported("F2", address=self.address(receiver="Carlos Olivera"))
        self.assert_sent(first, street2="Lucía Rojas")
        self.assert_sent(second, street2="Carlos Olivera")
        self.assertNotEqual(first.partner_shipping_id, second.partner_shipping_id)
        # Each is found again, also while everything is open.
        third = self.imported("F3")
        self.assertEqual(third.partner_shipping_id, first.partner_shipping_id)
        for order in (first, second, third):
            self.deliver(order)
        fourth = self.imported("F4", address=self.address(receiver="Elsa Funes"))
        self.assertIn(
            fourth.partner_shipping_id,
            first.partner_shipping_id | second.partner_shipping_id,
        )
        self.assert_sent(fourth, street2="Elsa Funes")

    def test_orders_of_one_run_do_not_redirect_each_other(self):
        self.put("F1")
        self.put("F2", address=self.address(receiver="Carlos Olivera"))
        self.put("F3", address=self.address(receiver="Elsa Funes"))
        self.run_flow()
        for number, receiver in (
            ("F1", "Lucía Rojas"),
            ("F2", "Carlos Olivera"),
            ("F3", "Elsa Funes"),
        ):
            self.assert_sent(self.inbox(number).sale_order_id, street2=receiver)

    def test_what_completes_an_address_redirects_nobody(self):
        first = self.imported("F1", address=self.address(zip="", state_code=""))
        second = self.imported("F2")
        self.assert_sent(first, zip=False, state_id=False)
        self.assert_sent(
            second, zip="2000", state_id=self.env.ref("base.state_ar_s").id
        )
        self.assertNotEqual(first.partner_shipping_id, second.partner_shipping_id)

    def test_quotations_and_deliveries_by_hand_are_open_too(self):
        first = self.imported("F1")
        self.deliver(first)
        address = first.partner_shipping_id
        quotation = self.env["sale.order"].create(
            {"partner_id": first.partner_id.id, "partner_shipping_id": address.id}
        )
        elsa = self.address(receiver="Elsa Funes")
        second = self.imported("F2", address=elsa)
        self.assertNotEqual(second.partner_shipping_id, address)
        self.assertEqual(address.street2, "Lucía Rojas")
        quotation.action_cancel()
        self.deliver(second)
        picking = first.picking_ids.copy({"partner_id": address.id, "origin": "hand"})
        third = self.imported("F3", address=self.address(receiver="Juana Ríos"))
        self.assertNotEqual(third.partner_shipping_id, address)
        picking.action_cancel()
        self.assertEqual(address.street2, "Lucía Rojas")

    def test_an_order_may_change_its_own_address(self):
        order = self.imported("F1")
        address = order.partner_shipping_id
        self.change(address=self.address(receiver="Carlos Olivera"))
        self.assert_sent(order, street2="Carlos Olivera")
        self.assertEqual(order.partner_shipping_id, address)
        self.change(address=self.address(street_number="125"))
        self.assert_sent(order, street="Calle Falsa 125 - Timbre 2")
        self.assertNotEqual(order.partner_shipping_id, address)

    def test_an_invoiced_delivery_follows_its_address(self):
        self.product.invoice_policy = "order"
        order = self.imported("F1")
        order._create_invoices()
        self.change(address=self.address(street_number="125"))
        self.assert_sent(order, street="Calle Falsa 125 - Timbre 2")
        self.deliver(order)
        self.change(address=self.address(street_number="127"))
        self.assert_sent(order, street="Calle Falsa 125 - Timbre 2")
