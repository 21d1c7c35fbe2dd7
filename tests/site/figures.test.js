// The pictures in their pages: one layout of each is seen, its text is large enough, and what belongs together stands beside
// each other where there is room.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const { each, launch, read, sections, serve, told } = require("./site.js");

const WIDTHS = [320, 390, 768, 1024, 1280, 1440];
let server, browser;
before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** The pages with pictures. */
const pictured = () => sections().filter((name) => read(name).includes('class="narrow"'));

/** What is wrong with the pictures of a page at its width, and how small their text is at the least. */
function look() {
  const faults = [];
  let least = Infinity;
  for (const figure of document.querySelectorAll("main figure:has(> svg)")) {
    if (!figure.checkVisibility()) continue;
    // Where there is room the replay shows what such a picture does.
    if (figure.dataset.replay && !figure.querySelector("svg").checkVisibility()) continue;
    const shown = [...figure.querySelectorAll("svg svg")].filter((layout) => layout.checkVisibility());
    if (shown.length !== 1) {
      faults.push(`#${figure.id}: ${shown.length} layouts are seen`);
      continue;
    }
    const [layout] = shown;
    const whole = figure.querySelector("svg").getBoundingClientRect();
    const [, , width, height] = layout.getAttribute("viewBox").split(" ").map(Number);
    if (Math.abs(whole.width / whole.height - width / height) > 0.05) faults.push(`#${figure.id}: not in its own shape`);
    if (whole.right > innerWidth) faults.push(`#${figure.id} reaches to ${whole.right}`);
    const size = (Number(layout.getAttribute("font-size")) * whole.width) / width;
    least = Math.min(least, size);
    if (size < 11) faults.push(`#${figure.id}: ${layout.classList} with text of ${size.toFixed(1)} pixels`);
    // No larger than a heading either.
    if (size > 17) faults.push(`#${figure.id}: ${layout.classList} with text of ${size.toFixed(1)} pixels`);
    for (const text of layout.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      if (box.left < whole.left - 1 || box.right > whole.right + 1) faults.push(`#${figure.id}: "${text.textContent}" leaves it`);
    }
  }
  return { faults, least };
}

test("one layout of each picture is seen, with text of 11 pixels or more", async (t) => {
  const faults = [];
  const least = {};
  const names = pictured();
  assert.ok(names.length > 20, `${names.length} pages with pictures`);
  await each(names, () => browser.newContext({ javaScriptEnabled: true }), async (name, context) => {
    const tab = await context.newPage();
    // The list of sections stays as it is when the window changes, and would push the page out of a narrow one.
    await tab.addInitScript(() => localStorage.setItem("mdbook-sidebar", "hidden"));
    await tab.goto(`${server.origin}/${name}`, { waitUntil: "load" });
    for (const width of WIDTHS) {
      await tab.setViewportSize({ width, height: 900 });
      const found = await tab.evaluate(look);
      for (const fault of found.faults) faults.push([name, `at ${width} pixels: ${fault}`]);
      least[width] = Math.min(least[width] ?? Infinity, found.least);
    }
    await tab.close();
  });
  t.diagnostic(WIDTHS.map((width) => `${width}: ${least[width].toFixed(1)} px`).join(", "));
  assert.equal(told(faults), "");
});

test("the idea and its measurement stand beside each other where there is room", async () => {
  const tab = await browser.newPage();
  const open = async (width) => {
    await tab.setViewportSize({ width, height: 900 });
    await tab.goto(`${server.origin}/why/how_time_goes.html`, { waitUntil: "load" });
  };
  const tops = () => tab.$$eval(".pair", (pairs) => pairs.map((pair) => [...pair.querySelectorAll("figure")].map((figure) => {
    const { top, left } = figure.getBoundingClientRect();
    return { top: Math.round(top), left: Math.round(left) };
  })));
  for (const width of [768, 1280, 1440]) {
    await open(width);
    const pairs = await tops();
    assert.equal(pairs.length, 3);
    for (const [idea, measured] of pairs) assert.ok(idea.top === measured.top && idea.left < measured.left, `${width}: ${JSON.stringify(pairs)}`);
  }
  await open(390);
  for (const [idea, measured] of await tops()) assert.ok(idea.top < measured.top && idea.left === measured.left);
  await tab.close();
});
