def migrate(cr, version):
    """Announced orders that the channel did not know leave no row any more."""
    cr.execute(
        """
        DELETE FROM sale_channel_order
         WHERE state = 'ignored' AND error_code IS DISTINCT FROM 'before_start'
           AND announced_at IS NOT NULL AND versions IS NULL
           AND content_hash IS NULL AND sale_order_id IS NULL
        """
    )
