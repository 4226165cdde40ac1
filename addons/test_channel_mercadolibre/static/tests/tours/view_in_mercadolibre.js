import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

/** Remember what would be opened in a new tab, instead of leaving the test. */
function observeOpenings() {
    browser.open = (url, target) => {
        document.body.dataset.opened = `${target} ${url}`;
        return { closed: false };
    };
}

registry.category("web_tour.tours").add("channel_mercadolibre_view_profile", {
    steps: () => [
        {
            content: "Open the account of the buyer",
            trigger: ".o_data_row .o_data_cell[name=nickname]:contains(COMPRADORA.UNO)",
            run: "click",
        },
        {
            content: "Go to the customer they became",
            trigger: ".o_form_view .o_field_widget[name=partner_id] a.o_form_uri",
            run: "click",
        },
        {
            content: "The customer's form",
            trigger: ".o_form_view .o_field_widget[name=alternative_phone]",
            run: observeOpenings,
        },
        {
            content: "Press View in MercadoLibre",
            trigger: "button.o_view_in_channel:contains(MercadoLibre)",
            run: "click",
        },
        {
            content: "Their profile is what opens, in a new tab",
            trigger:
                "body[data-opened='_blank https://perfil.mercadolibre.com.ar/COMPRADORA.UNO']",
        },
    ],
});
