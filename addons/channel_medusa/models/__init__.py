from . import sale_channel
from . import sale_channel_provider_medusa
from . import sale_channel_text
