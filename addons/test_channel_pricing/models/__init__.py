from . import sale_channel
