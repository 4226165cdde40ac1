from . import sale_channel_listing_difference
from . import sale_channel_remote_link
from . import sale_channel_remote_link_line
