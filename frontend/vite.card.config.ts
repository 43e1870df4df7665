import { defineConfig } from "vite";

/** The card for Home Assistant: one file with everything in it. */
export default defineConfig({
  publicDir: false,
  build: {
    target: "es2023",
    outDir: "node_modules/.card",
    modulePreload: false,
    rolldownOptions: {
      input: "src/card/main.ts",
      output: { format: "es", entryFileNames: "plantops-card.js", codeSplitting: false },
    },
  },
});
