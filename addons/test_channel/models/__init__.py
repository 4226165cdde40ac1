from . import sale_channel
from . import sale_channel_flow
