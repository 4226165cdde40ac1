"""What prices by group send to a channel. No Odoo in it.

The content of a record is JSON, in these words:

======== =================================================================
kind     content
======== =================================================================
group    ``name``
list     ``name``, ``currency`` (ISO 4217), ``origin`` (the channel's id or
         None), ``items``: rules, the first that applies counts
contract ``group``, ``origin``, ``list``: the channel's ids
customer ``group``: the channel's id, None for no group
======== =================================================================

A rule of a list has ``target`` (all, category, brand, product, variant), ``value``
(name or SKU), ``goods`` (any, yes: imported, no), ``compute`` (fixed, percentage,
formula), ``base`` (list_price, standard_price, pricelist), ``base_list`` (name),
``dates`` (first and last moment, naive UTC, or None), and as texts the numbers
``price``, ``percent``, ``discount`` (both of 100), ``surcharge``, ``round``,
``margin_min``, ``margin_max``, ``quantity`` and ``factor`` (of the base price).

The provider's writer is a :class:`channel_outgoing.lib.writer.Writer`. Customers were
on the channel before: they are never created or deleted, only put into groups.
"""

from odoo.addons.channel_outgoing.lib.kind import Family, Kind

FAMILY = Family(
    Kind("group", "pricing.channel.group"),
    Kind("list", "product.pricelist"),
    Kind("contract", "pricing.contract", {"group": "group", "list": "list"}),
    Kind(
        "customer",
        "sale.channel.partner",
        {"group": "group"},
        emptied={"group": None},
        created=False,
    ),
)
KINDS = tuple(FAMILY.kinds)
