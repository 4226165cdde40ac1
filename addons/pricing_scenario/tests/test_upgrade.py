from importlib.util import module_from_spec, spec_from_file_location

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import file_path

from .common import PricingCase


@tagged("post_install", "-at_install")
class TestUpgrade(PricingCase):
    """A database made before is repaired."""

    def migrate(self):
        path = "pricing_scenario/migrations/19.0.1.1.0/post-repair_prices.py"
        spec = spec_from_file_location("repair_prices", file_path(path))
        script = module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def damage(self, table, record, **values):
        self.env.flush_all()
        columns = ", ".join(f"{name} = %s" for name in values)
        self.env.cr.execute(
            f"UPDATE {table} SET {columns} WHERE id = %s",
            (*values.values(), record.id),
        )
        self.env.invalidate_all()

    def test_contacts_of_merged_customers(self):
        group = self.env["pricing.customer.group"].create({"name": "Lost"})
        firm = self.make_customer("Kept", self.sp, pricing_use_type="resale")
        wrong, gone, right = (
            self.make_customer(name, self.sp, is_company=False, parent_id=firm.id)
            for name in ("Ana", "Bia", "Rui")
        )
        for contact in (wrong, gone):
            self.damage(
                "res_partner",
                contact,
                pricing_group_id=group.id,
                pricing_use_type=None,
                active=contact == wrong,
            )
        before = right.write_date
        for _twice in range(2):
            self.migrate()
            self.assertFalse((wrong | gone).pricing_group_id)
            self.assertEqual(wrong.pricing_use_type, "resale")
            self.assertEqual(right.write_date, before)
        group.unlink()

    def test_copies_with_an_archived_list(self):
        scenario = self.make_scenario()
        customer = self.make_customer(state=self.sp, pricing_scenario_id=scenario.id)
        old, mine = self.env["product.pricelist"].create(
            [{"name": "Old", "active": False}, {"name": "Mine"}]
        )
        orders = {}
        for name, pricelist in (("copy", old), ("sent", old), ("chosen", mine)):
            order = orders[name] = self.make_order(customer)
            order.order_line = [Command.create({"product_id": self.product.id})]
            self.damage(
                "sale_order",
                order,
                pricelist_id=pricelist.id,
                pricing_list_manual=True,
                state="sent" if name == "sent" else "draft",
            )
            self.damage("sale_order_line", order.order_line, pricing_list_id=None)
        for _twice in range(2):
            self.migrate()
            contract = orders["copy"].pricing_contract_id
            self.assertEqual(orders["copy"].pricelist_id, contract.pricelist_id)
            self.assertIn(
                "those of pricelist Old", orders["copy"].pricing_outdated_text
            )
            self.assertEqual(orders["sent"].pricelist_id, old)
            self.assertIn("pricelist Old", orders["sent"].pricing_outdated_text)
            self.assertFalse(orders["sent"].pricing_list_manual)
            self.assertEqual(orders["chosen"].pricelist_id, mine)
            self.assertTrue(orders["chosen"].pricing_list_manual)
