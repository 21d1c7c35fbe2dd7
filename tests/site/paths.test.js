// The site wherever it stands: in any folder of a server, as files on a disk, at an address that isn't
// there, and without scripts.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { PLAIN, editions, faultsOf, launch, serve } = require("./site.js");

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

/** Goes through an edition as a reader does: the list, a section, the next one, a theme, the search. */
async function tour(tab, start) {
  await tab.goto(start, { waitUntil: "load" });
  const links = tab.locator("#mdbook-sidebar a[href]");
  assert.ok((await links.count()) > 20, "the list of sections is empty");
  await tab.getByRole("link", { name: /cpu|CPU/ }).first().click();
  await tab.waitForURL(/cpu_count\.html$/);
  assert.equal(await tab.locator("#mdbook-sidebar a.active").count(), 1);
  assert.ok((await tab.locator("main pre .k").count()) > 0, "programs have no colours");
  await tab.locator("#mdbook-theme-coal").evaluate((button) => button.click());
  assert.equal(await tab.evaluate(() => getComputedStyle(document.body).getPropertyValue("--bg") !== ""), true);
  await tab.keyboard.press("ArrowRight");
  await tab.waitForURL(/\/pool\.html$/);
  await tab.locator("a.menu-title").click();
  await tab.waitForURL(/\/index\.html$/);
}

for (const edition of editions()) {
  test(`${edition}: a site that knows no address, in a folder of a server`, async (t) => {
    const server = await serve({ site: PLAIN, under: "/some/folder/" });
    const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    t.after(() => Promise.all([tab.close(), server.close()]));
    const faults = faultsOf(tab, server.origin);
    await tour(tab, `${server.origin}/${edition}index.html`);
    assert.deepEqual(faults, []);
  });

  test(`${edition}: the same as files on a disk`, async (t) => {
    const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    t.after(() => tab.close());
    const folder = pathToFileURL(PLAIN).href;
    const faults = faultsOf(tab, folder);
    await tour(tab, `${folder}/${edition}index.html`);
    assert.deepEqual(faults, []);
  });

  test(`${edition}: without scripts the text and the list of sections are there`, async (t) => {
    const server = await serve();
    const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 700, height: 900 } });
    t.after(() => Promise.all([context.close(), server.close()]));
    const tab = await context.newPage();
    const faults = faultsOf(tab, server.origin);
    await tab.goto(`${server.origin}/${edition}processes/multi_process.html`);
    const list = tab.frameLocator("iframe.sidebar-iframe-outer").getByRole("link");
    assert.ok((await list.count()) > 20, "the frame has no list");
    const main = await tab.locator("main").textContent();
    assert.match(main, /fn main\(\)/);
    assert.match(main, /multiprocessing/);
    // The list opens by the keyboard alone.
    const shown = () => tab.locator("#mdbook-sidebar").evaluate((list) => list.getBoundingClientRect().right > 0);
    const before = await shown();
    await tab.locator("#mdbook-sidebar-toggle-anchor").focus();
    await tab.keyboard.press("Space");
    // A page without scripts doesn't run the function that Playwright waits for.
    for (let i = 0; (await shown()) === before; i++) {
      assert.ok(i < 50, "the space bar doesn't open the list");
      await tab.waitForTimeout(100);
    }
    assert.deepEqual(faults, []);
  });
}

test("an address that isn't there, at any depth", async (t) => {
  const server = await serve();
  const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  t.after(() => Promise.all([tab.close(), server.close()]));
  for (const missing of ["gone", "gone.html", "why/gone.html", "a/b/c/d/gone"]) {
    const faults = faultsOf(tab, server.origin);
    const response = await tab.goto(`${server.origin}/${missing}`, { waitUntil: "networkidle" });
    assert.equal(response.status(), 404);
    assert.deepEqual(faults.filter((fault) => !fault.endsWith(missing) && !/status of 404/.test(fault)), [], missing);
    assert.match(await tab.locator("main h1").innerText(), /404/);
    const start = tab.url();
    await tab.locator(".skip-link").focus();
    await tab.keyboard.press("Enter");
    assert.equal(tab.url(), start, "the way to the text leads away");
    await tab.locator("#mdbook-sidebar").getByRole("link", { name: /CPU/ }).first().click();
    await tab.waitForURL(/cpu_count\.html$/);
    tab.removeAllListeners();
  }
});
