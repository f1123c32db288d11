// Puts what the browser loads into presszero/ui/static/built/: libraries as they are published, our fonts' files
// with the CSS that names them, and each of our own programs as one minified file.

import { build } from "esbuild";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, "node_modules");
const built = path.join(here, "..", "presszero", "ui", "static", "built");

const LIBRARIES = {
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  // Idiomorph together with the htmx extension `morph`.
  "idiomorph-ext.min.js": "idiomorph/dist/idiomorph-ext.min.js",
  "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
};

const LICENCES = ["htmx.org", "idiomorph", "@fontsource-variable/inter", "@twilio/voice-sdk"];

// The browser fetches the second file only for a page with a character of its range.
const FONT_CSS = `@font-face {
  font-family: "Inter Variable";
  font-weight: 100 900;
  font-display: swap;
  src: url("inter-latin.woff2") format("woff2");
  unicode-range: U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+0304, U+0308, U+0329,
    U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD;
}
@font-face {
  font-family: "Inter Variable";
  font-weight: 100 900;
  font-display: swap;
  src: url("inter-latin-ext.woff2") format("woff2");
  unicode-range: U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+0304, U+0308, U+0329,
    U+1D00-1DBF, U+1E00-1E9F, U+1EF2-1EFF, U+2020, U+20A0-20AB, U+20AD-20C0, U+2113, U+2C60-2C7F, U+A720-A7FF;
}
`;

async function licences() {
  const texts = LICENCES.map(async (name) => {
    const folder = path.join(modules, name);
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    const text = file ? await readFile(path.join(folder, file), "utf8") : "";
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join("\n" + "-".repeat(80) + "\n\n");
}

// What we wrote: entry point → what it is built into. A shop's page loads the first as a plain script.
const OURS = {
  "widget/loader/main.ts": { outfile: "widget.js", format: "iife" },
  "widget/frame/main.ts": { outfile: "chat.js", format: "esm" },
  "widget/frame/chat.css": { outfile: "chat.css" },
  // The desk's phone; what a provider's calls need beside it is fetched only when one rings.
  "softphone/main.ts": { outfile: "phone.js", format: "esm", external: ["../ui/toasts.js", "../desk/chips.js", "./phone-hosted.js"] },
  "softphone/phone-hosted.ts": { outfile: "phone-hosted.js", format: "esm" },
};

await rm(built, { recursive: true, force: true });
await mkdir(built, { recursive: true });
for (const [name, source] of Object.entries(LIBRARIES)) {
  await copyFile(path.join(modules, source), path.join(built, name));
}
await writeFile(path.join(built, "inter.css"), FONT_CSS);
await writeFile(path.join(built, "LICENCES.txt"), await licences());
for (const [entry, { outfile, ...how }] of Object.entries(OURS)) {
  await build({
    entryPoints: [path.join(here, entry)],
    outfile: path.join(built, outfile),
    bundle: true,
    minify: true,
    // Browsers of the last three years; CSS newer than them is ours to keep as we wrote it.
    target: entry.endsWith(".css") ? "esnext" : "es2022",
    legalComments: "linked",
    logLevel: "warning",
    ...how,
  });
}
