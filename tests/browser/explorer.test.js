// The schedule explorer as a reader meets it, in Chromium, on a site that is built already.
// SITE names its folder, CHROMIUM the browser if it is not /usr/bin/chromium.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { faultsOf, launch, serve, SITE, THEMES } = require("../site/site.js");

const PAGE = "programs/race_condition.html";
/** Each page with explorers, and the programs of each. */
const PAGES = {
  [PAGE]: [["lost_update_1", "lost_update_2", "one_step_1", "one_step_2"], ["seat_sold_twice", "seat_sold_once"]],
  "programs/locks.html": [["woken_with_if", "woken_with_while"], ["two_permits"], ["giver_first", "same_order"]],
  "why/threads_and_processes.html": [["barrier"]],
};
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

/** A page with an explorer; whatever goes wrong in it or leaves the site fails the test. */
async function visit(t, { theme = "light", edition = "", page = PAGE, query = "", ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, reducedMotion: "reduce", ...options });
  t.after(() => context.close());
  const tab = await context.newPage();
  const faults = faultsOf(tab, server.origin);
  t.after(() => assert.deepEqual(faults, []));
  const scripts = options.javaScriptEnabled !== false;
  if (scripts) await tab.addInitScript((name) => localStorage.setItem("mdbook-theme", name), theme);
  await tab.goto(`${server.origin}/${edition}${page}${query}`);
  if (scripts) await tab.waitForSelector(query ? "[data-open] .explorer" : ".explorer");
  return tab;
}

/** The same with its first explorer open. */
async function open(t, options = {}) {
  const tab = await visit(t, options);
  if (!options.query) await tab.click("[data-do='open'] >> nth=0");
  await tab.waitForSelector("[data-open] .explorer tbody tr");
  return tab;
}

const said = (tab) => tab.textContent("[data-open] .explorer output");
const memory = (tab) => tab.$$eval(".explorer-memory strong", (all) => all.map((e) => e.textContent));
const steps = (tab) => tab.locator(".explorer-steps li:not(.explorer-none)").count();
const rows = (tab) => tab.$$eval(".explorer tbody tr", (all) => all.map((row) => [...row.cells].slice(1, 4).map((cell) => cell.textContent)));
const at = (tab) => new URL(tab.url()).searchParams.get("schedule");
const worker = (tab) => tab.evaluate(() => document.activeElement.dataset.worker);
/** Chooses a program and waits until it is there. */
async function choose(tab, name) {
  await tab.selectOption(".explorer select >> nth=0", name);
  await tab.waitForURL((url) => url.searchParams.get("schedule")?.startsWith(`${name}.`));
}

test("schedules are loaded when the explorer is opened, each for itself, and kept", async (t) => {
  const tab = await visit(t);
  const asked = [];
  tab.on("request", (request) => /\/schedules\//.test(request.url()) && asked.push(request.url().replace(/.*\/|-\w+\.js$/g, "")));
  await tab.waitForLoadState("networkidle");
  assert.deepEqual(asked, []);
  await tab.focus("[data-do='open'] >> nth=0");
  await tab.keyboard.press("Enter");
  await tab.waitForSelector("[data-open] tbody tr");
  assert.equal(await tab.evaluate(() => document.activeElement.tagName), "SELECT", "whoever opened it by key stands inside");
  assert.match(await said(tab), /^The program begins\.$/);
  await choose(tab, "one_step_2");
  await choose(tab, "lost_update_1");
  assert.deepEqual(asked, ["lost_update_1", "one_step_2"]);
});

test("what can't be loaded is said, and can be tried again", async (t) => {
  const tab = await visit(t);
  await tab.route("**/schedules/*", (route) => route.fulfill({ status: 200, contentType: "text/javascript", body: "" }), { times: 1 });
  await tab.click("[data-do='open'] >> nth=0");
  await tab.waitForFunction(() => /could not be loaded/.test(document.querySelector(".explorer output").textContent));
  await tab.click("[data-do='open'] >> nth=0");
  await tab.waitForSelector("[data-open] tbody tr");
});

test("the lost update by keyboard alone: each step is said, marked and in the address", async (t) => {
  const tab = await open(t);
  const first = graph("lost_update_1");
  const all = first.outcomes.map(({ schedules }) => String(schedules));
  assert.deepEqual(await rows(tab), all.map((n) => [n, n, "not yet"]));
  await tab.focus(".explorer [data-worker='0']");
  await tab.keyboard.press("Enter");
  assert.match(await said(tab), /^A, line \d+: load reads 0 from total\.$/);
  await tab.keyboard.press("Tab");
  assert.equal(await worker(tab), "1");
  await tab.keyboard.press("b");
  await tab.keyboard.press("a");
  assert.deepEqual(await memory(tab), ["1"]);
  await tab.keyboard.press("b");
  const lost = first.outcomes.findIndex(({ right }) => !right);
  const n = first.outcomes[lost].schedules;
  assert.match(await said(tab), new RegExp(`^B, line \\d+: store writes 1 to total\\. The end: total = 1, which is wrong\\. Of 6 schedules, ${n} end so\\.$`));
  assert.equal(at(tab), "lost_update_1.ABAB");
  assert.equal(await steps(tab), 4);
  assert.equal((await rows(tab))[lost][2], "yes");
  // Nobody can go on; whoever tries is told so and stays where they are.
  await tab.keyboard.press("a");
  assert.match(await said(tab), /A has done all/);
  assert.equal(await worker(tab), "1");
  await tab.keyboard.press("u");
  assert.match(await said(tab), /^Taken back\./);
  assert.equal(await steps(tab), 3);
  assert.equal((await rows(tab))[lost][2], "yes", "what was reached stays so");
  // There is no worker C, and its key stays the page's.
  await tab.keyboard.press("c");
  assert.equal(await steps(tab), 3);
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

test("each outcome is shown by a way, the worst has a button, and a question its answer", async (t) => {
  const all = Object.entries(PAGES).flatMap(([page, explorers]) => explorers.map((names) => [page, names]));
  for (const [page, names] of all) {
    const tab = await open(t, { page, query: `?schedule=${names[0]}.` });
    for (const name of names) {
      if (name !== names[0]) await choose(tab, name);
      const { outcomes, never, leaves } = graph(name);
      const all = outcomes.reduce((sum, { schedules }) => sum + schedules, 0);
      const told = ({ left }) => (left === null ? "deadlock" : `${leaves} = ${left.join(", ")}`);
      assert.equal(await tab.locator(".explorer tbody tr").count(), outcomes.length);
      for (const [i, outcome] of outcomes.entries()) {
        await tab.click(`[data-outcome='${i}']`);
        assert.equal(await steps(tab), outcome.way.length);
        assert.ok((await tab.textContent(".explorer-end")).includes(told(outcome)));
        assert.equal((await rows(tab))[i][2], "yes");
      }
      const wrong = outcomes.filter(({ right }) => !right);
      const sum = wrong.reduce((sum, { schedules }) => sum + schedules, 0);
      assert.equal(await tab.textContent(".explorer-sum"), wrong.length ? `Of all ${all} schedules, ${sum} go wrong.` : `Of all ${all} schedules, none goes wrong.`);
      assert.equal(await tab.isVisible("[data-do='worst']"), wrong.length > 0, name);
      if (wrong.length) {
        await tab.click("[data-do='again']");
        await tab.click("[data-do='worst']");
        assert.ok((await tab.textContent(".explorer-end")).includes(told(outcomes.at(-1))));
      }
      const questions = [...outcomes, ...never.map((left) => ({ left }))];
      assert.deepEqual((await tab.locator(".explorer-asked option").allTextContents()).sort(), questions.map(told).sort());
      for (const question of questions) {
        await tab.selectOption(".explorer-asked", { label: told(question) });
        await tab.click("[data-do='ask']");
        const n = question.schedules;
        const answer = n ? `Yes: ${n} of all ${all} schedules end with ${told(question)}.` : `No: none of all ${all} schedules ends with ${told(question)}.`;
        assert.equal(await tab.textContent(".explorer-answer"), answer);
        assert.equal(await said(tab), answer);
      }
    }
  }
});

test("an address leads to a moment, and what can't be is taken as far as it makes sense", async (t) => {
  const tab = await open(t, { query: "?schedule=lost_update_2.ABB" });
  assert.equal(await steps(tab), 3);
  assert.equal(await tab.inputValue(".explorer select >> nth=0"), "lost_update_2");
  await tab.click("[data-do='again']");
  assert.equal(at(tab), "lost_update_2.");
  const odd = await open(t, { query: "?schedule=lost_update_1.AAAAB" });
  assert.equal(await steps(odd), 2);
  // The second explorer of the page answers to its own programs.
  const seat = await open(t, { query: "?schedule=seat_sold_twice.ABAB" });
  assert.equal(await seat.locator("[data-open]").count(), 1);
  assert.match(await seat.textContent(".explorer-end"), /sold = 2/);
  const none = await visit(t, { query: "" });
  assert.equal(await none.locator("[data-open]").count(), 0);
});

test("without JavaScript and on paper the tables are there", async (t) => {
  const plain = await visit(t, { javaScriptEnabled: false });
  const tables = "schedule-explorer details table";
  assert.equal(await plain.locator(tables).count(), 6);
  assert.ok(!(await plain.locator(tables).first().isVisible()));
  await plain.click("schedule-explorer summary >> nth=0");
  assert.ok(await plain.locator(tables).first().isVisible());
  const tab = await open(t);
  assert.equal(await tab.locator("[data-open] table:visible").count(), 1);
  await tab.emulateMedia({ media: "print" });
  assert.equal(await tab.locator(`${tables}:visible`).count(), 6);
  assert.ok(await tab.isHidden(".explorer >> nth=0"));
});

test("in Chinese it speaks Chinese", async (t) => {
  const tab = await open(t, { edition: "zh-TW/" });
  await tab.click("[data-worker='1']");
  assert.match(await said(tab), /^B，第 \d+ 行：load 從 total 讀到 0。$/);
});

test("it opens from a file as well", async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  const tab = await context.newPage();
  await tab.goto(`file://${path.resolve(SITE, PAGE)}`);
  await tab.click("[data-do='open'] >> nth=0");
  await tab.waitForSelector("[data-open] tbody tr");
  await tab.click("[data-worker='0']");
  assert.equal(await steps(tab), 1);
});

test("on a phone nothing is wider than the page", async (t) => {
  for (const name of ["lost_update_2", "seat_sold_twice"]) {
    const tab = await open(t, { viewport: { width: 360, height: 700 }, query: `?schedule=${name}.` });
    await tab.click("[data-outcome='0']");
    const wide = await tab.$$eval("[data-open] .explorer *", (all) => all.filter((e) => !e.closest(".explorer-code") && e.getBoundingClientRect().right > innerWidth).map((e) => e.outerHTML.slice(0, 80)));
    assert.deepEqual(wide, []);
  }
});

test("in forced colours what is next, waits or can't be done is still told apart", async (t) => {
  const tab = await open(t, { forcedColors: "active" });
  await tab.click("[data-worker='0']");
  await tab.click("[data-worker='0']");
  const style = (selector) => tab.$eval(selector, (e) => getComputedStyle(e).borderStyle);
  assert.equal(await style("[data-worker='0']"), "dashed");
  assert.equal(await style("[data-worker='1']"), "solid");
  assert.equal(await style(".explorer-at"), "solid");
});

test("only the pages that have it load it", () => {
  const loads = (page) => /theme\/schedule-explorer/.test(fs.readFileSync(path.join(SITE, page), "utf8"));
  for (const page of Object.keys(PAGES)) assert.ok(loads(page), page);
  for (const page of ["index.html", "why/how_time_goes.html", "programs/shared_memory.html"]) assert.ok(!loads(page), page);
});

test("axe finds nothing to mend in any theme", async (t) => {
  const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const theme of THEMES) {
    const tab = await open(t, { theme, query: "?schedule=lost_update_2.ABABB" });
    await tab.evaluate(axe);
    const found = await tab.evaluate(() => window.axe.run("schedule-explorer"));
    assert.deepEqual(found.violations.map((v) => `${theme} ${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), []);
    assert.ok(found.passes.length > 10);
  }
});
