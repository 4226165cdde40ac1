"""The client of prices by group: it may also change customer groups and price lists."""

from __future__ import annotations

from odoo.addons.channel_medusa.lib.client import MedusaClient


class PricingClient(MedusaClient):
    """Deletes only customer groups and price lists; the writer deletes none but ours.

    Who is in a deleted group stays a customer, without the group's prices.
    """

    writes = (
        ("POST", "/admin/customer-groups"),
        ("POST", "/admin/customer-groups/{id}"),
        ("POST", "/admin/customer-groups/{id}/customers"),
        ("DELETE", "/admin/customer-groups/{id}"),
        ("POST", "/admin/price-lists"),
        ("POST", "/admin/price-lists/{id}"),
        ("POST", "/admin/price-lists/{id}/prices/batch"),
        ("DELETE", "/admin/price-lists/{id}"),
    )
