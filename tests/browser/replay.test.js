// The replay as a reader meets it, in Chromium, on a site that is built already.
// SITE names its folder, CHROMIUM the browser if it is not /usr/bin/chromium.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");
const { faultsOf, launch, serve, SITE, THEMES } = require("../site/site.js");
const { unpack, moment } = require("../../theme/time-replay.js");

const PAGE = "why/how_time_goes.html";
const ROOT = path.join(__dirname, "../..");
const DATA = unpack(JSON.parse(fs.readFileSync(path.join(ROOT, "benches/replay.json"), "utf8")));
const [RUST, PYTHON] = DATA.programs;
const way = (program, id) => program.ways.find((one) => one.id === id);
const WIDE = { width: 1440, height: 1000 };
let server, browser;

before(async () => {
  server = await serve({ under: "/" });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** The page; whatever goes wrong in it or leaves the site fails the test. */
async function visit(t, { theme = "light", edition = "", query = "", refuse, ...options } = {}) {
  const context = await browser.newContext({ viewport: WIDE, reducedMotion: "reduce", ...options });
  t.after(() => context.close());
  const tab = await context.newPage();
  const faults = faultsOf(tab, server.origin);
  t.after(() => assert.deepEqual(faults.filter((fault) => !refuse || !/ERR_FAILED/.test(fault)), []));
  if (refuse) await tab.route(refuse, (route) => route.abort());
  if (options.javaScriptEnabled !== false) await tab.addInitScript((name) => localStorage.setItem("mdbook-theme", name), theme);
  await tab.goto(`${server.origin}/${edition}${PAGE}${query}`);
  return tab;
}

/** The same with the replay in sight. */
async function open(t, options) {
  const tab = await visit(t, options);
  await tab.locator("time-replay").scrollIntoViewIfNeeded();
  await tab.waitForSelector(".replay-way");
  await tab.waitForFunction(() => getComputedStyle(document.querySelector(".replay")).borderStyle === "solid");
  return tab;
}

const slider = (tab) => tab.locator(".replay input[type=range]");
const asked = (tab) => new URL(tab.url()).searchParams.get("replay");
const states = (tab, n) => tab.$$eval(".replay-way", (all, n) => [...all[n].querySelectorAll("li span")].map((e) => e.textContent), n);
const lit = (tab) => tab.$$eval(".replay-lit", (all) => all.map((row) => Number(row.dataset.line)));
const said = (tab) => tab.textContent(".replay-said");
const rest = (tab) => tab.waitForFunction((at) => new URL(location.href).searchParams.get("replay") !== at, asked(tab));

test("the run is loaded for those who come near, once", async (t) => {
  const tab = await visit(t, { viewport: { width: 1440, height: 300 } });
  const runs = [];
  tab.on("request", (request) => /\/replay\//.test(request.url()) && runs.push(request.url()));
  await tab.waitForLoadState("networkidle");
  assert.deepEqual(runs, []);
  await tab.locator("time-replay").scrollIntoViewIfNeeded();
  await tab.waitForSelector(".replay-way");
  await tab.locator("[data-replay='rust.processes'] .replay-see").click();
  assert.equal(runs.length, 1);
});

test("the bars that are shown are those of the run, at one scale", async (t) => {
  const tab = await open(t);
  for (const program of [RUST, PYTHON]) {
    await tab.selectOption(".replay select", program.id);
    const shown = await tab.$$eval(".replay-way", (all) => all.map((one) => [...one.querySelectorAll("svg")].map((svg) => {
      const { left, width } = svg.getBoundingClientRect();
      return [...svg.querySelectorAll("rect:not(.replay-now)")].map((rect) => {
        const x = rect.x.baseVal.value, w = rect.width.baseVal.value;
        return [rect.classList[0], x / width, (x + w) / width];
      });
    })));
    assert.equal(shown.length, 4);
    program.ways.forEach((one, n) => one.lanes.forEach((lane, i) => {
      const bars = lane.filter(({ kind }) => kind !== "turn" && kind !== "wait");
      assert.deepEqual(shown[n][i].map(([kind]) => kind), bars.map(({ kind }) => `replay-${kind}`));
      bars.forEach(({ from, to }, k) => {
        assert.ok(Math.abs(shown[n][i][k][1] * DATA.longest - from) < 5, `${one.id} ${i} ${k}`);
        assert.ok(Math.abs(shown[n][i][k][2] * DATA.longest - to) < 5, `${one.id} ${i} ${k}`);
      });
    }));
  }
});

test("one slider moves all four ways, by key, and the lines light up in which the workers are", async (t) => {
  const tab = await open(t);
  await slider(tab).focus();
  await tab.keyboard.press("Home");
  for (let i = 0; i < 25; i++) await tab.keyboard.press("ArrowRight");
  assert.equal(await slider(tab).inputValue(), "12500");
  assert.equal(await slider(tab).getAttribute("aria-valuetext"), "12.5 ms");
  assert.ok(tab.url().includes(PAGE), "the book's own arrows stay out of it");
  for (const [n, one] of RUST.ways.entries()) {
    const now = moment(one, 12500);
    const shown = await states(tab, n);
    now.forEach(({ kind, name, cpu }, i) => kind === "work" && assert.equal(shown[i], `${name} @${cpu}`));
    const running = await tab.$$eval(".replay-way", (all, n) => [...all[n].querySelectorAll("li")].map((row) => row.classList.contains("replay-runs")), n);
    assert.deepEqual(running, now.map(({ kind }) => ["work", "start", "move"].includes(kind)));
  }
  for (const id of ["sequential", "one_core", "threads", "processes"]) {
    await tab.check(`.replay input[value=${id}]`);
    const lines = moment(way(RUST, id), 12500).filter(({ kind }) => ["work", "start", "move"].includes(kind)).map(({ line }) => line);
    assert.deepEqual(await lit(tab), [...new Set(lines)].sort((a, b) => a - b), id);
    assert.ok(lines.length > 0);
    const text = await tab.$eval(".replay-lit .replay-text", (e) => e.textContent);
    assert.ok(fs.readFileSync(path.join(ROOT, RUST.file), "utf8").includes(text), text);
    assert.equal(await tab.evaluate(() => document.activeElement.value), id, "whoever chose a way stands on it");
  }
});

test("a moment is said when the reader rests, and not on the way", async (t) => {
  const tab = await open(t);
  await tab.evaluate(() => {
    window.told = [];
    new MutationObserver(() => window.told.push(document.querySelector(".replay-said").textContent))
      .observe(document.querySelector(".replay-said"), { childList: true, characterData: true, subtree: true });
  });
  await slider(tab).evaluate((input) => {
    for (input.value = 0; input.value < 10000; ) {
      input.stepUp();
      input.dispatchEvent(new Event("input"));
    }
  });
  await rest(tab);
  const told = await tab.evaluate(() => window.told);
  assert.equal(told.length, 1, told.join("\n"));
  assert.match(told[0], /^At 10\.0 ms\. One after another: main main 1 @\d\. Threads on one core: /);
  assert.equal(await tab.$$eval(".replay [aria-live], .replay output, .replay [role=status]", (all) => all.length), 1);
  await slider(tab).focus();
  await tab.keyboard.press("End");
  await rest(tab);
  assert.match(await said(tab), /Threads over the cores: has ended\./);
});

test("from change to change, and back", async (t) => {
  const tab = await open(t, { query: "?replay=rust.one_core.20000" });
  const one = way(RUST, "one_core");
  const after = Math.min(...one.lanes.flat().filter(({ kind }) => kind !== "switch").flatMap(({ from, to }) => [from, to]).filter((at) => at > 20000));
  await tab.click("[data-do=next]");
  await rest(tab);
  assert.equal(asked(tab), `rust.one_core.${after}`);
  await tab.click("[data-do=back]");
  await rest(tab);
  assert.ok(Number(asked(tab).split(".")[2]) < 20000);
});

test("its state stands in the address, and an address leads to it", async (t) => {
  const tab = await open(t, { query: "?replay=python.processes.32000" });
  assert.equal(await tab.inputValue(".replay select"), "python");
  assert.ok(await tab.isChecked(".replay input[value=processes]"));
  assert.equal(await slider(tab).inputValue(), "32000");
  assert.equal(await tab.textContent(".replay-program code"), PYTHON.file);
  const other = await open(t, { query: "?replay=nonsense" });
  assert.equal(await slider(other).inputValue(), "30000");
});

test("who wants motion plays it, and stops it", async (t) => {
  const still = await open(t);
  assert.ok(!(await still.isVisible("[data-do=play]")), "with reduced motion nothing moves by itself");
  const tab = await open(t, { reducedMotion: "no-preference" });
  await tab.click("[data-do=play]");
  await tab.waitForFunction(() => Number(document.querySelector(".replay input[type=range]").value) > 31000);
  assert.equal(await said(tab), "", "nothing is said while it runs");
  await tab.click("[data-do=play]");
  await rest(tab);
  const at = await slider(tab).inputValue();
  await tab.waitForTimeout(300);
  assert.equal(await slider(tab).inputValue(), at);
  // It ends by itself.
  await slider(tab).focus();
  await tab.keyboard.press("End");
  await tab.keyboard.press("ArrowLeft");
  await tab.click("[data-do=play]");
  await tab.waitForFunction(() => document.querySelector("[data-do=play]").textContent === "Play");
});

const pictures = (tab) => tab.$$eval("figure[data-replay] > svg", (all) => all.map((svg) => svg.checkVisibility()));
const buttons = (tab) => tab.$$eval("figure[data-replay] > .replay-see", (all) => all.map((button) => button.checkVisibility()));

test("on a wide screen it takes the place of the measured pictures, and of none elsewhere", async (t) => {
  const wide = await open(t);
  assert.deepEqual([await pictures(wide), await buttons(wide)], [Array(5).fill(false), Array(5).fill(true)]);
  assert.ok(await wide.isVisible("#fig-measured-processes figcaption"));
  assert.ok(!(await wide.isVisible(".pictured")), "what a caption says of a picture goes with it");
  await wide.emulateMedia({ media: "print" });
  assert.deepEqual(await pictures(wide), Array(5).fill(true));
  assert.ok(!(await wide.isVisible(".replay")) && (await wide.isVisible("time-replay > p")));
  assert.deepEqual(await buttons(wide), Array(5).fill(false));
  const phone = await open(t, { viewport: { width: 390, height: 844 } });
  assert.deepEqual([await pictures(phone), await buttons(phone)], [Array(5).fill(true), Array(5).fill(false)]);
  const plain = await visit(t, { javaScriptEnabled: false });
  assert.deepEqual(await plain.locator("figure[data-replay] > svg").evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect().height > 50)), Array(5).fill(true));
  assert.ok(await plain.isVisible("time-replay > p"));
});

test("where a picture stood a button leads to its way", async (t) => {
  const tab = await visit(t);
  await tab.locator("[data-replay='python.threads'] .replay-see").click();
  await tab.waitForSelector(".replay-way");
  await tab.waitForFunction(() => document.activeElement.type === "range");
  assert.equal(await tab.inputValue(".replay select"), "python");
  assert.ok(await tab.isChecked(".replay input[value=threads]"));
  assert.ok(await slider(tab).evaluate((e) => e.getBoundingClientRect().top < innerHeight));
});

test("where the run can't be loaded the pictures come back", async (t) => {
  const tab = await visit(t, { refuse: "**/replay/*" });
  await tab.locator("time-replay").scrollIntoViewIfNeeded();
  await tab.waitForFunction(() => !document.querySelector("time-replay[data-on]"));
  assert.deepEqual(await pictures(tab), Array(5).fill(true));
  assert.ok(await tab.isVisible("time-replay > p"));
});

test("on a phone all of it is there, within the page, and large enough for a finger", async (t) => {
  const tab = await open(t, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const { page, small } = await tab.evaluate(() => ({
    page: document.documentElement.scrollWidth,
    small: [...document.querySelectorAll(".replay :is(button, select, input[type=range], .replay-way > label)")]
      .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 24).map((e) => e.outerHTML),
  }));
  assert.deepEqual({ page, small }, { page: 390, small: [] });
  await tab.locator("[data-do=next]").tap();
  assert.notEqual(await slider(tab).getAttribute("aria-valuetext"), "30.0 ms");
});

test("in forced colours the line that runs and who waits are still told apart", async (t) => {
  const tab = await open(t, { forcedColors: "active", query: "?replay=rust.one_core.20000" });
  const outline = await tab.$eval(".replay-lit", (e) => getComputedStyle(e).outlineStyle);
  assert.equal(outline, "solid");
  const borders = await tab.$$eval(".replay-at", (all) => [...new Set(all.map((e) => getComputedStyle(e).borderStyle))].sort());
  assert.deepEqual(borders, ["dashed", "solid"]);
});

test("it speaks the language of the page", async (t) => {
  const tab = await open(t, { edition: "zh-TW/", query: "?replay=rust.processes.52000" });
  await tab.click("[data-do=next]");
  await rest(tab);
  const text = await tab.$eval(".replay", (all) => [...all.querySelectorAll("label, button, .replay-way span, p:not(.replay-program p)")].map((e) => e.textContent)
    .concat([all, ...all.querySelectorAll("[aria-label]")].map((e) => e.ariaLabel)).join("\n"));
  for (const word of ["執行緒", "行程", "依序執行", "變化", "時"]) assert.ok(text.includes(word), word);
  assert.equal(text.match(/\b(threads?|process|time|waits|ended|play|work)\b/i), null);
  const crowded = text.match(/.{0,9}(\p{Script=Han}[A-Za-z0-9,.:;(]|[A-Za-z0-9]\p{Script=Han}|[：，。；] ).{0,9}/u);
  assert.equal(crowded?.[0], undefined);
});

test("axe finds nothing to mend in any theme", async (t) => {
  const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const theme of THEMES) {
    const tab = await open(t, { theme, query: "?replay=rust.threads.30000" });
    await tab.evaluate(axe);
    const found = await tab.evaluate(() => window.axe.run({ include: [["time-replay"], [".replay-see"]] }));
    assert.deepEqual(found.violations.map((v) => `${theme} ${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), []);
    assert.ok(found.passes.length > 10);
  }
});

test("only the page that has it loads it, and it is small", () => {
  const loads = (page) => /theme\/time-replay/.test(fs.readFileSync(path.join(SITE, page), "utf8"));
  assert.ok(loads(PAGE) && loads(`zh-TW/${PAGE}`));
  for (const page of ["index.html", "programs/race_condition.html", "programs/what_things_cost.html"]) assert.ok(!loads(page), page);
  const size = (file) => zlib.gzipSync(fs.readFileSync(path.join(ROOT, file))).length;
  assert.ok(size("theme/time-replay.js") < 6 * 1024, `${size("theme/time-replay.js")} bytes of script`);
  assert.ok(size("theme/time-replay.css") < 2 * 1024, `${size("theme/time-replay.css")} bytes of style`);
  assert.ok(size("benches/replay.json") < 12 * 1024, `${size("benches/replay.json")} bytes of data`);
});
