from . import sale_channel_outgoing_by_hand
