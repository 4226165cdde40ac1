from odoo.tests import tagged

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestTour(ShopCase):
    def test_another_origin_is_another_price(self):
        self.start_tour(
            self.template.website_url, "pricing_website_origin", login="revenda"
        )
        cart = self.get_cart()
        self.assertEqual(cart.pricing_origin_id, self.paulista)
        self.assertEqual(cart.order_line.price_unit, 121.95)
