"""What the customer of a request can choose from, looked up once."""

from functools import cached_property


class Offers:
    """The offers of a web shop to whoever has signed in, for one request.

    :param website: ``website`` with the environment of the request
    """

    def __init__(self, website):
        self.website = website

    @cached_property
    def contracts(self):
        """Contracts by origin, in the order of the origins; both sudoed."""
        return self.website._find_offers(*self.website._get_shop_customer())

    @cached_property
    def usual(self):
        """The contract of the origin chosen last, the usual one, or the first."""
        return self.website._get_usual_offer(self.contracts)
