from . import sale_channel_provider_fake
