// Run it here, in Chromium: programs of the book are run from their pages, and their processes stopped and killed. The
// server is `cargo book` itself, and the programs are built by it. BOOK names its program where it is built already.
// That a published site has none of it is for tests/site/policy.test.js.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { spawn } = require("node:child_process");
const { THEMES, faultsOf, launch } = require("../site/site.js");

const AXE = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const ROOT = path.join(__dirname, "../..");
/** Cargo may have to build the program first. */
const LONG = 300_000;

let book, origin, browser;
before(async () => {
  const [program, ...words] = process.env.BOOK ? [process.env.BOOK] : ["cargo", "book"];
  const env = { ...process.env, CARGO_MANIFEST_DIR: ROOT };
  // The programs run no faster than a browser can show them, also where it gets little of a busy machine.
  const command = ["-n", "10", program, ...words, "--no-open", "--port", "0"];
  book = spawn("nice", command, { cwd: ROOT, env, stdio: ["ignore", "pipe", "inherit"] });
  origin = await new Promise((found, failed) => {
    let said = "";
    book.once("exit", () => failed(new Error(`the server has ended: ${said}`)));
    book.stdout.on("data", (piece) => {
      const address = /the book is at (http:\S+)\//.exec((said += piece));
      if (address) found(address[1]);
    });
  });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  book?.kill("SIGTERM");
});

/** The panel of a program, when its options are known. What goes wrong on the page fails the test. */
async function open(t, page, file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 1000 }, reducedMotion: "reduce", ...options });
  t.after(() => context.close());
  const tab = await context.newPage();
  tab.setDefaultTimeout(LONG);
  const faults = faultsOf(tab, origin);
  t.after(() => assert.deepEqual(faults, []));
  await tab.goto(`${origin}/${page}`);
  if (file.endsWith(".py")) await tab.getByRole("radio", { name: "Python" }).first().check();
  const program = tab.locator(".program").filter({ has: tab.locator(".program-file", { hasText: file }) });
  const opener = program.locator(".run-open");
  await opener.focus();
  await tab.keyboard.press("Enter");
  const panel = tab.locator(".run");
  await panel.locator(".run-start").waitFor();
  const status = () => panel.locator(".run-status").textContent();
  const output = () => panel.locator(".run-out").textContent();
  const over = () => panel.locator('.run-start:not([disabled])').waitFor();
  return { tab, opener, panel, status, output, over };
}

/** The processes of a panel as they are shown. */
const shown = (panel) => panel.locator(".run-tree li").evaluateAll((all) =>
  all.map((item) => ({
    pid: item.querySelector(".run-name code").textContent,
    state: item.dataset.state,
    facts: item.querySelector(".run-facts").textContent,
    depth: item.closest(".run-tree") === item.parentElement ? 0 : 1,
  })));

/** A process below the first one that has used the processor and is still there. */
async function worker(panel) {
  for (;;) {
    const found = (await shown(panel)).find(({ depth, state, facts }) => depth && /runs|waits/.test(state) && /CPU (\d{2,} ms|[\d.]+ s)/.test(facts));
    if (found) return found;
    assert.equal(await panel.locator(".run-start").isDisabled(), true, "it was over before a worker was found");
    await new Promise((done) => setTimeout(done, 50));
  }
}

const item = (panel, pid) => panel.locator(".run-tree li").filter({ has: panel.page().locator(`code:text-is("${pid}")`) }).last();
const state = (panel, pid, wanted) => panel.page().waitForFunction(
  ([pid, wanted]) => [...document.querySelectorAll(".run-tree li")].some((item) =>
    item.querySelector(".run-name code").textContent === pid && wanted.includes(item.dataset.state)), [pid, wanted]);

test("multi_process with eight, by the keyboard alone", async (t) => {
  const { tab, opener, panel, status, output, over } = await open(t, "processes/multi_process.html", "multi_process.rs");
  // Who waited for the build stands in the first field.
  assert.equal(await tab.evaluate(() => document.activeElement.name), "processes");
  await tab.keyboard.press("ControlOrMeta+a");
  await tab.keyboard.type("8");
  await tab.keyboard.press("Enter");
  await over();
  assert.match(await status(), /exit code 0; processes in all: 9\./);
  const lines = (await output()).trimEnd().split("\n");
  assert.deepEqual(lines.filter((line) => /has ended/.test(line)), [...Array(8).keys()].map((i) => `process ${i} has ended, exit status: 0`));
  const all = await shown(panel);
  assert.deepEqual(all.map(({ state, depth }) => [state, depth]), [["ended", 0], ...Array(8).fill(["ended", 1])]);
  // Its timeline stands under the printed one.
  const line = tab.locator("#fig-multi-process + .run-timeline");
  assert.equal(await line.locator(".run-lives").count(), 9);
  assert.match(await line.locator("desc").textContent(), new RegExp(`^${all[0].pid} multi_process`));
  await panel.getByRole("button", { name: "Close" }).click();
  assert.equal(await panel.count() + await line.count(), 0);
  assert.equal(await opener.evaluate((opener) => opener === document.activeElement && opener.getAttribute("aria-expanded")), "false");
});

test("a number out of range is not sent", async (t) => {
  const { tab, panel, status } = await open(t, "processes/multi_process.html", "multi_process.rs");
  const asked = [];
  tab.on("request", (request) => request.url().endsWith("/.run") && asked.push(request.url()));
  await panel.locator("input").fill("1001");
  await panel.locator(".run-start").click();
  assert.equal(await panel.locator("input:invalid").count(), 1);
  assert.deepEqual(asked, []);
  assert.equal(await status(), "Choose, then start it.");
});

test("supervisor: a worker is killed, and the program makes up for it", async (t) => {
  const { panel, status, output, over } = await open(t, "programs/supervisor.html", "supervisor.rs");
  await panel.locator('input[name="limit"]').fill("10000000");
  await panel.locator(".run-start").click();
  // Some of its workers end by a fault of their own, and may do so before they are killed: then the next one is.
  const kill = async () => {
    const { pid } = await worker(panel);
    const asked = await panel.getByRole("button", { name: `Kill ${pid}`, exact: true }).click({ timeout: 1000 }).then(() => true, () => false);
    if (!asked) return false;
    await state(panel, pid, ["ended", "zombie"]);
    return /ended by SIGKILL/.test(await item(panel, pid).locator(".run-facts").first().textContent());
  };
  while (!(await kill()));
  await over();
  assert.match(await status(), /exit code 0/);
  assert.match(await output(), /signal: 9 \(SIGKILL\); again in/);
  assert.match(await output(), /\d+ happy numbers up to 10000000\n$/);
});

test("work_queue: a consumer is stopped, and goes on", async (t) => {
  const { panel, status, output, over } = await open(t, "programs/work_queue.html", "work_queue.rs");
  await panel.locator('input[name="size"]').fill("14");
  await panel.locator(".run-start").click();
  const { pid } = await worker(panel);
  const button = (name) => panel.getByRole("button", { name: `${name} ${pid}`, exact: true });
  await button("Stop").focus();
  await panel.page().keyboard.press("Enter");
  await state(panel, pid, ["stopped"]);
  assert.match(await item(panel, pid).locator(".run-facts").first().textContent(), /stopped/);
  // A look later it still is.
  await new Promise((done) => setTimeout(done, 500));
  await state(panel, pid, ["stopped"]);
  await button("Continue").click();
  await state(panel, pid, ["runs", "waits", "ended", "zombie"]);
  await over();
  assert.match(await status(), /exit code 0/);
  assert.match(await output(), /without a result: 0 of \d+ tasks\n365596 solutions for 14 queens\n$/);
  assert.ok(await panel.page().locator(".run-timeline .run-stop").count() >= 1);
});

test("a twin runs, and the run is ended from its panel", async (t) => {
  const { panel, status, over } = await open(t, "programs/work_queue.html", "work_queue.py");
  await panel.locator(".run-start").click();
  await worker(panel);
  await panel.locator(".run-end").click();
  await over();
  assert.match(await status(), /^You have ended it\./);
  assert.ok((await shown(panel)).every(({ state }) => state === "ended"));
});

test("one run on a page, and the page that is left ends it", async (t) => {
  const { tab, panel } = await open(t, "programs/work_queue.html", "work_queue.rs");
  await panel.locator('input[name="size"]').fill("14");
  await panel.locator(".run-start").click();
  const { pid } = await worker(panel);
  const lives = () => {
    try {
      return !/\) [ZX]/.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return false;
    }
  };
  assert.ok(lives());
  await tab.goto(`${origin}/index.html`);
  while (lives()) await new Promise((done) => setTimeout(done, 20));
});

for (const [edition, words] of [["", { start: "Start", over: /^It is over after/ }], ["zh-TW/", { start: "開始", over: /^執行在 .* 後結束/ }]]) {
  test(`${edition || "en"}: readable in every theme and with forced colours`, async (t) => {
    const { tab, panel, status, over } = await open(t, `${edition}processes/multi_process.html`, "multi_process.rs");
    assert.equal(await panel.locator(".run-start").textContent(), words.start);
    await panel.locator(".run-start").click();
    await over();
    assert.match(await status(), words.over);
    await tab.evaluate(AXE);
    const faults = [];
    const look = async (what) => {
      const found = await tab.evaluate(async () => (await window.axe.run(".run, .run-open, .run-timeline", { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } })).violations);
      faults.push(...found.map(({ id, nodes }) => `${what}: ${id}: ${nodes[0].html.slice(0, 200)}`));
    };
    for (const theme of THEMES) {
      await tab.evaluate((id) => document.getElementById(id).click(), `mdbook-theme-${theme}`);
      await look(theme);
    }
    await tab.emulateMedia({ forcedColors: "active" });
    await look("forced colours");
    assert.deepEqual(faults, []);
  });

  test(`${edition || "en"}: nothing sticks out on a phone`, async (t) => {
    const { tab, panel, over } = await open(t, `${edition}processes/multi_process.html`, "multi_process.rs", { viewport: { width: 390, height: 844 } });
    await panel.locator(".run-start").click();
    await over();
    for (const width of [390, 320]) {
      await tab.setViewportSize({ width, height: 844 });
      const wide = await panel.evaluate((panel) => [panel, ...panel.querySelectorAll("*:not(pre *, svg *)")]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.className));
      assert.deepEqual(wide, [], `${width} pixels`);
    }
  });
}
