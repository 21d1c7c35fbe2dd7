// The pages by keyboard alone: the Tab key reaches all that can be used, in both directions, and what has
// the focus is seen.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const { SAMPLE, editions, launch, serve } = require("./site.js");

let server, browser;
before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

async function open(t, page, viewport = { width: 1280, height: 900 }) {
  const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
  t.after(() => context.close());
  const tab = await context.newPage();
  await tab.goto(`${server.origin}/${page}`, { waitUntil: "load" });
  // The replay comes when its reader comes near.
  for (const replay of await tab.locator("time-replay").all()) {
    await replay.scrollIntoViewIfNeeded();
    await replay.locator("select").waitFor();
    await tab.evaluate(() => window.scrollTo(0, 0));
  }
  return tab;
}

/** Numbers what can be used on the page, and tells how much it is. A choice is one stop: what is chosen, or if nothing is, the end from which the key comes. */
function number() {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, iframe, [tabindex='0']")].filter(
    (element) => !element.disabled && element.checkVisibility({ visibilityProperty: true }),
  );
  const choices = new Map();
  let count = 0;
  for (const element of all) {
    const choice = element.type === "radio" ? all.filter(({ type, name }) => type === "radio" && name === element.name) : [element];
    if (element.type === "radio" && !element.checked && choice.some(({ checked }) => checked)) continue;
    if (!choices.has(choice[0])) choices.set(choice[0], count++);
    element.dataset.stop = choices.get(choice[0]);
  }
  return count;
}

/** The number of what has the focus, and what is wrong with how it is seen. */
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const name = `${element.tagName.toLowerCase()}.${element.className} “${(element.textContent || element.ariaLabel || "").trim().slice(0, 30)}”`;
  const faults = [];
  const ring = [element, element.closest("label")].some((each) => {
    const { outlineStyle, outlineWidth } = each ? getComputedStyle(each) : {};
    return each && outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  });
  if (!ring) faults.push(`${name} has no ring`);
  const boxes = [...element.getClientRects()];
  const uncovered = boxes.some((box) => {
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, innerHeight / 2));
    return top && (element.contains(top) || top.contains(element) || top.closest("label")?.contains(element));
  });
  if (!uncovered) faults.push(`${name} is not in sight at ${boxes.map((box) => `${Math.round(box.x)} ${Math.round(box.y)}`)}`);
  return { stop: element.dataset.stop ?? name, faults };
}

/** Goes through the page by a key, and returns what it came to and what was wrong there. */
async function walk(tab, key, most) {
  const came = new Set();
  const faults = [];
  for (let i = 0; i < most; i++) {
    await tab.keyboard.press(key);
    const at = await tab.evaluate(focused);
    if (!at) {
      if (came.size > 0) break;
      continue;
    }
    if (came.has(at.stop)) break;
    came.add(at.stop);
    faults.push(...at.faults);
  }
  return { came, faults };
}

for (const edition of editions()) {
  for (const page of SAMPLE) {
    test(`${edition}${page}: all is reached, and seen when it is`, async (t) => {
      const tab = await open(t, edition + page);
      const count = await tab.evaluate(number);
      assert.ok(count > 40, `${count} stops`);
      for (const key of ["Tab", "Shift+Tab"]) {
        const { came, faults } = await walk(tab, key, count + 10);
        const left = await tab.$$eval("[data-stop]", (all) => all.map((e) => [e.dataset.stop, e.outerHTML.slice(0, 100)]));
        assert.deepEqual(left.filter(([stop]) => !came.has(stop)), [], `${key} doesn't come to`);
        assert.deepEqual(faults, [], key);
        await tab.evaluate(() => document.activeElement.blur());
      }
    });
  }

  test(`${edition}: the first stop leads past the list to the text`, async (t) => {
    const tab = await open(t, `${edition}processes/multi_process.html`);
    await tab.keyboard.press("Tab");
    assert.equal(await tab.evaluate(() => document.activeElement.className), "skip-link");
    await tab.keyboard.press("Enter");
    await tab.keyboard.press("Tab");
    assert.ok(await tab.evaluate(() => document.querySelector("main").contains(document.activeElement)));
  });

  test(`${edition}: the list of sections opens and closes, and is no stop while it is closed`, async (t) => {
    const tab = await open(t, `${edition}processes/multi_process.html`);
    const toggle = tab.locator("#mdbook-sidebar-toggle");
    const list = tab.locator("#mdbook-sidebar a").first();
    assert.equal(await toggle.getAttribute("aria-expanded"), "true");
    await toggle.focus();
    await tab.keyboard.press("Enter");
    assert.equal(await toggle.getAttribute("aria-expanded"), "false");
    await list.waitFor({ state: "hidden" });
    await tab.keyboard.press("Enter");
    await list.waitFor({ state: "visible" });
  });

  test(`${edition}: a theme is chosen, and Escape closes the menu`, async (t) => {
    const tab = await open(t, `${edition}processes/multi_process.html`);
    const menu = tab.locator("#mdbook-theme-list");
    await tab.locator("#mdbook-theme-toggle").focus();
    await tab.keyboard.press("Enter");
    await menu.waitFor({ state: "visible" });
    await tab.keyboard.press("End");
    await tab.keyboard.press("Enter");
    await tab.waitForFunction(() => document.documentElement.classList.contains("ayu"));
    await tab.keyboard.press("Escape");
    await menu.waitFor({ state: "hidden" });
    assert.equal(await tab.evaluate(() => document.activeElement.id), "mdbook-theme-toggle");
  });
}
