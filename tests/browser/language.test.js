// The link to the other language, in Chromium, on a site that is built already, below a folder of a host.
// SITE names its folder, CHROMIUM the browser if it is not /usr/bin/chromium.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");
const { chromium } = require("playwright-core");

const SITE = process.env.SITE || path.join(__dirname, "../../book");
const BELOW = "/some/folder";
const PAGE = "/processes/pool.html";
const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };

let server, browser, origin;

before(async () => {
  assert.ok(fs.existsSync(path.join(SITE, "zh-TW", PAGE)), `no Chinese edition in ${SITE}: cargo book build`);
  server = http.createServer((request, response) => {
    const name = decodeURI(new URL(request.url, "http://localhost").pathname);
    const inside = name.startsWith(BELOW) ? name.slice(BELOW.length) : "/nothing";
    fs.readFile(path.join(SITE, path.normalize(inside)), (error, bytes) => {
      response.writeHead(error ? 404 : 200, { "content-type": TYPES[path.extname(name)] || "application/octet-stream" });
      response.end(error ? "" : bytes);
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  origin = `http://127.0.0.1:${server.address().port}${BELOW}`;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
  });
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** A page of the site for a reader with these languages. */
async function open(t, page, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 700 }, reducedMotion: "reduce", ...options });
  t.after(() => context.close());
  const faults = [];
  const tab = await context.newPage();
  tab.on("pageerror", (error) => faults.push(error.message));
  t.after(() => assert.deepEqual(faults, []));
  await tab.goto(origin + page);
  return tab;
}

const language = (tab) => tab.getAttribute("html", "lang");

test("the link leads to the same page in the other language, and back", async (t) => {
  const tab = await open(t, PAGE);
  assert.equal(await language(tab), "en");
  await tab.click("text=中文");
  await tab.waitForURL(`${origin}/zh-TW${PAGE}`);
  assert.equal(await language(tab), "zh-TW");
  await tab.click("a.language");
  await tab.waitForURL(origin + PAGE);
  assert.equal(await language(tab), "en");
});

test("the link leads to the heading that the address names", async (t) => {
  const tab = await open(t, `${PAGE}#what-surprises`);
  await tab.click("a.language");
  await tab.waitForURL(`${origin}/zh-TW${PAGE}#what-surprises`);
  const box = await tab.locator("#what-surprises").boundingBox();
  assert.ok(box.y > -1 && box.y < 700, `the heading stands at ${box.y}`);
});

test("the link leads to the heading that is being read", async (t) => {
  const tab = await open(t, PAGE);
  await tab.evaluate(() => document.getElementById("what-happened").scrollIntoView({ behavior: "instant" }));
  await tab.evaluate(() => scrollBy({ top: 150, behavior: "instant" }));
  // The menu bar comes back when the reader scrolls up a little.
  await tab.evaluate(() => scrollBy({ top: -30, behavior: "instant" }));
  await tab.focus("a.language");
  await tab.keyboard.press("Enter");
  await tab.waitForURL(`${origin}/zh-TW${PAGE}#what-happened`);
});

test("a heading that the address named and that is out of sight is not kept", async (t) => {
  const tab = await open(t, `${PAGE}#what-surprises`);
  await tab.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  await tab.click("a.language");
  await tab.waitForURL(`${origin}/zh-TW${PAGE}`);
});

test("without scripts the link leads to the page", async (t) => {
  const tab = await open(t, `${PAGE}#what-surprises`, { javaScriptEnabled: false });
  await tab.click("a.language");
  await tab.waitForURL(`${origin}/zh-TW${PAGE}`);
  assert.equal(await language(tab), "zh-TW");
});

test("nobody is sent to another language", async (t) => {
  for (const [page, own] of [[PAGE, "en"], [`/zh-TW${PAGE}`, "zh-TW"], ["/index.html", "en"]]) {
    for (const locale of ["zh-TW", "en-US"]) {
      const tab = await open(t, page, { locale });
      await tab.waitForTimeout(200);
      assert.equal(tab.url(), origin + page);
      assert.equal(await language(tab), own);
    }
  }
});
