"""Automatic invoices of many orders, of several workers, companies and users."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .invoicing import InvoicingCase

ORDERS = 200
# Making, posting and telling, of which Odoo and the localisation need the most.
QUERIES_PER_ORDER = 30


@tagged("post_install", "-at_install")
class TestManyInvoices(InvoicingCase):
    def test_queries_do_not_grow_with_the_batch(self):
        for _number in range(ORDERS):
            self.put()
        for _turn in range(3):
            self.run_flow()
        orders = self.channel.channel_order_ids.sale_order_id
        self.assertEqual(len(orders), ORDERS)
        self.make_final(orders.partner_id)
        rows = self.env["sale.channel.order.invoicing"].search(
            [("channel_id", "=", self.channel.id)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        invoicer = self.env["sale.channel.order.invoicer"]
        before = self.env.cr.sql_log_count
        for start in range(0, ORDERS, 25):
            invoicer._invoice(rows[start : start + 25])
            self.env.flush_all()
        queries = (self.env.cr.sql_log_count - before) / ORDERS
        self.assertEqual(set(rows.mapped("outcome")), {"posted"})
        self.assertEqual(len(orders.invoice_ids), ORDERS)
        self.assertLess(queries, QUERIES_PER_ORDER)


@tagged("post_install", "-at_install")
class TestWho(InvoicingCase):
    def test_a_channel_user_sees_and_retries_without_accounting(self):
        order, row = self.order("F1")
        user = self.make_user(
            "operator",
            "channel_base.group_channel_user",
            "sales_team.group_sale_salesman_all_leads",
        )
        self.env.invalidate_all()
        theirs = row.with_user(user)
        views = theirs.get_views([(False, "list"), (False, "form"), (False, "search")])
        fields = views["models"]["sale.channel.order.invoicing"]["fields"]
        self.assertNotIn("invoice_ids", fields)
        with Form(theirs, "channel_order.sale_channel_order_invoicing_view_form"):
            pass
        specification = {
            name: {"fields": {"display_name": {}}}
            for name in ("sale_order_id", "partner_id", "channel_id")
        }
        specification |= {"invoice_names": {}, "error_message": {}, "receivable": {}}
        found = theirs.web_search_read([("id", "=", row.id)], specification)
        self.assertEqual(
            found["records"][0]["invoice_names"], row.invoice_ids.display_name
        )
        with self.assertRaises(AccessError):
            theirs.write({"outcome": False})
        row._settle(type(row._assess())("held", "proposal_open"))
        theirs.action_retry()
        self.assertEqual(row.sync_state, "pending")
        inbox = self.inbox("F1").with_user(user)
        self.assertEqual(inbox.action_open_invoicing()["res_id"], row.id)
        action = order.with_user(user).action_open_channel_invoicing()
        self.assertEqual(action["res_id"], row.id)

    def test_strangers_neither_see_nor_retry(self):
        _order, row = self.order("F1")
        stranger = self.make_user("stranger", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            row.with_user(stranger).action_retry()

    def test_an_accountant_without_channel_rights_posts(self):
        self.channel.invoicing = "draft"
        _order, row = self.order("F1")
        biller = self.make_user("biller", "account.group_account_invoice")
        row.invoice_ids.with_user(biller).action_post()
        self.assertEqual(row.outcome, "posted")

    def test_who_ships_needs_no_channel_rights(self):
        self.channel.invoicing_moment = "delivered"
        order, row = self.order("F1")
        shipper = self.make_user("shipper", "stock.group_stock_user")
        picking = order.picking_ids.with_user(shipper)
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(row.sync_state, "pending")

    def test_the_settings_show_on_the_channel(self):
        with Form(self.channel) as form:
            form.invoicing = "draft"
            form.invoicing_moment = "ready"
        action = self.channel.action_open_invoicing()
        self.assertIn(self.channel.id, action["domain"][0])


@tagged("post_install", "-at_install")
class TestCompanies(InvoicingCase):
    def test_each_company_s_invoice(self):
        """The other company uses the generic chart, in its own currency."""
        order, row = self.order("F1")
        mine, product = self.company, self.product
        other = self.make_company("Otra Tienda", "US", "USD", "generic_coa")
        cls = type(self)
        cls.company, cls.product = other, self.make_product("OTHER")
        self.addCleanup(lambda: setattr(cls, "company", mine))
        self.addCleanup(lambda: setattr(cls, "product", product))
        self.product.invoice_policy = "order"
        env = self.env(context={**self.env.context, "allowed_company_ids": other.ids})
        channel = self.channel.with_env(env).create(
            {
                "name": "Canal B",
                "channel_type": "fake",
                "company_id": other.id,
                "environment": "test",
                "orders_from": "2026-01-01 00:00:00",
                "state": "live",
                "invoicing": "draft",
            }
        )
        partner = env["res.partner"].create({"name": "John Roe"})
        sold = env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": other.id,
                "sale_channel_id": channel.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "price_unit": 100})
                ],
            }
        )
        env["sale.channel.order"].create(
            {
                "channel_id": channel.id,
                "external_id": "B1",
                "state": "imported",
                "external_status": "paid",
                "sale_order_id": sold.id,
            }
        )
        sold.action_confirm()
        self.run_invoices(channel)
        invoice = self.row(sold).invoice_ids
        self.assertEqual(invoice.company_id, other)
        self.assertEqual(invoice.currency_id.name, "USD")
        self.assertEqual(order.invoice_ids.company_id, mine)
        self.assert_hidden(row, other)

    def assert_hidden(self, row, company):
        user = self.make_user("theirs", "channel_base.group_channel_user")
        self.assertEqual(user.company_ids, company)
        theirs = row.with_user(user).with_context(allowed_company_ids=company.ids)
        found = theirs.search([("channel_id", "=", row.channel_id.id)])
        self.assertFalse(found)
