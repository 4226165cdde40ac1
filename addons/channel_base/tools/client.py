"""What buttons answer to the web client."""

from contextlib import contextmanager

from odoo.exceptions import UserError

from ..lib.errors import ChannelError

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


@contextmanager
def telling(env):
    """What a service refuses, while a person waits, is told to that person.

    :raises UserError: instead of ``ChannelError``
    """
    try:
        yield
    except ChannelError as error:
        raise UserError(env["sale.channel.text"]._describe(error)) from None
