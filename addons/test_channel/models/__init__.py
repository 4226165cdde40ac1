from . import sale_channel
from . import sale_channel_flow
from . import sale_channel_provider_fake
from . import sale_channel_provider_fake_keys
from . import sale_channel_provider_fake_oauth
from . import product_product
from . import sale_channel_fake_stock
from . import sale_channel_fake_stock_planner
