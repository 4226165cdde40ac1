"""What buttons answer to the web client."""

RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}
CLOSE = {"type": "ir.actions.act_window_close"}


def notification(message, kind="success", follow=None, **params):
    """An action that tells something in a corner of the page.

    :param message: in the user's language
    :param kind: success, info, warning or danger
    :param follow: the action after it, such as :data:`RELOAD`
    :param params: more that the client understands: title, sticky
    """
    params |= {"message": message, "type": kind}
    if follow:
        params["next"] = follow
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": params,
    }
