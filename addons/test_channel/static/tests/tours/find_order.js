import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("channel_find_order", {
    steps: () => [
        {
            content: "Somebody only knows the buyer's nickname",
            trigger: ".o_searchview_input",
            run: "edit marianela_88",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(nickname), .o_searchview_autocomplete li:contains(nickname)",
            run: "click",
        },
        {
            content: "Their order is the only one",
            trigger: ".o_list_view:not(:has(.o_data_row ~ .o_data_row)) .o_data_row:contains(F2) [name=number]",
            run: "click",
        },
        {
            content: "Its story",
            trigger: ".o_form_view .o_field_widget[name=event_ids]:contains(Received from the channel)",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=event_ids]:contains(Imported as)",
        },
        {
            content: "And what the channel collected",
            trigger: ".nav-link[name=payments]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=payment_ids] .o_data_row:contains(PF2)",
        },
    ],
});
