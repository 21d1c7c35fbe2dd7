// The programs of the pages as a reader meets them, in Chromium, on a site that is built already:
// copying, folding, tabs, the keyboard, no JavaScript, a narrow screen, paper.
// SITE names its folder, CHROMIUM the browser if it is not /usr/bin/chromium.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const zlib = require("node:zlib");
const { chromium } = require("playwright-core");

const ROOT = path.join(__dirname, "../..");
const SITE = process.env.SITE || path.join(ROOT, "book");
const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };
const LONG = { page: "/programs/supervisor.html", name: "supervisor" };
const SHORT = { page: "/processes/multi_process.html", name: "multi_process" };
/** Every page of the site, from its folder on. */
const PAGES = fs.readdirSync(SITE, { recursive: true }).filter((name) => name.endsWith(".html") && !name.endsWith("toc.html"));

let server, browser, origin;

before(async () => {
  assert.ok(PAGES.length > 20, `no site in ${SITE}: cargo book build`);
  server = http.createServer((request, response) => {
    const name = decodeURI(new URL(request.url, "http://localhost").pathname);
    fs.readFile(path.join(SITE, path.normalize(name)), (error, bytes) => {
      response.writeHead(error ? 404 : 200, { "content-type": TYPES[path.extname(name)] || "application/octet-stream" });
      response.end(error ? "" : bytes);
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  origin = `http://127.0.0.1:${server.address().port}`;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** A page; an error in it or a request that leaves the site fails the test. */
async function open(t, page, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, reducedMotion: "reduce", ...options });
  t.after(() => context.close());
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  const faults = [];
  const tab = await context.newPage();
  tab.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  tab.on("pageerror", (error) => faults.push(error.message));
  tab.on("request", (request) => {
    if (!request.url().startsWith(origin)) faults.push(`a request to ${request.url()}`);
  });
  t.after(() => assert.deepEqual(faults, []));
  await tab.goto(origin + page);
  return tab;
}

const file = (name) => fs.readFileSync(path.join(ROOT, name), "utf8").trimEnd();
const clipboard = (tab) => tab.evaluate(() => navigator.clipboard.readText());
const program = (tab, name) => tab.locator(".program").filter({ has: tab.locator(".program-file", { hasText: name }) });
const seen = (tab, selector) => tab.locator(selector).evaluateAll((all) => all.filter((e) => e.checkVisibility()).length);

for (const { page, name } of [LONG, SHORT]) {
  test(`copying gives exactly the program: ${name}`, async (t) => {
    const tab = await open(t, page);
    for (const [label, source, command] of [
      ["Rust", `examples/${name}.rs`, /^cargo run --example /],
      ["Python", `examples/python/${name}.py`, /^python3 examples\/python\//],
    ]) {
      await tab.getByRole("radio", { name: label }).first().check();
      const shown = program(tab, source);
      await shown.locator("pre .book-copy").click();
      assert.equal((await clipboard(tab)).trimEnd(), file(source));
      assert.equal(await tab.locator(".book-said").textContent(), "Copied");
      await shown.locator(".program-run .book-copy").click();
      const copied = await clipboard(tab);
      assert.match(copied, command);
      if (label === "Rust") assert.ok(file(source).includes(`\`${copied}\``), copied);
      else assert.ok(fs.existsSync(path.join(ROOT, copied.split(" ")[1])), copied);
    }
  });
}

test("copying from an output gives its command, without prompt and label", async (t) => {
  const tab = await open(t, SHORT.page);
  await tab.locator("pre:has(> .language-console) .book-copy").first().click();
  assert.equal(await clipboard(tab), "cargo run -q --example multi_process\n");
});

test("copying leaves out what mdBook hides, until it is shown", async (t) => {
  const tab = await open(t, "/programs/shared_memory.html");
  const part = program(tab, "mp/shared.rs").filter({ has: tab.locator(".boring") }).first();
  await part.locator(".book-copy").click();
  const short = await clipboard(tab);
  assert.match(short, /mmap_anonymous/);
  assert.doesNotMatch(short, /fn main/);
  await part.locator(".buttons button").click();
  await part.locator(".book-copy").click();
  assert.match(await clipboard(tab), /fn main/);
});

test("copying works without the browser's clipboard, and a failure is told", async (t) => {
  const tab = await open(t, SHORT.page);
  await tab.evaluate(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
    document.addEventListener("copy", () => (window.taken = document.activeElement.value ?? ""));
  });
  const button = program(tab, "multi_process.rs").locator("pre .book-copy");
  await button.click();
  assert.equal(await button.textContent(), "Copied");
  assert.equal((await tab.evaluate(() => window.taken)).trimEnd(), file("examples/multi_process.rs"));
  await tab.evaluate(() => {
    document.execCommand = () => false;
  });
  await button.click();
  assert.equal(await button.textContent(), "Not copied");
});

test("the words are those of the page's language", async (t) => {
  const tab = await open(t, `/zh-TW${LONG.page}`);
  assert.equal(await tab.locator("pre .book-copy").first().textContent(), "複製");
  const label = (selector) => tab.$eval(selector, (e) => getComputedStyle(e, "::before").content);
  assert.equal(await label("pre:has(> .language-console)"), '"輸出"');
  assert.equal(await label("pre:has(> .language-rust):not(.program pre)"), '"Rust"');
  assert.match(await label(".fold-mark"), /行/);
});

test("a long program folds to a part and unfolds by the keyboard", async (t) => {
  const tab = await open(t, LONG.page);
  const shown = program(tab, "examples/supervisor.rs");
  const lines = () => shown.locator("pre > code").evaluate((code) => code.innerText.trimEnd().split("\n").length);
  const all = file("examples/supervisor.rs").split("\n").length;
  const folded = await lines();
  assert.ok(folded < all / 2, `${folded} of ${all} lines`);
  assert.ok(await shown.getByText("fn supervise(").isVisible());
  const more = shown.locator("summary");
  assert.equal((await more.textContent()).trim(), `The whole program, ${all} lines`);
  await more.focus();
  await tab.keyboard.press("Enter");
  assert.equal(await shown.locator("pre > code").evaluate((code) => code.innerText.trimEnd()), file("examples/supervisor.rs"));
  await tab.keyboard.press("Space");
  assert.equal(await lines(), folded);
  // A mark in the program unfolds it too.
  await shown.locator(".fold-mark").first().click();
  assert.ok((await lines()) >= all);
});

test("unfolding leaves the lines that are read where they are", async (t) => {
  const tab = await open(t, LONG.page);
  const shown = program(tab, "examples/supervisor.rs");
  const more = shown.locator("summary");
  const mark = shown.locator(".fold-mark").last();
  const frame = () => tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await more.scrollIntoViewIfNeeded();
  const before = (await mark.boundingBox()).y;
  await more.click();
  await frame();
  const after = await mark.evaluate((e) => e.getBoundingClientRect().top);
  assert.ok(Math.abs(after - before) < 30, `${before}, then ${after}`);
  await more.scrollIntoViewIfNeeded();
  const there = (await more.boundingBox()).y;
  await more.click();
  await frame();
  assert.ok(Math.abs((await more.boundingBox()).y - there) < 30);
});

test("what is folded is found in the page", async (t) => {
  const tab = await open(t, LONG.page);
  const shown = program(tab, "examples/supervisor.rs");
  await shown.locator(".fold").first().evaluate((fold) => fold.dispatchEvent(new Event("beforematch", { bubbles: true })));
  assert.equal(await shown.locator("details").evaluate((more) => more.open), true);
  await tab.waitForFunction(() => !document.querySelector(".twins-rust .fold[hidden]"));
  assert.equal(await tab.locator(".twins-python .fold[hidden]").count() > 0, true);
});

test("every long program has a part to see, and every program its file and command", async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  const tab = await context.newPage();
  let long = 0;
  for (const page of PAGES.filter((name) => !/print|404/.test(name))) {
    await tab.goto(`${origin}/${page}`);
    const wrong = await tab.$$eval(".program", (all) =>
      all
        .filter((program) => {
          const code = program.querySelector("pre > code");
          const more = program.querySelector(".program-more");
          const folded = [...code.querySelectorAll(".fold")].reduce((sum, fold) => sum + fold.textContent.length, 0);
          const whole = code.textContent.length;
          return !program.querySelector(".program-file code") || (more && (folded === 0 || folded > 0.97 * whole));
        })
        .map((program) => program.querySelector(".program-file")?.textContent),
    );
    assert.deepEqual(wrong, [], page);
    assert.equal(await tab.locator(".nav-wrapper a").count(), await tab.locator(".nav-wrapper .way-name").count(), page);
    long += await tab.locator(".program-more").count();
  }
  assert.ok(long > 20, `${long} long programs`);
});

test("the tabs are a choice of two by mouse and keyboard", async (t) => {
  const tab = await open(t, SHORT.page);
  assert.equal(await seen(tab, ".twins-rust"), 1);
  assert.equal(await seen(tab, ".twins-python"), 0);
  await tab.getByText("Python", { exact: true }).click();
  assert.equal(await seen(tab, ".twins-rust"), 0);
  await tab.keyboard.press("ArrowLeft");
  assert.equal(await seen(tab, ".twins-rust"), 1);
  assert.equal(await seen(tab, ".twins-python"), 0);
});

test("where there is room the twins stand side by side", async (t) => {
  const tab = await open(t, SHORT.page, { viewport: { width: 1920, height: 1000 } });
  const [rust, python] = await Promise.all([".twins-rust", ".twins-python"].map((side) => tab.locator(side).boundingBox()));
  assert.ok(Math.abs(rust.y - python.y) < 1 && python.x >= rust.x + rust.width, JSON.stringify({ rust, python }));
  assert.ok(await tab.getByRole("radio", { name: "Both" }).isChecked());
  const fits = await tab.$$eval(".twins pre > code", (all) => all.every((code) => code.scrollWidth <= code.clientWidth));
  assert.ok(fits, "a line of a program doesn't fit");
});

test("without JavaScript the tabs and the fold work, and all can be read", async (t) => {
  const tab = await open(t, LONG.page, { javaScriptEnabled: false });
  assert.equal(await tab.locator(".book-copy").count(), 0);
  await tab.getByText("Python", { exact: true }).click();
  const shown = program(tab, "examples/python/supervisor.py");
  await shown.locator("summary").click();
  assert.ok(await shown.getByText("def end_with_supervisor").isVisible());
});

test("on paper every program is whole, with no buttons", async (t) => {
  const tab = await open(t, LONG.page);
  await tab.emulateMedia({ media: "print" });
  const shown = program(tab, "examples/supervisor.rs");
  assert.equal(await shown.locator("pre > code").evaluate((code) => code.innerText.trimEnd()), file("examples/supervisor.rs"));
  assert.equal(await seen(tab, ".twins-python"), 1);
  assert.equal(await seen(tab, ".book-copy, .program-more, .twins-tabs, .buttons, .nav-wrapper"), 0);
  const background = await tab.$eval("pre:has(> .language-console)", (pre) => getComputedStyle(pre).backgroundColor);
  assert.match(background, /rgb\(255, 255, 255\)|rgba\(0, 0, 0, 0\)/);
});

test("the cover fills a screen and no more, and leads on", async (t) => {
  const tab = await open(t, "/index.html", { viewport: { width: 1280, height: 800 } });
  const bottom = await tab.$$eval("main > *", (all) => Math.max(...all.map((e) => e.getBoundingClientRect().bottom)));
  assert.ok(bottom <= 800, `${bottom} px`);
  assert.ok(await tab.locator("#fig-cover > svg").isVisible());
  await tab.locator(".cover-ways a").first().click();
  await tab.waitForURL("**/introduction.html");
  await tab.locator(".nav-wrapper a[rel~=next]").click();
  await tab.waitForURL("**/why/threads_and_processes.html");
});

test("our scripts are small, and none stands in an attribute", () => {
  const own = { "timeline-lab.js": 15, "schedule-explorer.js": 12, "time-replay.js": 6, "search.js": 10, "reader.js": 4, "questions.js": 4, "run.js": 8 };
  const all = fs.readdirSync(path.join(ROOT, "theme")).filter((name) => name.endsWith(".js"));
  const size = (name) => zlib.gzipSync(fs.readFileSync(path.join(ROOT, "theme", name))).length;
  for (const [name, kilobytes] of Object.entries(own)) assert.ok(size(name) < kilobytes * 1024, `${name}: ${size(name)} bytes`);
  const rest = all.filter((name) => !own[name]).reduce((sum, name) => sum + size(name), 0);
  assert.ok(rest < 6 * 1024, `${rest} bytes beside these`);
  const handlers = PAGES.filter((page) => /<[a-z][^<>]*\son[a-z]+=/.test(fs.readFileSync(path.join(SITE, page), "utf8")));
  assert.deepEqual(handlers, []);
});

test("on a phone a file's name stands in one line", async (t) => {
  for (const page of [LONG.page, "/programs/philosophers.html", "/why/threads_and_processes.html"]) {
    const tab = await open(t, page, { viewport: { width: 390, height: 844 } });
    const heads = await tab.evaluate(() =>
      [...document.querySelectorAll(".twins-rust .program-file code")].map((name) => [name.textContent, name.getClientRects().length]));
    assert.ok(heads.length > 0, page);
    assert.deepEqual(heads.filter(([, lines]) => lines > 1), [], page);
  }
});
