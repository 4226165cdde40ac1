import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("pricing_website_origin", {
    steps: () => [
        {
            content: "The price of goods that come from RS",
            trigger: ".oe_price:contains(113.64)",
        },
        {
            trigger: "#add_to_cart",
            run: "click",
        },
        {
            content: "The product is in the cart",
            trigger: ".my_cart_quantity:contains(1)",
        },
        {
            content: "Let them come from SP",
            trigger: "header .o_pricing_origin .dropdown-toggle:contains(RS)",
            run: "click",
        },
        {
            trigger: "header .o_pricing_origin button:contains(SP)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The rate inside of SP is another one",
            trigger: ".oe_price:contains(121.95)",
        },
        {
            content: "Why this price?",
            trigger: ".o_pricing_why a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_pricing_origins .table-active:contains(121.95):contains(18.00 %)",
        },
        {
            trigger: ".o_pricing_origins tr:contains(113.64) button",
        },
        {
            trigger: ".o_wsale_my_cart a",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "So does the cart",
            trigger: "#cart_products:contains(121.95)",
        },
    ],
});
