import json

from odoo import models
from odoo.http import request


class WebsiteSnippetFilter(models.Model):
    _inherit = "website.snippet.filter"

    def _prepare_values(self, limit=None, search_domain=None, **options):
        # The page sends the domain: visitors would find out prices with it.
        if request.website._hides_prices() and "price" in json.dumps(search_domain):
            return []
        return super()._prepare_values(
            limit=limit, search_domain=search_domain, **options
        )
