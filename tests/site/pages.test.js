// Every page of the site in the browser: accessibility in each theme, what it says on the console, what
// it loads, its width on the narrowest phone, and where a link to a heading leads.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const { SAMPLE, THEMES, base, each, editions, faultsOf, launch, pages, serve, told } = require("./site.js");

const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
/** The rules about colours: a theme changes them and nothing else. */
const COLOURS = ["color-contrast", "link-in-text-block"];
/** All others that are no experiment, those for people who can't aim well among them. */
const OTHERS = {
  resultTypes: ["violations"],
  rules: { "target-size": { enabled: true }, ...Object.fromEntries(COLOURS.map((rule) => [rule, { enabled: false }])) },
};
const FRESH = "data-fresh";

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
async function violations(tab, rules, where = "html") {
  const found = await tab.evaluate(async ([where, rules]) => (await window.axe.run(where, rules)).violations, [where, rules]);
  return found.map(({ id, help, nodes }) => {
    const list = nodes.slice(0, 3).map((node) => `${node.target.join(" ")}: ${node.html.slice(0, 120)} ${(node.any[0] || node.none[0] || node.all[0])?.message || ""}`);
    return `${id}: ${help}, ${nodes.length} times\n      ${list.join("\n      ")}`;
  });
}

/**
 * Every text of the page, and every field, by what the rules about colours look at: its colour, size and weight, the colours of
 * all that it stands in, and of a link whether it stands in a text. Gives these; a second call with those of `fresh` marks the
 * first text of each.
 */
function texts({ mark, fresh = [] }) {
  const chains = new Map();
  const chain = (element) => {
    if (!element) return "";
    if (!chains.has(element)) {
      const { backgroundColor, backgroundImage, color, opacity, textDecorationLine } = getComputedStyle(element);
      const own = [backgroundColor, backgroundImage, color, opacity, textDecorationLine].join();
      const rest = chain(element.parentElement);
      // What a box without a colour of its own stands in counts once.
      chains.set(element, rest.startsWith(`${own};`) && /^rgba\(0, 0, 0, 0\),none/.test(own) ? rest : `${own};${rest}`);
    }
    return chains.get(element);
  };
  const elements = new Set(document.body.querySelectorAll("input, select, textarea"));
  const isText = ({ data }) => (data.trim() ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, isText);
  while (walker.nextNode()) elements.add(walker.currentNode.parentElement);
  const found = new Map();
  for (const element of elements) {
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const { fill, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const hint = element.placeholder && getComputedStyle(element, "::placeholder").color;
    const link = element.closest("a");
    const inText = link && [...link.parentElement.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const key = [!!link, inText, hint, fill, fontSize, fontWeight, textShadow, chain(element)].join("|");
    if (!found.has(key)) found.set(key, element);
  }
  if (!mark) return [...found.keys()];
  for (const old of document.querySelectorAll(`[${mark}]`)) old.removeAttribute(mark);
  for (const key of fresh) found.get(key).setAttribute(mark, "");
  return [];
}

/** The texts whose colours were looked at, by theme, on whichever page. */
const known = new Map(THEMES.map((theme) => [theme, new Set()]));

/** Marks the texts of a page whose like was on no page yet in this theme, and tells how many they are. */
async function markFresh(tab, theme) {
  const fresh = (await tab.evaluate(texts, {})).filter((key) => !known.get(theme).has(key));
  fresh.forEach((key) => known.get(theme).add(key));
  if (fresh.length) await tab.evaluate(texts, { mark: FRESH, fresh });
  return fresh.length;
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
  // What all pages in one have is then known.
  const printLast = pages().sort((a, b) => (base(a) === "print.html") - (base(b) === "print.html"));
  await each(printLast, make, async (name, context) => {
    const start = performance.now();
    const tab = await context.newPage();
    const own = faultsOf(tab, server.origin);
    await tab.goto(`${server.origin}/${name}`, { waitUntil: "load" });
    await tab.evaluate(AXE);
    own.push(...(await violations(tab, OTHERS)));
    for (const theme of THEMES) {
      await tab.evaluate((id) => document.getElementById(id).click(), `mdbook-theme-${theme}`);
      const classes = await tab.evaluate(() => document.documentElement.className);
      if (!classes.split(" ").includes(theme)) own.push(`chosen was ${theme}, and the page has "${classes}"`);
      if (!(await markFresh(tab, theme))) continue;
      const found = await violations(tab, { resultTypes: ["violations"], runOnly: COLOURS }, `[${FRESH}]`);
      own.push(...found.map((violation) => `${theme}: ${violation}`));
    }
    const headings = await tab.locator("h1").count();
    if (headings !== 1 && base(name) !== "print.html") own.push(`${headings} headings of the first rank`);
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

test("every colour of code can be read in every theme", async () => {
  const tab = await browser.newPage();
  await tab.goto(`${server.origin}/introduction.html`, { waitUntil: "load" });
  await tab.evaluate(AXE);
  // A block with a word in each colour that any style knows.
  const count = await tab.evaluate(() => {
    const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
    const classes = new Set(rules.flatMap(({ selectorText = "" }) => [...selectorText.matchAll(/^pre \.(\w)$/g)].map(([, name]) => name)));
    const words = [...classes].map((name) => `<span class="${name}">${name}</span>`).join(" ");
    document.querySelector("main").innerHTML = `<pre id="colours"><code class="language-rust">${words}</code></pre>`;
    return classes.size;
  });
  assert.ok(count > 6, `${count} classes`);
  const faults = [];
  for (const theme of THEMES) {
    await tab.evaluate((id) => document.getElementById(id).click(), `mdbook-theme-${theme}`);
    const found = await tab.evaluate(() => window.axe.run("#colours", { resultTypes: ["violations"], runOnly: ["color-contrast"] }));
    assert.ok(found.passes.length + found.violations.length > 0, "nothing was looked at");
    for (const { nodes } of found.violations) faults.push(...nodes.map(({ target, any }) => `${theme}: ${target}: ${any[0].message}`));
  }
  await tab.close();
  assert.deepEqual(faults, []);
});

/** What is wrong after a jump to this heading: it isn't seen, or the bar stands further down than at the top. */
function jumped(id) {
  const faults = [];
  const heading = document.getElementById(id).getBoundingClientRect();
  const ends = scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
  if (heading.top < 0 || heading.top > (ends ? innerHeight - 20 : 120)) faults.push(`#${id} stands at ${Math.round(heading.top)}`);
  const bar = document.getElementById("mdbook-menu-bar").getBoundingClientRect();
  if (bar.top > 1) faults.push(`#${id}: the bar stands at ${Math.round(bar.top)}`);
  return faults;
}

test("a link to a heading leads to it on a phone, with the bar in its place", async () => {
  const faults = [];
  const make = () => browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });
  const visits = editions().flatMap((edition) => SAMPLE.map((page) => edition + page));
  await each(visits, make, async (name, context) => {
    const tab = await context.newPage();
    await tab.goto(`${server.origin}/${name}`, { waitUntil: "load" });
    const ids = await tab.evaluate(() => [...document.querySelectorAll("main h2[id]")].map((heading) => heading.id));
    for (const id of ids.filter((_, at) => at % Math.ceil(ids.length / 4) === 0)) {
      const other = await context.newPage();
      await other.goto(`${server.origin}/${name}#${encodeURIComponent(id)}`, { waitUntil: "load" });
      await other.evaluate(() => new Promise((done) => setTimeout(done, 200)));
      for (const fault of await other.evaluate(jumped, id)) faults.push([name, fault]);
      await other.close();
    }
    await tab.close();
  });
  if (faults.length) assert.fail(told(faults));
});
