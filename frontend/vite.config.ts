/// <reference types="vitest/config" />
import { defineConfig } from "vite";

/** Where `scripts/frontend.sh dev` finds a backend; the demo's address is the default. */
const backend = process.env["PLANTOPS_URL"] ?? "http://localhost:8000";

export default defineConfig({
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, chunkSizeWarningLimit: 200 },
  server: { proxy: { "/api": { target: backend, ws: true } } },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"], restoreMocks: true, testTimeout: 120_000 },
});
