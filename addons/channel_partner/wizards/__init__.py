from . import sale_channel_partner_move
