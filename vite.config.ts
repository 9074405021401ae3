import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

/** Builds the browser app of src/ui into dist/, which the Worker serves as its static assets. */
export default defineConfig({
  root: "src/ui",
  base: "./", // of index.html's <base>, and of the scripts that ask for others
  publicDir: "../../public",
  plugins: [preact({ devToolsEnabled: false })],
  build: {
    outDir: "../../dist",
    emptyOutDir: true,
    target: "es2022",
    // Inline data: URLs and the preload polyfill would need a looser Content-Security-Policy than script-src 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  worker: { format: "es" },
  server: {
    // `npm run dev:ui` beside `npm start`: pages from here with hot reload, the API from the Worker.
    proxy: Object.fromEntries(
      [
        "/api-token-auth",
        "/frames",
        "/versions",
        "/objects",
        "/resolve",
        "/profile",
        "/health",
        "/openapi.json",
        // The page alone: /api/… are sources of src/ui here.
        "^/api/$",
        "/uploads",
        "/accounts",
        "/admin/api",
      ].map((path) => [path, { target: process.env.ARCHIVE ?? "http://127.0.0.1:8787", changeOrigin: false }]),
    ),
  },
});
