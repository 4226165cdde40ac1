"""What the service takes of a sale.

Source: developers.mercadolibre.com, "Listing fees" (``/sites/{site}/listing_prices``).
How the fee is made up by brackets of prices is not documented, so each price is asked
for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from odoo.addons.channel_base.lib.errors import ChannelError, Rejected
from odoo.addons.channel_base.lib.parallel import gather
from odoo.addons.channel_base.lib.reader import amount, mapping, optional_decimal
from odoo.addons.channel_catalog.lib.charges import Fee, Question

from .items_client import ItemsClient

#: Threads: what goes out at the same time has four times as many, and most of the calls
#: that the account is allowed.
WORKERS = 2

# Category, price, currency: one call tells the fees of all types of listings
Place = tuple[str, Any, str]


class MercadoLibreFees:
    """Asks for fees. Usable from several threads.

    :param site: id of the account's site
    """

    def __init__(self, client: ItemsClient, site: str):
        self.client = client
        self.site = site

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def ask(
        self, questions: Iterable[Question]
    ) -> Mapping[Question, Fee | ChannelError | Exception]:
        """The fee of each question, or why it is not told."""
        groups: dict[Place, list[Question]] = {}
        for one in questions:
            place = (one.category, one.price, one.currency)
            groups.setdefault(place, []).append(one)
        found: dict[Question, Fee | ChannelError | Exception] = {}
        places = list(groups)
        asked = gather(places, lambda place: self._ask(groups[place]), WORKERS)
        for place, answer in zip(places, asked, strict=True):
            if isinstance(answer, Exception):
                answer = dict.fromkeys(groups[place], answer)
            found.update(answer)
        return found

    def _ask(self, questions: list[Question]) -> dict[Question, Fee | Exception]:
        first = questions[0]
        params = {
            "category_id": first.category,
            "price": f"{first.price:f}",
            "currency_id": first.currency,
        }
        if len(questions) == 1:
            params["listing_type_id"] = first.listing_type
        body = self.client.listing_prices(self.site, **params).body
        rows = body if isinstance(body, list) else [body]
        told = {
            row.get("listing_type_id"): row for row in rows if isinstance(row, dict)
        }
        lacking = Rejected("fee_unanswered")
        return {
            one: _read_fee(told[one.listing_type])
            if one.listing_type in told
            else lacking
            for one in questions
        }


def _read_fee(row: Mapping[str, Any]) -> Fee | Exception:
    try:
        total = amount(row.get("sale_fee_amount"), "sale_fee_amount", required=True)
        told = row.get("sale_fee_details")
        details = mapping(told, "sale_fee_details") if told is not None else {}
        return Fee(
            total,
            optional_decimal(details.get("percentage_fee"), "percentage_fee"),
            optional_decimal(details.get("fixed_fee"), "fixed_fee"),
        )
    except Rejected as error:
        return error
