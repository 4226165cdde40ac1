from . import sale_channel
from . import sale_channel_provider_fake_shop
