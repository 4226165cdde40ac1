from . import test_catalog
from . import test_contract
from . import test_orders
from . import test_pricing
