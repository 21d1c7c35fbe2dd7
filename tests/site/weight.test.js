// What a first visit loads, compressed, and whether anything holds up the first paint.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const { editions, launch, serve, sections, base } = require("./site.js");

const MOST = 130_000;
let server, browser;
before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** The names and compressed sizes of what a page loads in a browser that knows nothing yet. */
async function loads(name) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  const all = [];
  tab.on("response", (response) => all.push([base(new URL(response.url()).pathname) || "index.html", Number(response.headers()["content-length"])]));
  await tab.goto(`${server.origin}/${name}`, { waitUntil: "networkidle" });
  await context.close();
  return all.sort((a, b) => b[1] - a[1]);
}

for (const edition of editions()) {
  test(`${edition}index.html: the first page is light`, async (t) => {
    const all = await loads(`${edition}index.html`);
    const total = all.reduce((sum, [, size]) => sum + size, 0);
    t.diagnostic(`${all.length} requests, ${total} bytes; the largest: ${all.slice(0, 4).map(([name, size]) => `${name} ${size}`).join(", ")}`);
    assert.ok(total < MOST, `${total} bytes: ${all.map(([name, size]) => `${name} ${size}`).join(", ")}`);
    assert.deepEqual(all.filter(([name]) => /\.(woff2?|ttf|otf)$/.test(name)), [], "a font is loaded");
  });
}

test("no script holds up the first paint", async () => {
  const { read } = require("./site.js");
  for (const name of sections()) {
    const scripts = read(name).match(/<script[^>]*\ssrc=[^>]*>/g);
    assert.ok(scripts.length > 0);
    for (const script of scripts) assert.match(script, /\s(defer|async)\b/, `${name}: ${script}`);
  }
});
