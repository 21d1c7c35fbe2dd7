// Lighthouse on representative pages of each edition, with its settings for a phone on a slow line.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { spawn } = require("node:child_process");
const { CHROMIUM, FLAGS, SAMPLE, SITE, URL: ADDRESS, editions, serve } = require("./site.js");

const LEAST = { performance: 95, accessibility: 100, "best-practices": 100, seo: 100 };
const port = 9000 + (process.pid % 1000);

let server, chrome, profile, lighthouse;

before(async () => {
  // Pages name their own address, which Lighthouse follows.
  server = await serve({ port: Number(new URL(ADDRESS).port) });
  profile = fs.mkdtempSync(path.join(os.tmpdir(), "lighthouse-"));
  chrome = spawn(CHROMIUM, ["--headless", ...FLAGS, `--remote-debugging-port=${port}`, `--user-data-dir=${profile}`, "about:blank"], { stdio: "ignore" });
  for (let i = 0; ; i++) {
    if (await fetch(`http://127.0.0.1:${port}/json/version`).then(() => true, () => false)) break;
    assert.ok(i < 100, "the browser does not answer");
    await new Promise((done) => setTimeout(done, 200));
  }
  // `import` doesn't look into NODE_PATH, `require` does.
  lighthouse = (await import(require.resolve("lighthouse"))).default;
});

after(async () => {
  server?.close();
  if (chrome) {
    const ended = new Promise((done) => chrome.once("exit", done));
    chrome.kill();
    await ended;
  }
  if (profile) fs.rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
});

/** The scores of a page, and what costs points. */
async function audit(name) {
  const { lhr } = await lighthouse(`${server.origin}/${name}`, { port, logLevel: "silent", onlyCategories: Object.keys(LEAST) });
  assert.equal(lhr.runtimeError, undefined, lhr.runtimeError?.message);
  const scores = Object.fromEntries(Object.entries(lhr.categories).map(([id, category]) => [id, Math.round(category.score * 100)]));
  const lost = Object.values(lhr.categories).flatMap((category) => category.auditRefs)
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1)
    .map(({ id }) => {
      const { title, displayValue = "", details } = lhr.audits[id];
      const items = (details?.items || []).slice(0, 5).map((item) => item.node?.snippet || item.value || item.url || "").join("\n    ");
      return `  ${title} ${displayValue}\n    ${items}`;
    });
  return { scores, lost };
}

const enough = (scores) => Object.entries(LEAST).every(([id, least]) => scores[id] >= least);

/** How long the main thread may be held in all while a page comes, on a phone as Lighthouse has it, in ms. */
const HELD = 200; // what Lighthouse calls good
const HEAVY = ["why/how_time_goes.html", "appendix/python_to_rust.html"];

for (const page of HEAVY) {
  test(`${page} holds the main thread for ${HELD} ms at most`, async () => {
    let held = Infinity;
    for (let i = 0; i < 3 && held > HELD; i++) {
      const { lhr } = await lighthouse(`${server.origin}/${page}`, { port, logLevel: "silent", onlyAudits: ["total-blocking-time"] });
      assert.equal(lhr.runtimeError, undefined, lhr.runtimeError?.message);
      held = Math.min(held, lhr.audits["total-blocking-time"].numericValue);
    }
    console.log(`${page}: the main thread is held for ${Math.round(held)} ms`);
    assert.ok(held <= HELD, `${held} ms`);
  });
}

for (const edition of editions()) {
  for (const page of SAMPLE) {
    test(`${edition}${page}`, async () => {
      assert.ok(fs.existsSync(path.join(SITE, edition, page)), "the page is gone: name another one");
      let { scores, lost } = await audit(edition + page);
      // On a busy machine the browser's own time counts for the page's: the best of three holds.
      for (let i = 0; i < 2 && !enough(scores); i++) {
        const again = await audit(edition + page);
        if (again.scores.performance >= scores.performance) ({ scores, lost } = again);
      }
      console.log(`${edition}${page}: ${Object.values(scores).join(" ")}`);
      assert.ok(enough(scores), `${JSON.stringify(scores)}\n${lost.join("\n")}`);
    });
  }
}
