// Every page of the site in the browser: accessibility in each theme, what it says on the console, what
// it loads, and its width on the narrowest phone.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const { THEMES, each, faultsOf, launch, pages, serve, told, base } = require("./site.js");

const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
/** Every rule that is no experiment, those for people who can't aim well among them. */
const ALL = { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } };
/** The rules about colours. */
const COLOURS = { resultTypes: ["violations"], runOnly: ["color-contrast", "link-in-text-block"] };

let server, browser;
before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** What axe finds, a line for each thing. */
async function violations(tab, rules) {
  const found = await tab.evaluate(async (rules) => (await window.axe.run(rules)).violations, rules);
  return found.map(({ id, help, nodes }) => {
    const list = nodes.slice(0, 3).map((node) => `${node.target.join(" ")}: ${node.html.slice(0, 120)} ${(node.any[0] || node.none[0] || node.all[0])?.message || ""}`);
    return `${id}: ${help}, ${nodes.length} times\n      ${list.join("\n      ")}`;
  });
}

/** What sticks out of the page at the right, and what scrolls sideways and may not. */
function sideways() {
  const may = "pre, code, .table-wrapper, figure";
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const faults = [];
  for (const element of document.querySelectorAll("html, body, body *")) {
    if (!seen(element) || element.closest(".sidebar, svg svg, svg *")) continue;
    const scrolls = /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX);
    if (scrolls && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && !element.closest(may)
      && !/visually-hidden|lab-said/.test(element.className) && getComputedStyle(element).textOverflow !== "ellipsis"
      && getComputedStyle(element).position !== "absolute") {
      faults.push(`${element.tagName}.${element.className} is ${element.scrollWidth} wide in ${element.clientWidth}`);
    }
    if (element.getBoundingClientRect().right > innerWidth + 1 && !element.parentElement?.closest(may)) {
      faults.push(`${element.tagName}.${element.className} reaches to ${Math.round(element.getBoundingClientRect().right)}`);
    }
  }
  return faults.slice(0, 5);
}

test("every page, in every theme and at 320 pixels", async (t) => {
  const faults = [];
  let slowest = ["", 0];
  const make = () => browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  await each(pages(), make, async (name, context) => {
    const start = performance.now();
    const tab = await context.newPage();
    const own = faultsOf(tab, server.origin);
    await tab.goto(`${server.origin}/${name}`, { waitUntil: "load" });
    await tab.evaluate(AXE);
    const print = base(name) === "print.html";
    for (const theme of THEMES) {
      await tab.evaluate((id) => document.getElementById(id).click(), `mdbook-theme-${theme}`);
      assert.ok(await tab.evaluate((theme) => document.documentElement.classList.contains(theme), theme));
      // A theme changes colours and nothing else. The text of print.html is that of the other pages.
      if (theme !== THEMES[0] && print) continue;
      for (const violation of await violations(tab, theme === THEMES[0] ? ALL : COLOURS)) own.push(`${theme}: ${violation}`);
    }
    const headings = await tab.locator("h1").count();
    if (headings !== 1 && !print) own.push(`${headings} headings of the first rank`);
    const empty = await tab.locator(".sidebar li:empty:not(.spacer)").count();
    if (empty) own.push(`${empty} empty items in the list of sections`);
    await tab.setViewportSize({ width: 320, height: 700 });
    await tab.reload({ waitUntil: "load" });
    for (const fault of await tab.evaluate(sideways)) own.push(`at 320 pixels: ${fault}`);
    await tab.close();
    const time = performance.now() - start;
    if (time > slowest[1]) slowest = [name, time];
    faults.push(...own.map((fault) => [name, fault]));
  });
  t.diagnostic(`the slowest: ${slowest[0]}, ${Math.round(slowest[1] / 1000)} s`);
  if (faults.length) assert.fail(told(faults));
});
