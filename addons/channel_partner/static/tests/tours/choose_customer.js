import { registry } from "@web/core/registry";

const CARD = ".o_channel_candidates .o_kanban_record:contains(Rosario)";

registry.category("web_tour.tours").add("channel_choose_customer", {
    steps: () => [
        {
            content: "One buyer waits for a person",
            trigger: ".o_data_row .o_data_cell[name=buyer_id]:contains(PAZANA1234)",
        },
        {
            trigger: ".o_data_row .o_data_cell[name=document_number]:contains(20267565393)",
            run: "click",
        },
        {
            content: "The candidates stand side by side, with what tells them apart",
            trigger: `.o_form_view:has(${CARD}) .o_channel_candidates .o_kanban_record:contains(Mendoza)`,
        },
        {
            content: "And how much they are used",
            trigger: `${CARD}:contains(Orders: 1)`,
        },
        {
            trigger: `${CARD} button[name=action_choose]`,
            run: "click",
        },
        {
            content: "It is this customer now, and nothing is left to choose",
            trigger:
                ".o_form_view:not(:has(.o_channel_candidates)) .o_field_widget[name=partner_id]:contains(Ana de Rosario)",
        },
        {
            trigger: "button[name=action_open_buyer]",
            run: "click",
        },
        {
            trigger: ".o_notebook .nav-link[name=history]",
            run: "click",
        },
        {
            content: "The step is in the buyer's history, with a way back",
            trigger: ".o_field_widget[name=change_ids] .o_data_row:contains(Ana de Rosario) button[name=action_undo]",
            run: "click",
        },
        {
            content: "Undone: the question is open again",
            trigger: ".o_form_view .alert-warning:contains(open the identity)",
        },
    ],
});
