import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("pricing_origin", {
    steps: () => [
        {
            content: "The price of goods that come from RS",
            trigger: "[name=order_line] [name=price_unit]:contains(113.64)",
        },
        {
            content: "Let them come from SP",
            trigger: ".o_field_widget[name=pricing_origin_id] input",
            run: "edit SP",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains(SP)",
            run: "click",
        },
        {
            content: "Odoo asks before it changes prices",
            trigger: "[name=action_update_prices]",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            content: "The rate inside of SP is another one",
            trigger: "[name=order_line] [name=price_unit]:contains(121.95)",
        },
        {
            content: "Why this price?",
            trigger: "[name=order_line] button .fa-question-circle, [name=order_line] button[icon=fa-question-circle]",
            run: "click",
        },
        {
            trigger: ".modal .alert:contains(121.95)",
        },
        {
            trigger: ".modal button:contains(Close)",
            run: "click",
        },
    ],
});
