// The Content-Security-Policy: it is there on every page, and it does stop what it must stop.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const { editions, everything, files, launch, read, serve } = require("./site.js");

let server, browser;
before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

test("every page has a policy that allows no script by its place alone", () => {
  for (const name of everything()) {
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(read(name))?.[1];
    assert.ok(policy, `${name} has no policy`);
    const scripts = /script-src ([^;]*)/.exec(policy)[1].split(" ");
    for (const source of scripts) assert.match(source, /^('self'|'sha256-[A-Za-z0-9+/]{43}=')$/, name);
    assert.match(policy, /default-src 'none'/, name);
    assert.ok(read(name).indexOf("Content-Security-Policy") < read(name).search(/<script|<link/), `${name}: the policy comes late`);
  }
});

/** What the policy must stop: each sets `window.ran` or makes a request. */
const ATTACKS = {
  "an inline script": () => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
  },
  "a handler in an attribute": () => {
    document.body.insertAdjacentHTML("beforeend", '<button id="bait" onclick="window.ran = true">x</button>');
    document.getElementById("bait").click();
  },
  "text that is run": () => setTimeout("window.ran = true", 0),
  "a javascript: link": () => {
    document.body.insertAdjacentHTML("beforeend", '<a id="bait" href="javascript:window.ran = true">x</a>');
    document.getElementById("bait").click();
  },
  "a script from another host": () => {
    const script = document.createElement("script");
    script.src = "http://127.0.0.2/evil.js";
    document.body.append(script);
  },
  "a picture from another host": () => document.body.insertAdjacentHTML("beforeend", '<img src="http://127.0.0.2/a.png">'),
  "a request to another host": () => fetch("http://127.0.0.2/").catch(() => {}),
  "a frame of another host": () => document.body.insertAdjacentHTML("beforeend", '<iframe src="http://127.0.0.2/"></iframe>'),
};

for (const edition of editions()) {
  for (const [what, attack] of Object.entries(ATTACKS)) {
    test(`${edition}index.html: ${what} is stopped`, async (t) => {
      const tab = await browser.newPage();
      t.after(() => tab.close());
      const asked = [];
      tab.on("requestfailed", (request) => asked.push(request.failure().errorText));
      await tab.addInitScript(() => {
        window.stopped = [];
        document.addEventListener("securitypolicyviolation", (event) => window.stopped.push(event.effectiveDirective));
      });
      await tab.goto(`${server.origin}/${edition}index.html`);
      assert.deepEqual(await tab.evaluate(() => window.stopped), [], "the page itself is against its policy");
      await tab.evaluate(attack);
      await tab.waitForFunction(() => window.stopped.length > 0, null, { timeout: 5000 });
      assert.equal(await tab.evaluate(() => window.ran), undefined);
      assert.ok(asked.every((why) => why === "csp"), `left the browser: ${asked}`);
    });
  }
}

test("nothing of it runs a program: no button, no script, no request", async (t) => {
  for (const name of everything()) assert.doesNotMatch(read(name), /book-run|run-[0-9a-f]{8}\.(js|css)|run-open|\/\.run/, name);
  const ours = [...files(".js"), ...files(".css")];
  assert.deepEqual(ours.filter((name) => /(^|\/)run[-.]/.test(name)), []);
  for (const name of ours) assert.doesNotMatch(read(name), /book-run|\/\.run/i, name);
  for (const edition of editions()) {
    const tab = await browser.newPage();
    t.after(() => tab.close());
    const asked = [];
    tab.on("request", (request) => asked.push(request.url()));
    await tab.goto(`${server.origin}/${edition}processes/multi_process.html`, { waitUntil: "load" });
    assert.ok(await tab.locator(".program-run").count() > 0);
    assert.equal(await tab.locator(".run-open, .run").count(), 0);
    assert.deepEqual(asked.filter((url) => /\/\.|\/run[-.]/.test(url.slice(server.origin.length))), []);
  }
});
