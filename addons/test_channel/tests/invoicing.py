"""Orders whose invoices are made automatically."""

from unittest.mock import patch

from .common import FakeCase


class InvoicingCase(FakeCase):
    """A channel that makes invoices automatically."""

    moment = "paid"
    policy = "order"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.l10n_ar_afip_responsibility_type_id = cls.env.ref(
            "l10n_ar.res_IVARI"
        )
        cls.company.partner_id.vat = "30714295698"
        cls.product.invoice_policy = cls.policy
        cls.env["stock.quant"]._update_available_quantity(
            cls.product, cls.find_warehouse(cls.company).lot_stock_id, 1000
        )
        cls.authorise(cls.company)
        cls.switch_on(cls.channel)

    @classmethod
    def authorise(cls, company):
        """Let invoices be posted where the Argentine glue, if it is there, asks what
        authorises them."""
        journals = cls.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "sale")]
        )
        if "l10n_ar_cai" in journals._fields:
            journals.write(
                {
                    "l10n_ar_cai": "40123456789012",
                    "l10n_ar_cai_valid_to": "2099-12-31",
                }
            )

    @classmethod
    def switch_on(cls, channel, **values):
        channel.write({"invoicing": "post", "invoicing_moment": cls.moment, **values})

    @classmethod
    def find_warehouse(cls, company):
        return cls.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )

    def run_invoices(self, channel=None):
        """Let the scheduler wake the flow, as an event does."""
        flow = (channel or self.channel).flow_ids.filtered(
            lambda flow: flow.kind == "orders_invoice"
        )
        with self.enter_registry_test_mode():
            flow.cron_id.method_direct_trigger()
        self.env.invalidate_all()

    def run_full(self):
        """Let the interval be over."""
        self.flow("orders_invoice")._get_state().last_run_at = False
        self.run_invoices()

    def row(self, order):
        return self.env["sale.channel.order.invoicing"].search(
            [("sale_order_id", "=", order.id)]
        )

    def order(self, external_id=None, **changes):
        """An order that came in, and its row after the flow has run."""
        order = self.imported(external_id, **changes)
        self.make_final(order.partner_id)
        self.run_invoices()
        return order, self.row(order)

    def make_final(self, partner):
        partner.l10n_ar_afip_responsibility_type_id = self.env.ref("l10n_ar.res_CF")

    def change(self, external_id, **changes):
        self.bring(external_id, **changes)
        self.run_invoices()

    def deliver(self, order, quantity=None):
        """Deliver what is open, or a part of it; the rest becomes a backorder."""
        for picking in order.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        ):
            for move in picking.move_ids:
                move.quantity = quantity or move.product_uom_qty
            picking.move_ids.picked = True
            picking.with_context(skip_backorder=True).button_validate()
        self.run_invoices()

    def assert_row(self, row, state, code=False, outcome=False):
        self.assertEqual(
            (row.sync_state, row.error_code, row.outcome),
            (state, code, outcome),
            row.error_detail,
        )

    def assert_invoiced(self, order, *totals, outcome="posted"):
        """The order has these invoices and no others, made by its settled row."""
        row = self.row(order)
        self.assert_row(row, "done", outcome=outcome)
        self.assertEqual(row.invoice_ids, order.invoice_ids)
        self.assertEqual(
            sorted(round(total, 2) for total in row.invoice_ids.mapped("amount_total")),
            sorted(totals),
        )

    def refuse(self, method, error, reference="F1"):
        """Odoo's own method stumbles over the invoice of one order."""
        moves = type(self.env["account.move"])
        real = getattr(moves, method)

        def stumble(records, *args, **options):
            found = real(records, *args, **options)
            if reference in (records | found).mapped("ref"):
                raise error
            return found

        return patch.object(moves, method, stumble)

    def codes(self, external_id="F1"):
        return self.inbox(external_id).event_ids.mapped("code")
