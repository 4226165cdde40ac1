"""What every provider must do, by capability: a provider's test class inherits those
that its service has, and says how its remote side is brought into each situation."""

from .buyers import BuyerContract
from .carts import CartContract
from .case import ProviderCase
from .hints import HintContract
from .orders import OrderContract
from .statuses import StatusContract
