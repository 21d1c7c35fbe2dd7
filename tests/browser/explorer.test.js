// The schedule explorer as a reader meets it, in Chromium, on a site that is built already.
// SITE names its folder, CHROMIUM the browser if it is not /usr/bin/chromium.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { faultsOf, launch, serve, SITE, THEMES } = require("../site/site.js");

const PAGE = "programs/race_condition.html";
const DATA = path.join(__dirname, "../../tools/schedules/data");
const graph = (name) => JSON.parse(fs.readFileSync(path.join(DATA, `${name}.json`), "utf8"));
let server, browser;

before(async () => {
  server = await serve({ under: "/" });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** A page with the explorer; whatever goes wrong in it or leaves the site fails the test. */
async function open(t, { theme = "light", edition = "", query = "", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, reducedMotion: "reduce", ...options });
  t.after(() => context.close());
  const tab = await context.newPage();
  const faults = faultsOf(tab, server.origin);
  t.after(() => assert.deepEqual(faults, []));
  const scripts = options.javaScriptEnabled !== false;
  if (scripts) await tab.addInitScript((name) => localStorage.setItem("mdbook-theme", name), theme);
  await tab.goto(`${server.origin}/${edition}${PAGE}${query}`);
  if (scripts) await tab.waitForSelector(".explorer");
  return tab;
}

const said = (tab) => tab.textContent(".explorer output");
const memory = (tab) => tab.$$eval(".explorer-memory strong", (all) => all.map((e) => e.textContent));
const steps = (tab) => tab.locator(".explorer-steps li:not(.explorer-none)").count();
const rows = (tab) => tab.$$eval(".explorer tbody tr", (all) => all.map((row) => [...row.cells].slice(1, 4).map((cell) => cell.textContent)));
const at = (tab) => new URL(tab.url()).searchParams.get("schedule");

test("the lost update by keyboard alone: each step is said, marked and in the address", async (t) => {
  const tab = await open(t);
  const first = graph("lost_update_1");
  const all = first.outcomes.map(({ schedules }) => String(schedules));
  assert.deepEqual(await rows(tab), all.map((n) => [n, n, "not yet"]));
  await tab.focus(".explorer [data-worker='0']");
  await tab.keyboard.press("Enter");
  assert.match(await said(tab), /^A, line \d+: load reads 0 from total\.$/);
  await tab.keyboard.press("Tab");
  assert.equal(await tab.evaluate(() => document.activeElement.dataset.worker), "1");
  await tab.keyboard.press("b");
  await tab.keyboard.press("a");
  assert.deepEqual(await memory(tab), ["1"]);
  await tab.keyboard.press("b");
  assert.match(await said(tab), /B, line \d+: store writes 1 to total\. The end: total = 1, which is wrong\. Of 6 schedules, 4 end so\.$/);
  assert.equal(at(tab), "add_in_two_steps-1_ABAB");
  assert.equal(await steps(tab), 4);
  const lost = first.outcomes.findIndex(({ right }) => !right);
  assert.equal((await rows(tab))[lost][2], "yes");
  // Nobody can go on; whoever tries is told so and stays where they are.
  await tab.keyboard.press("a");
  assert.match(await said(tab), /A has done all/);
  assert.equal(await tab.evaluate(() => document.activeElement.dataset.worker), "1");
  await tab.keyboard.press("u");
  assert.match(await said(tab), /^Taken back\./);
  assert.equal(await steps(tab), 3);
  assert.equal((await rows(tab))[lost][2], "yes", "what was reached stays so");
});

test("the line that comes next is marked for each worker", async (t) => {
  const tab = await open(t);
  const lines = () => tab.$$eval(".explorer-next", (all) => all.map((e) => [...e.querySelectorAll("b.explorer-at")].map((b) => b.textContent).join("") + e.querySelector(".explorer-text").textContent));
  const before = await lines();
  assert.equal(before.length, 1);
  assert.match(before[0], /^AB.*load/);
  await tab.click("[data-worker='0']");
  const after = await lines();
  assert.match(after.find((line) => line.startsWith("A")), /store/);
  assert.match(after.find((line) => line.startsWith("B")), /load/);
});

test("each outcome is shown by a way, and another program has its own", async (t) => {
  const tab = await open(t);
  for (const [choice, name] of ["lost_update_1", "lost_update_2", "one_step_1", "one_step_2"].entries()) {
    await tab.selectOption(".explorer select", String(choice));
    const { outcomes } = graph(name);
    assert.equal(await tab.locator(".explorer tbody tr").count(), outcomes.length);
    for (const [i, { left, way }] of outcomes.entries()) {
      await tab.click(`[data-outcome='${i}']`);
      assert.equal(await steps(tab), way.length);
      assert.ok((await tab.textContent(".explorer-end")).includes(`total = ${left}`));
      assert.equal((await rows(tab))[i][2], "yes");
    }
  }
});

test("an address leads to a moment, and what can't be is taken as far as it makes sense", async (t) => {
  const tab = await open(t, { query: "?schedule=add_in_two_steps-2_ABB" });
  assert.equal(await steps(tab), 3);
  assert.equal(await tab.inputValue(".explorer select"), "1");
  await tab.click("[data-do='again']");
  assert.equal(at(tab), "add_in_two_steps-2_");
  await tab.selectOption(".explorer select", "0");
  assert.equal(at(tab), null);
  const odd = await open(t, { query: "?schedule=add_in_two_steps-1_AAAAB" });
  assert.equal(await steps(odd), 2);
});

test("without JavaScript and on paper the tables are there instead", async (t) => {
  const plain = await open(t, { javaScriptEnabled: false });
  assert.equal(await plain.locator("schedule-explorer table").count(), 4);
  assert.ok(await plain.locator("schedule-explorer table").first().isVisible());
  const tab = await open(t);
  assert.equal(await tab.locator("schedule-explorer table:visible").count(), 1);
  await tab.emulateMedia({ media: "print" });
  assert.equal(await tab.locator("schedule-explorer table:visible").count(), 4);
  assert.ok(await tab.isHidden(".explorer"));
});

test("in Chinese it speaks Chinese", async (t) => {
  const tab = await open(t, { edition: "zh-TW/" });
  await tab.click("[data-worker='1']");
  assert.match(await said(tab), /^B，第 \d+ 行：load 從 total 讀到 0。$/);
});

test("on a phone nothing is wider than the page", async (t) => {
  const tab = await open(t, { viewport: { width: 360, height: 700 } });
  await tab.selectOption(".explorer select", "1");
  await tab.click("[data-outcome='0']");
  const wide = await tab.$$eval(".explorer *", (all) => all.filter((e) => !e.closest(".explorer-code") && e.getBoundingClientRect().right > innerWidth).map((e) => e.outerHTML.slice(0, 80)));
  assert.deepEqual(wide, []);
});

test("only the pages that have it load it", () => {
  const loads = (page) => /theme\/schedule-explorer/.test(fs.readFileSync(path.join(SITE, page), "utf8"));
  assert.ok(loads(PAGE));
  for (const page of ["index.html", "why/how_time_goes.html", "programs/locks.html"]) assert.ok(!loads(page), page);
});

test("axe finds nothing to mend in any theme", async (t) => {
  const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const theme of THEMES) {
    const tab = await open(t, { theme, query: "?schedule=add_in_two_steps-2_ABABB" });
    await tab.evaluate(axe);
    const found = await tab.evaluate(() => window.axe.run("schedule-explorer"));
    assert.deepEqual(found.violations.map((v) => `${theme} ${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), []);
    assert.ok(found.passes.length > 10);
  }
});
