"""What the documents and labels of Argentine buyers mean, for one import."""

from odoo.addons.channel_partner.lib.identity import number_key

from ..lib.labels import responsibility_code

RESPONSIBILITY = "l10n_ar_afip_responsibility_type_id"
LABEL_KIND = "l10n_ar_responsibility"
CUIT_CODE = "80"
# Problem of customers of whom a broken document is all that is known
DOCUMENT_INVALID = ["document_invalid", ""]


class Fiscal:
    """Decides about the buyers of one channel; remembers what it read.

    :param channel: one ``sale.channel``, with superuser rights
    """

    def __init__(self, channel):
        self.channel = channel
        self.env = channel.env
        self.company = channel.company_id or self.env.company
        self._certificate = self.company.sudo().l10n_ar_arca_certificate_id
        types = self.env["l10n_ar.afip.responsibility.type"]
        self._by_code = self.env["l10n_ar.padron.answer"]._get_responsibilities()
        self._nothing = types
        self._mapped = self.env["sale.channel.mapping"]._read_table(
            channel, (LABEL_KIND,)
        )
        self._answers = {}

    def load(self, items):
        """Read what ARCA answered about the CUITs of a batch, in one query."""
        wanted = {self.get_cuit(item) for item in items} - {"", *self._answers}
        if wanted and self._certificate:
            found = self.env["l10n_ar.padron.answer"]._find(
                self._certificate.environment, wanted
            )
            self._answers.update(dict.fromkeys(wanted), **found)

    def get_cuit(self, item):
        """The valid CUIT that the channel told, "" for any other document."""
        checked = item.document
        if not checked or checked.problem:
            return ""
        is_cuit = item.document_type.l10n_ar_afip_code == CUIT_CODE
        return checked.number if is_cuit else ""

    def get_answer(self, number):
        """ARCA's latest answer about a CUIT, None when it was never asked."""
        return self._answers.get(number)

    def is_argentine(self, item):
        """Whether the buyer is a taxpayer, or a consumer, of Argentina."""
        return item.country.code == "AR"

    def get_responsibility(self, item):
        """The responsibility without ARCA, for now: by document and label.

        Who has no CUIT is *Consumidor Final*: no other responsibility exists without
        one. Empty when the label says nothing that is known.
        """
        checked = item.document
        broken = bool(checked and checked.problem)
        if not self.get_cuit(item) and not broken:
            return self._by_code["5"]
        label = item.facts.get("taxpayer_type") or ""
        if not label:
            return self._nothing if self.get_cuit(item) else self._by_code["5"]
        return self._get_labelled(label)

    def _get_labelled(self, label):
        key = (LABEL_KIND, label)
        if mapped := self._mapped.get(key):
            return mapped
        if code := responsibility_code(label):
            return self._by_code[code]
        if key not in self._mapped:
            self._mapped[key] = None
            self.env["sale.channel.mapping"]._ensure(
                self.channel, LABEL_KIND, label, label
            )
        return self._nothing

    def _is_unknown(self, partner):
        """Whether ARCA is still to be asked about a customer with a CUIT.

        Without a certificate it is enough to have noted that once.
        """
        return not partner.l10n_ar_padron_state and bool(
            self._certificate or not partner.l10n_ar_padron_due_at
        )

    def _is_doubtful(self, item, partner):
        """Whether all that is known of a customer is a broken document, of somebody
        who is no consumer."""
        checked = item.document
        return (
            bool(checked and checked.problem)
            and not partner.vat
            and not partner.l10n_ar_padron_state
            and (
                not partner[RESPONSIBILITY]
                or partner.l10n_ar_responsibility_origin == "channel"
            )
            and self.get_responsibility(item) != self._by_code["5"]
        )

    def _is_mended(self, item, partner):
        """Whether a right document came after a broken one."""
        return (
            partner.l10n_ar_padron_problem == DOCUMENT_INVALID
            and bool(partner.vat)
            and self._is_about(item, partner)
        )

    def _is_about(self, item, partner):
        """Whether the channel speaks of the document that the customer has, if any."""
        if not partner.vat:
            return True
        checked = item.document
        return bool(checked) and partner.document_key == number_key(checked.number)

    def prepare_new(self, item):
        """Values of a new customer, before ARCA's answer is applied."""
        if not self.is_argentine(item):
            return {}
        responsibility = self.get_responsibility(item)
        return {
            RESPONSIBILITY: responsibility.id,
            "l10n_ar_responsibility_origin": bool(responsibility) and "channel",
        }

    def settle(self, pairs):
        """Bring the fiscal data of a batch's customers up to date.

        :param pairs: list of (item, commercial customer)
        """
        partners = self.env["res.partner"]
        answered, unknown, doubtful, mended = partners, partners, partners, partners
        for item, partner in pairs:
            self._follow_channel(item, partner)
            number = self.get_cuit(item)
            if number and partner._l10n_ar_get_cuit() == number:
                answer = self.get_answer(number)
                if answer and self._is_news(partner, answer):
                    answered |= partner
                elif not answer and self._is_unknown(partner):
                    unknown |= partner
            elif self._is_doubtful(item, partner):
                doubtful |= partner
            elif self._is_mended(item, partner):
                mended |= partner
        answered._l10n_ar_padron_apply(self._answers)
        unknown._l10n_ar_padron_expect()
        doubtful.sudo().write(
            {
                "l10n_ar_padron_state": "undetermined",
                "l10n_ar_padron_problem": DOCUMENT_INVALID,
            }
        )
        mended.sudo().write(
            {"l10n_ar_padron_state": False, "l10n_ar_padron_problem": False}
        )
        mended._l10n_ar_on_fiscal_settled()

    def _is_news(self, partner, answer):
        return (
            partner.l10n_ar_padron_answer_id != answer
            or partner.l10n_ar_padron_checked_at != answer.checked_at
        )

    def _follow_channel(self, item, partner):
        """Fill an empty responsibility, or renew one that the channel told and no
        accountant confirmed.

        What it tells of another document than the customer's says nothing about them.
        """
        if not item.is_told and item.identity:
            return
        origin = partner.l10n_ar_responsibility_origin
        current = partner[RESPONSIBILITY]
        if current and (origin != "channel" or partner.l10n_ar_padron_confirmed_id):
            return
        if self._is_about(item, partner):
            wanted = self.get_responsibility(item)
        elif current or partner._l10n_ar_get_cuit():
            return
        else:
            wanted = self._by_code["5"]
        if wanted and wanted != current:
            partner.sudo().write(
                {
                    RESPONSIBILITY: wanted.id,
                    "l10n_ar_responsibility_origin": "channel",
                }
            )
