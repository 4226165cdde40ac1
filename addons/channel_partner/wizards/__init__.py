from . import base_partner_merge
from . import sale_channel_partner_move
