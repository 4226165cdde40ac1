from odoo import api, models


class MrpBom(models.Model):
    _name = "mrp.bom"
    _inherit = ["mrp.bom", "sale.channel.change.mixin"]

    _change_fields = {
        "active",
        "bom_line_ids",
        "company_id",
        "product_id",
        "product_qty",
        "product_tmpl_id",
        "product_uom_id",
        "sequence",
        "type",
    }

    def _get_changes(self):
        """What is made by them, whether they are kits or were."""
        return {("product.template", id_) for id_ in self.product_tmpl_id.ids}

    @api.model
    def _take_kits_apart(self, products):
        """What leaves the warehouse for one of some products.

        As :meth:`explode` has it for one kit, for many products at once.

        :return: dict product → dict product → units, of those that are kits
        """
        kits, seen, level = {}, products, products
        while level:
            found = self._bom_find(
                level, company_id=self.env.company.id, bom_type="phantom"
            )
            kits.update(found)
            level = self.union(*found.values()).bom_line_ids.product_id - seen
            seen |= level
        return {kit: self._add_up(kits, kit, 1.0) for kit in products if kit in kits}

    @api.model
    def _add_up(self, kits, product, units, within=()):
        """:param within: the kits that it is a part of"""
        bom, parts = kits[product], {}
        times = product.uom_id._compute_quantity(
            units, bom.product_uom_id, round=False
        ) / (bom.product_qty or 1.0)
        for line in bom.bom_line_ids:
            if line._skip_bom_line(product) or line.product_id in within:
                continue
            needed, unit = times * line.product_qty, line.product_uom_id
            component = line.product_id
            if component in kits:
                needed = unit._compute_quantity(needed, component.uom_id, round=False)
                some = self._add_up(kits, component, needed, (*within, product))
            else:
                # A part of a unit takes a whole one from the shelf.
                needed = unit.round(needed, rounding_method="UP")
                some = {component: unit._compute_quantity(needed, component.uom_id)}
            for one, count in some.items():
                parts[one] = parts.get(one, 0.0) + count
        return {one: count for one, count in parts.items() if count > 0}
