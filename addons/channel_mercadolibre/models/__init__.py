from . import sale_channel
from . import sale_channel_flow
from . import sale_channel_provider_mercadolibre
from . import sale_channel_text
