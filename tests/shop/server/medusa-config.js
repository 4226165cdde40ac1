// The shop of the tests and the demo. Everything that differs between two shops comes
// from the environment; nothing listens or is written elsewhere.
const { defineConfig } = require("@medusajs/framework/utils")

const address = process.env.SHOP_URL

module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.SHOP_DATABASE_URL,
    databaseDriverOptions: { ssl: false },
    http: {
      storeCors: address,
      adminCors: address,
      authCors: address,
      jwtSecret: process.env.SHOP_SECRET,
      cookieSecret: process.env.SHOP_SECRET,
    },
  },
  admin: { disable: true },
  modules: [
    {
      resolve: "@medusajs/medusa/file",
      options: {
        providers: [
          {
            resolve: "@medusajs/medusa/file-local",
            id: "local",
            options: { backend_url: `${address}/static` },
          },
        ],
      },
    },
  ],
})
