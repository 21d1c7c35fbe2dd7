// What the page does for whoever reads it: what was chosen and read stays, a wide window is used, a phone's list goes
// away, keys scroll what has the focus, and all of it without storage, in forced colours, at a wrong address.
// SITE names the folder of a site that is built already, CHROMIUM the browser if it is not /usr/bin/chromium.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const { faultsOf, launch, serve } = require("../site/site.js");

let server, browser;
before(async () => {
  server = await serve({ under: "/book/" });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** A context with one page; what goes wrong in it fails the test. */
async function open(t, page, { init, allowed = /^$/, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", ...options });
  t.after(() => context.close());
  const tab = await context.newPage();
  const faults = faultsOf(tab, server.origin);
  t.after(() => assert.deepEqual(faults.filter((fault) => !allowed.test(fault)), []));
  if (init) await context.addInitScript(init);
  tab.to = (name) => tab.goto(`${server.origin}/${name}`);
  if (page !== undefined) await tab.to(page);
  return tab;
}

const shown = (tab) => tab.$$eval(".twins", (all) => all.map((twins) => [".twins-rust", ".twins-python"].map((part) => twins.querySelector(part).checkVisibility())));
const box = (tab, selector) => tab.locator(selector).first().boundingBox();

test("Rust, Python or both is chosen once for all pages, in both languages", async (t) => {
  const tab = await open(t, "processes/multi_process.html");
  assert.deepEqual(await shown(tab), [[true, false]]);
  await tab.getByRole("radio", { name: "Python" }).first().check();
  assert.deepEqual(await shown(tab), [[false, true]]);
  await tab.to("programs/pipeline.html");
  const two = await shown(tab);
  assert.ok(two.length > 1 && two.every(([rust, python]) => !rust && python), JSON.stringify(two));
  await tab.getByRole("radio", { name: "Both" }).nth(1).check();
  assert.ok((await shown(tab)).every(([rust, python]) => rust && python));
  await tab.to("zh-TW/processes/multi_process.html");
  assert.deepEqual(await shown(tab), [[true, true]]);
});

test("both programs are side by side where there is room, and one above the other where there is none", async (t) => {
  const tab = await open(t, "processes/multi_process.html");
  await tab.getByRole("radio", { name: "Both" }).check();
  for (const [width, beside] of [[1440, true], [1920, true], [1000, false], [390, false]]) {
    await tab.setViewportSize({ width, height: 900 });
    const [rust, python] = [await box(tab, ".twins-rust"), await box(tab, ".twins-python")];
    assert.equal(python.x >= rust.x + rust.width, beside, `${width}: ${JSON.stringify([rust, python])}`);
    if (beside) assert.ok(python.width >= 480 && python.x + python.width <= width, `${width}: ${python.width}`);
    assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width);
  }
});

test("a page that was read to its end is marked in the list, and the cover offers to go on", async (t) => {
  const tab = await open(t, "processes/order.html");
  const marked = () => tab.$$eval("#mdbook-sidebar a:has(.read)", (all) => all.map((link) => link.getAttribute("href").replace(/.*\.\.\//, "")));
  assert.deepEqual(await marked(), []);
  await tab.evaluate(() => document.querySelector(".nav-wrapper").scrollIntoView());
  await tab.waitForSelector("#mdbook-sidebar a .read");
  await tab.to("processes/pool.html");
  assert.deepEqual(await marked(), ["processes/order.html"]);
  await tab.evaluate(() => document.getElementById("what-happened").scrollIntoView());
  await tab.waitForFunction(() => localStorage.getItem("book-last").includes("what-happened"));
  for (const edition of ["", "zh-TW/"]) {
    await tab.to(`${edition}index.html`);
    assert.equal(await tab.locator(".cover-ways li").count(), 5);
    assert.equal(await tab.$eval(".cover-on a", (link) => link.pathname + link.hash), `/book/${edition}processes/pool.html#what-happened`);
  }
});

test("nobody who comes for the first time is offered to go on", async (t) => {
  const tab = await open(t, "index.html");
  assert.equal(await tab.locator(".cover-on").count(), 0);
});

test("without storage nothing is kept, and all else is as it is", async (t) => {
  const tab = await open(t, "appendix/glossary.html", {
    viewport: { width: 1200, height: 520 },
    init: () => {
      for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, { get() { throw new DOMException("Access is denied for this document.", "SecurityError"); } });
      }
    },
  });
  const active = await box(tab, "#mdbook-sidebar a.active");
  assert.ok(active.y >= 0 && active.y + active.height <= 520, "the open section is in sight");
  for (const theme of ["navy", "default_theme"]) {
    await tab.click("#mdbook-theme-toggle");
    await tab.click(`#mdbook-theme-${theme}`);
    await tab.keyboard.press("Escape");
  }
  assert.match(await tab.evaluate(() => document.documentElement.className), /\blight\b/);
});

test("arrow keys scroll a wide block that has the focus, and turn the page elsewhere", async (t) => {
  const tab = await open(t, undefined, { viewport: { width: 420, height: 800 } });
  for (const page of ["programs/locks.html", "earnest/choosing.html"]) {
    await tab.to(page);
    const wide = tab.locator("pre > code[tabindex='0'], .table-wrapper[tabindex='0']").filter({ visible: true }).first();
    await wide.focus();
    const before = tab.url();
    await tab.keyboard.press("ArrowRight");
    await tab.waitForFunction(() => document.activeElement.scrollLeft > 0);
    await tab.waitForTimeout(300);
    assert.equal(tab.url(), before);
  }
  await tab.evaluate(() => document.activeElement.blur());
  await tab.keyboard.press("ArrowRight");
  await tab.waitForURL("**/earnest/mpi.html");
});

test("a server's one page for what isn't there speaks every language, that of the address first, and leads on", async (t) => {
  for (const [page, language, title] of [["gone.html", "en", "Document not found (404)"], ["zh-TW/programs/gone.html", "zh-TW", "找不到頁面（404）"]]) {
    const tab = await open(t, undefined, { allowed: /404|another host|Failed to load|thrown|failed/ });
    await tab.goto(`${server.origin}/404.html`);
    const html = await tab.content();
    assert.ok(html.includes("Document not found (404)") && html.includes("找不到頁面（404）"));
    await tab.route("**/gone.html", async (route) => route.fulfill({ status: 404, contentType: "text/html", body: (await (await route.fetch({ url: `${server.origin}/404.html` })).text()).replace('<base href="/">', '<base href="/book/">') }));
    await tab.to(page);
    assert.equal(await tab.locator("main h1").count(), 1);
    assert.equal(await tab.textContent("main h1"), title);
    assert.equal(await tab.evaluate(() => document.documentElement.lang), language);
    const links = await tab.$$eval("main a", (all) => all.map((link) => link.getAttribute("href")));
    assert.deepEqual([...links].sort(), ["index.html", "zh-TW/index.html"]);
  }
});

test("in forced colours the text of pictures has the system's colour, whatever theme was chosen", async (t) => {
  const tab = await open(t, "processes/order.html", { forcedColors: "active", colorScheme: "dark", init: () => localStorage.setItem("mdbook-theme", "light") });
  const [picture, text] = await tab.evaluate(() => [getComputedStyle(document.querySelector("main figure text")).fill, getComputedStyle(document.querySelector("main p")).color]);
  assert.equal(picture, text);
});

test("a swipe that scrolls a page changes nothing about the list of sections", async (t) => {
  const tab = await open(t, "programs/locks.html", { viewport: { width: 412, height: 800 }, hasTouch: true, isMobile: true });
  const state = () => tab.evaluate(() => [document.getElementById("mdbook-sidebar-toggle").getAttribute("aria-expanded"), document.getElementById("mdbook-sidebar-toggle-anchor").checked, localStorage.getItem("mdbook-sidebar")]);
  // Nor does the browser take it for the way back.
  await tab.evaluate(() => (document.documentElement.style.overscrollBehavior = "none"));
  const was = await state();
  const touch = await tab.context().newCDPSession(tab);
  const at = (type, x) => touch.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y: 400 }] });
  await at("touchStart", 80);
  for (let i = 1; i <= 6; i++) await at("touchMove", 80 + 50 * i);
  await at("touchEnd");
  await tab.waitForTimeout(300);
  assert.deepEqual(await state(), was);
});

test("on a phone Esc, a tap beside the list and a chosen section put the list away", async (t) => {
  const tab = await open(t, "programs/locks.html", { viewport: { width: 390, height: 800 } });
  const isOpen = () => tab.isChecked("#mdbook-sidebar-toggle-anchor");
  const toggle = tab.locator("#mdbook-sidebar-toggle");
  if (await isOpen()) await toggle.click();
  for (const away of [() => tab.keyboard.press("Escape"), () => tab.mouse.click(375, 500), () => toggle.click()]) {
    await toggle.click();
    assert.ok(await isOpen());
    const url = tab.url();
    await away();
    assert.ok(!(await isOpen()), `${away}`);
    assert.equal(tab.url(), url, "the tap led nowhere");
  }
  await toggle.click();
  await tab.locator("#mdbook-sidebar a", { hasText: "Choosing" }).click();
  await tab.waitForURL("**/choosing.html");
  assert.ok(!(await isOpen()));
});

test("a wide window has the contents of the page at the right, and the list of sections names sections", async (t) => {
  const tab = await open(t, "appendix/glossary.html");
  for (const [width, there] of [[1440, true], [1280, true], [1000, false], [390, false]]) {
    await tab.setViewportSize({ width, height: 900 });
    assert.equal(await tab.isVisible(".page-contents"), there, `${width}`);
    if (!there) continue;
    const [text, contents] = [await box(tab, "main"), await box(tab, ".page-contents")];
    assert.ok(contents.x >= text.x + text.width, `${width}: the contents lie over the text`);
    assert.equal(await tab.locator("#mdbook-sidebar .header-item a").filter({ visible: true }).count(), 0);
    const named = await tab.$$eval(".page-contents a", (all) => all.map((link) => link.hash.slice(1)));
    assert.deepEqual(named, await tab.$$eval("main > h2[id]", (all) => all.map(({ id }) => id)));
  }
  await tab.setViewportSize({ width: 1440, height: 900 });
  await tab.locator(".page-contents a").nth(2).click();
  await tab.waitForFunction(() => document.querySelectorAll(".page-contents a")[2].getAttribute("aria-current") === "true");
  const stays = await box(tab, ".page-contents");
  assert.ok(stays.y >= 0 && stays.y < 200, `it stays in sight: ${stays.y}`);
});

test("a note stands in the margin of a wide window, and the contents of the page give way to it", async (t) => {
  const tab = await open(t, "why/how_time_goes.html");
  const note = tab.locator("main > .blockquote-tag").first();
  const contents = tab.locator(".page-contents");
  for (const [width, margin] of [[1440, true], [1000, false], [390, false]]) {
    await tab.setViewportSize({ width, height: 900 });
    const [text, own] = [await tab.locator("main > p").first().boundingBox(), await note.boundingBox()];
    assert.equal(own.x >= text.x + text.width, margin, `${width}: ${JSON.stringify([text, own])}`);
    assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), width);
  }
  await tab.setViewportSize({ width: 1440, height: 900 });
  assert.ok(await contents.isVisible());
  await note.evaluate((note) => scrollBy(0, note.getBoundingClientRect().top - 100));
  const seen = (is) => tab.waitForFunction((is) => getComputedStyle(document.querySelector(".page-contents")).opacity === is, is ? "1" : "0");
  await seen(false);
  // A keyboard reaches it nevertheless, and sees it then.
  await contents.locator("a").first().evaluate((link) => link.focus({ preventScroll: true }));
  await seen(true);
  await contents.locator("a").first().evaluate((link) => link.blur());
  await seen(false);
  await tab.evaluate(() => scrollTo(0, 0));
  await seen(true);
});

test("two programs side by side are as wide as their lines", async (t) => {
  const tab = await open(t, "why/producer_consumer.html", { viewport: { width: 1920, height: 1000 } });
  await tab.getByRole("radio", { name: "Both" }).check();
  for (const part of [".twins-rust", ".twins-python"]) {
    const code = tab.locator(`${part} pre > code`);
    assert.equal(await code.evaluate((code) => code.scrollWidth - code.clientWidth), 0, part);
  }
});

test("a name of Python leads from a program and from a text to its row", async (t) => {
  for (const edition of ["", "zh-TW/"]) {
    const tab = await open(t, `${edition}processes/multi_process.html`);
    await tab.getByRole("radio", { name: "Python" }).first().check();
    const link = tab.locator(".twins-python a.py", { hasText: "multiprocessing.Process" });
    assert.equal(await tab.locator(".twins-python pre a.py", { hasText: "print" }).count(), 0);
    await link.click();
    await tab.waitForURL(`**/${edition}appendix/python_to_rust.html#py-Process`);
    const row = await box(tab, "#py-Process");
    assert.ok(row.y > 0 && row.y < 500, `the row is in sight: ${row.y}`);
  }
});

test("names can be filtered, each row has an address, and the head of its table stays", async (t) => {
  for (const edition of ["", "zh-TW/"]) {
    const tab = await open(t, `${edition}appendix/python_to_rust.html`);
    const rows = () => tab.locator(".lookup tbody tr").filter({ visible: true });
    const all = await rows().count();
    await tab.locator(".lookup-filter input").fill("queue put");
    const some = await rows().count();
    assert.ok(some > 0 && some < all / 5, `${some} of ${all}`);
    for (const text of await rows().allTextContents()) assert.match(text.toLowerCase(), /queue[^]*put|put[^]*queue/);
    await tab.locator(".lookup-filter input").fill("");
    assert.equal(await rows().count(), all);
    const ids = await tab.$$eval(".lookup tbody tr", (all) => all.map(({ id }) => id));
    assert.ok(ids.every((id) => id.startsWith("py-")) && new Set(ids).size === ids.length);
    const link = tab.locator("#py-Pool a.row");
    assert.equal(await link.getAttribute("href"), "#py-Pool");
    await link.click();
    const row = await box(tab, "#py-Pool");
    assert.ok(row.y > 0 && row.y < 400, "the row is in sight");
    const head = await tab.evaluate(() => document.getElementById("py-Pool").closest("table").querySelector("th").getBoundingClientRect());
    assert.ok(head.top >= 0 && head.bottom <= row.y + 1, JSON.stringify(head));
  }
});

test("a program that was unfolded can be folded from its top", async (t) => {
  const tab = await open(t, "programs/supervisor.html");
  const fold = tab.locator(".book-fold").first();
  assert.ok(await fold.isHidden());
  await tab.locator(".program-more > summary").first().click();
  await fold.click();
  assert.equal(await tab.$eval(".program-more", (more) => more.open), false);
});
