from odoo import api, fields, models, tools


class PadronPosition(models.Model):
    """Fiscal position that a company wants for a responsibility.

    Without one Odoo's own detection decides.

    With ``sudo``: the company's table holds for whoever sells.
    """

    _name = "l10n_ar.padron.position"
    _description = "Fiscal Position of a Responsibility"
    _rec_name = "responsibility_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    responsibility_id = fields.Many2one(
        "l10n_ar.afip.responsibility.type", "ARCA Responsibility", required=True
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position", required=True, check_company=True
    )

    _responsibility_uniq = models.Constraint(
        "UNIQUE (company_id, responsibility_id)",
        "This responsibility has a fiscal position already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self.env.registry.clear_cache()
        return rows

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _get_table(self):
        """Company id → responsibility id → fiscal position id."""
        table = {}
        for row in self.sudo().search([("company_id", "!=", False)]):
            own = table.setdefault(row.company_id.id, {})
            own[row.responsibility_id.id] = row.fiscal_position_id.id
        return table

    @api.model
    def _get_wanted(self, company):
        """Responsibility id → fiscal position id, for a company or branch.

        A branch goes by the table of its company, but for what it has itself.
        """
        table, wanted = self._get_table(), {}
        for ancestor in company.parent_ids:
            wanted.update(table.get(ancestor.id, {}))
        return wanted

    @api.model
    def _apply(self, partners):
        """Give customers the position of their responsibility, in each company.

        What the table gave before goes with the responsibility that it was given for.
        A position that a person chose stays, and so does a person's choice of none.

        :param partners: customers whose responsibility is settled; a contact's fiscal
            data are those of its commercial customer
        :return: those whose position is another one now
        """
        changed = partners.browse()
        if not self._get_table():
            return changed
        partners = partners.commercial_partner_id.sudo()
        for company in self._get_companies():
            wanted = self._get_wanted(company)
            moved = {}
            for partner in partners.with_company(company):
                if partner.company_id and partner.company_id not in company.parent_ids:
                    continue
                current = partner.property_account_position_id
                given = partner.l10n_ar_padron_position_id
                responsibility = partner.l10n_ar_afip_responsibility_type_id
                position = wanted.get(responsibility.id, False)
                if current == given and current.id != position:
                    moved[position] = moved.get(position, partner.browse()) | partner
            for position, group in moved.items():
                group.write(
                    {
                        "property_account_position_id": position,
                        "l10n_ar_padron_position_id": position,
                    }
                )
                changed |= group
        return changed.with_env(self.env)

    @api.model
    def _get_companies(self):
        argentine = [("account_fiscal_country_id.code", "=", "AR")]
        return self.env["res.company"].sudo().search(argentine)

    @api.model
    def _adopt(self):
        """Take over the positions of a database in which nobody noted who gave them,
        and give them to who was settled without.

        What the table gives came from it. Another one of its positions was left behind
        where a person changed the responsibility; elsewhere a person chose it.
        """
        if not self._get_table():
            return
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        for company in self._get_companies():
            wanted = self._get_wanted(company)
            own = partners.with_company(company)
            for customer in own.search(
                [
                    ("property_account_position_id", "in", list(wanted.values())),
                    ("l10n_ar_padron_position_id", "=", False),
                ]
            ):
                current = customer.property_account_position_id
                responsibility = customer.l10n_ar_afip_responsibility_type_id
                if (
                    wanted.get(responsibility.id) == current.id
                    or customer.l10n_ar_responsibility_origin == "person"
                ):
                    customer.l10n_ar_padron_position_id = current
        settled = partners.search(
            [("l10n_ar_afip_responsibility_type_id", "!=", False)]
        )
        for start in range(0, len(settled), 1000):
            changed = self._apply(settled[start : start + 1000])
            changed._l10n_ar_on_responsibility_changed()
