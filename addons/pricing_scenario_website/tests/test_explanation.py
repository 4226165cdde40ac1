from odoo.tests import tagged

from .common import ShopCase


@tagged("post_install", "-at_install")
class TestExplanation(ShopCase):
    def explain(self, **values):
        return self.env["pricing.explanation"].create(
            {"partner_id": self.customer.id, "product_id": self.product.id, **values}
        )

    def test_a_customer_who_sees_the_product(self):
        text = self.explain().explanation
        self.assertIn("Web shop Serra Azul", text)
        self.assertIn("The customer sees the product.", text)

    def test_why_a_customer_does_not_see_the_product(self):
        self.product.is_published = False
        self.reseller.active = False
        text = self.explain().explanation
        self.assertIn("The product is not published.", text)
        self.assertIn("Nobody of the customer has access to the portal.", text)
        elsewhere = self.env["website"].create({"name": "Elsewhere"})
        self.template.website_id = elsewhere
        self.assertIn("for sale on Elsewhere alone", self.explain().explanation)

    def test_goods_of_another_company(self):
        other = self.make_company("Outra", self.sp)
        origin = self.make_origin("Far", other, self.sp)
        self.assertIn(
            "Goods of Far are not sold there.",
            self.explain(origin_id=origin.id).explanation,
        )
