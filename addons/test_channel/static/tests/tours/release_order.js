import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("channel_release_order", {
    steps: () => [
        {
            content: "Look for what waits for a mapping",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            trigger: ".o_filter_menu .o_menu_item:contains(Waiting for a mapping)",
            run: "click",
        },
        {
            content: "The order that nobody can ship is the only one",
            trigger:
                ".o_searchview_facet:contains(Waiting for a mapping), .o_list_view:not(:has(.o_data_row ~ .o_data_row))",
        },
        {
            trigger: ".o_data_row .o_data_cell[name=number]:contains(F1)",
            run: "click",
        },
        {
            content: "It says why, naming the value",
            trigger: ".o_form_view .alert-danger:contains(pigeon)",
        },
        {
            trigger: "button[name=action_open_mapping]",
            run: "click",
        },
        {
            content: "The missing value is in the de-para",
            trigger:
                ".o_channel_mapping .o_data_row:has([name=external_value]:contains(pigeon)) [name=record_ref]",
            run: "click",
        },
        {
            content: "Choose what it is in Odoo",
            trigger: ".o_selected_row [name=record_ref] .o-autocomplete--input",
            run: "edit Correo",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Correo) a",
            run: "click",
        },
        {
            trigger: ".o_list_button_save:enabled",
            run: "click",
        },
        {
            content: "Saved, and back to the order",
            trigger: ".o_channel_mapping .o_data_row:not(.o_selected_row) [name=record_ref]:contains(Correo)",
        },
        {
            trigger: ".breadcrumb-item a:contains(F1), .o_back_button",
            run: "click",
        },
        {
            content: "It waits for its turn, without a complaint",
            trigger:
                ".o_form_view:not(:has(button[name=action_open_mapping])) .o_field_widget[name=sync_state]:contains(To process)",
        },
    ],
});
