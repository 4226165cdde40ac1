from . import test_contract
from . import test_oauth
from . import test_orders
from . import test_settings
from . import test_sites
from . import test_tour
from . import test_replay
from . import test_webhook
