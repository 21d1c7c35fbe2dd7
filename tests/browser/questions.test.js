// Questions: each kind answered by keyboard and by touch, what is said of it, what stays in the browser and how it goes,
// and what there is without scripts, without storage and on paper.
// SITE names the folder of a site that is built already, CHROMIUM the browser if it is not /usr/bin/chromium.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const { THEMES, editions, faultsOf, launch, pages, read, serve } = require("../site/site.js");

let server, browser;
before(async () => {
  server = await serve({ under: "/book/" });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** One question of each kind, with its page. */
const ASKED = {
  one: ["processes/order.html", "ask-writer"],
  several: ["processes/cpu_count.html", "ask-affinity"],
  order: ["processes/order.html", "ask-lines-of-order"],
  number: ["processes/single_process.html", "ask-without-exit"],
};

/** A page, and a question of it; what goes wrong in it fails the test. */
async function open(t, [page, id], { edition = "", init, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, reducedMotion: "reduce", ...options });
  t.after(() => context.close());
  const tab = await context.newPage();
  const faults = faultsOf(tab, server.origin);
  t.after(() => assert.deepEqual(faults, []));
  if (init) await context.addInitScript(init);
  tab.to = (name) => tab.goto(`${server.origin}/${edition}${name}`);
  await tab.to(page);
  const ask = tab.locator(`#${id}`);
  return {
    tab,
    ask,
    said: () => ask.locator(".ask-said").evaluate((said) => [...said.children].map((part) => part.textContent).join("").trim()),
    state: () => ask.evaluate((each) => [each.dataset.state ?? null, each.querySelector("details").open]),
  };
}

const right = (ask) => ask.locator(".ask-choice[data-right] input");
const wrong = (ask) => ask.locator(".ask-choice:not([data-right]) input");
const answers = (tab) => tab.evaluate(() => JSON.parse(localStorage.getItem("book-answers")));

/** The order of the lines as they stand, and whether it keeps the pairs. */
const order = (ask) => ask.evaluate((each) => {
  const lines = [...each.querySelectorAll(".ask-line")].map((line) => line.dataset.at);
  return { lines, isRight: each.dataset.order.split(" ").every((pair) => lines.indexOf(pair[0]) < lines.indexOf(pair[2])) };
});

/** Puts lines in the order of the page: `press` presses the button that moves a line up. */
async function sort(ask, press) {
  for (let at = 0; ; at++) {
    const { lines } = await order(ask);
    if (at === lines.length) return;
    for (let now = lines.indexOf(String(at)); now > at; now--) await press(ask.locator(`.ask-line[data-at="${at}"] .ask-up`));
  }
}

for (const edition of ["", "zh-TW/"]) {
  const says = edition ? { right: "答對了。", wrong: "不對。" } : { right: "Right.", wrong: "Not so." };

  test(`${edition}: one choice by keyboard`, async (t) => {
    const { tab, ask, said, state } = await open(t, ASKED.one, { edition });
    assert.equal(await ask.locator(".ask-because").first().isVisible(), false);
    assert.equal(await ask.locator(".ask-mark").first().isVisible(), false);
    await ask.locator("input").first().focus();
    await tab.keyboard.press("Space");
    // Arrows go through the choices, as in every group of them.
    const at = await ask.locator(".ask-choice").evaluateAll((all) => all.findIndex((choice) => "right" in choice.dataset));
    for (let i = 0; i < at; i++) await tab.keyboard.press("ArrowDown");
    await tab.keyboard.press("Enter");
    assert.equal(await said(), says.right);
    assert.deepEqual(await state(), ["right", true]);
    // Where the keyboard stands it goes on.
    assert.ok(await ask.locator(".ask-again").evaluate((button) => button === document.activeElement));
    await tab.keyboard.press("Enter");
    assert.deepEqual(await state(), [null, false]);
    assert.equal(await ask.locator("input:checked").count(), 0);
    assert.ok(await ask.locator("input").first().evaluate((input) => input === document.activeElement));
  });

  test(`${edition}: a wrong choice is told why, by touch`, async (t) => {
    const { ask, said, state } = await open(t, ASKED.one, { edition, hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } });
    await ask.locator(".ask-choice:not([data-right]) label").first().tap();
    await ask.locator(".ask-check").tap();
    const why = await ask.locator(".ask-choice:not([data-right]) .ask-because").first().textContent();
    assert.equal(await said(), `${says.wrong} ${why.trim()}`);
    assert.ok(await ask.locator(".ask-because").first().isVisible());
    assert.deepEqual(await state(), ["wrong", true]);
    assert.ok(await ask.locator("input").first().isDisabled());
  });

  test(`${edition}: several choices, all of them and no other`, async (t) => {
    const { tab, ask, said, state } = await open(t, ASKED.several, { edition });
    for (const input of await right(ask).all()) {
      await input.focus();
      await tab.keyboard.press("Space");
    }
    await tab.keyboard.press("Enter");
    assert.equal(await said(), says.right);
    await ask.locator(".ask-again").click();
    // One of the right ones alone is not the answer: the other is named.
    await right(ask).first().check();
    await ask.locator(".ask-check").click();
    const missed = (await right(ask).nth(1).evaluate((input) => input.parentElement.querySelector("code").textContent)).trim();
    assert.ok((await said()).startsWith(says.wrong) && (await said()).includes(missed), await said());
    await ask.locator(".ask-again").click();
    for (const input of await right(ask).all()) await input.check();
    await wrong(ask).first().check();
    await ask.locator(".ask-check").click();
    assert.deepEqual(await state(), ["wrong", true]);
  });

  test(`${edition}: lines are put in order by keyboard`, async (t) => {
    const { tab, ask, said, state } = await open(t, ASKED.order, { edition });
    assert.equal((await order(ask)).isRight, false);
    await sort(ask, async (button) => {
      await button.focus();
      await tab.keyboard.press("Enter");
      assert.ok(await button.evaluate((each) => each === document.activeElement), "the focus is lost");
      assert.match(await said(), edition ? /^task|^\d squared/ : /now \d of 4\.$/);
    });
    await ask.locator(".ask-check").focus();
    await tab.keyboard.press("Enter");
    assert.deepEqual([await said(), await state()], [says.right, ["right", true]]);
  });

  test(`${edition}: an order that is as right as that of the page is right, and a wrong one is told why, by touch`, async (t) => {
    const { ask, said, state } = await open(t, ASKED.order, { edition, hasTouch: true });
    await sort(ask, (button) => button.tap());
    await ask.locator(".ask-line .ask-down").first().tap();
    assert.deepEqual((await order(ask)).lines.slice(0, 2), ["1", "0"]);
    await ask.locator(".ask-check").tap();
    assert.deepEqual([await said(), await state()], [says.right, ["right", true]]);
    await ask.locator(".ask-again").tap();
    await sort(ask, (button) => button.tap());
    await ask.locator(".ask-line .ask-up").last().tap();
    await ask.locator(".ask-check").tap();
    assert.equal((await state())[0], "wrong");
    for (const line of ["0 squared is 0", "1 squared is 1"]) assert.ok((await said()).includes(line), await said());
  });

  test(`${edition}: a number`, async (t) => {
    const { tab, ask, said, state } = await open(t, ASKED.number, { edition });
    const field = ask.locator(".ask-number input");
    await field.focus();
    await tab.keyboard.type("nine");
    await tab.keyboard.press("Enter");
    assert.deepEqual(await state(), [null, false], "no number is no answer");
    for (const [typed, is] of [["6", "wrong"], ["9", "right"], ["９", "right"], ["9.0", "right"], ["-9", "wrong"]]) {
      await field.fill(typed);
      await field.press("Enter");
      assert.equal((await state())[0], is, typed);
      if (typed === "6") assert.equal(await said(), `${says.wrong} ${(await ask.locator(".ask-because").first().textContent()).trim()}`);
      await ask.locator(".ask-again").click();
    }
  });
}

test("any number of a range is right, its ends too", async (t) => {
  const { ask, state } = await open(t, ["programs/io_bound.html", "ask-ten-threads"]);
  for (const [typed, is] of [["94", "wrong"], ["95", "right"], ["100", "right"], ["130", "right"], ["131", "wrong"]]) {
    await ask.locator(".ask-number input").fill(typed);
    await ask.locator(".ask-check").click();
    assert.equal((await state())[0], is, typed);
    await ask.locator(".ask-again").click();
  }
});

test("nothing is judged before something is answered", async (t) => {
  const { tab, ask, said, state } = await open(t, ASKED.one);
  await ask.locator(".ask-check").click();
  assert.equal(await said(), "Choose an answer first.");
  assert.deepEqual([await state(), await answers(tab)], [[null, false], null]);
});

test("what was answered stays, in every language, is counted in the list, and goes", async (t) => {
  const { tab, ask, said, state } = await open(t, ASKED.one, { viewport: { width: 1400, height: 900 } });
  const [page, id] = ASKED.one;
  const counts = () => tab.$$eval("#mdbook-sidebar .answered", (all) => all.map((mark) => [mark.parentElement.getAttribute("href").replace(/.*\.\.\//, ""), mark.textContent]));
  assert.deepEqual(await counts(), []);
  await right(ask).check();
  await ask.locator(".ask-check").click();
  assert.deepEqual(await counts(), [[page, "1/2"]]);
  assert.deepEqual(await answers(tab), { [page]: { of: 2, given: { [id]: [true, [2]] } } });
  assert.match(await tab.$eval("#mdbook-sidebar .answered", (mark) => mark.getAttribute("aria-label")), /1 of 2/);
  for (const edition of ["", "zh-TW/"]) {
    await tab.to(edition + page);
    assert.deepEqual(await state(), ["right", false], "it stands there and stays folded");
    assert.ok(await right(ask).isChecked());
    assert.equal(await said(), edition ? "答對了。" : "Right.");
    assert.deepEqual(await counts(), [[page, "1/2"]]);
  }
  // On the page of the part it is the same question.
  await tab.to("processes/questions.html");
  const part = tab.locator(`#part-${id}`);
  assert.equal(await part.getAttribute("data-state"), "right");
  const number = tab.locator("#part-ask-without-exit");
  await number.locator(".ask-number input").fill("6");
  await number.locator(".ask-check").click();
  assert.deepEqual(await counts(), [["processes/single_process.html", "0/2"], [page, "1/2"]]);
  await tab.to(page);
  await ask.locator(".ask-again").click();
  assert.deepEqual(await counts(), [["processes/single_process.html", "0/2"]]);
  await tab.to("processes/questions.html");
  await tab.locator(".ask-clear button").click();
  assert.equal(await tab.locator(".ask-clear [role=status]").textContent(), "Forgotten.");
  assert.deepEqual([await counts(), await answers(tab)], [[], {}]);
  assert.equal(await tab.locator(".ask[data-state]").count(), 0);
});

test("what another part was answered stays when one is cleared", async (t) => {
  const { tab } = await open(t, ["processes/questions.html", "x"], {
    init: () => localStorage.setItem("book-answers", JSON.stringify({ "why/how_time_goes.html": { of: 2, given: { "ask-two-cores": [true, [2]] } }, "processes/order.html": { of: 2, given: {} } })),
  });
  await tab.locator(".ask-clear button").click();
  assert.deepEqual(Object.keys(await answers(tab)), ["why/how_time_goes.html"]);
});

test("what is kept may be broken, or forbidden", async (t) => {
  for (const kept of ["{", "7", "[]", '{"processes/order.html": 3}', '{"processes/order.html": {"of": 2, "given": {"ask-writer": 1}}}', '{"processes/order.html": {"of": 2, "given": 1}}']) {
    const { ask, state } = await open(t, ASKED.one, { init: `localStorage.setItem("book-answers", ${JSON.stringify(kept)})` });
    await right(ask).check();
    await ask.locator(".ask-check").click();
    assert.deepEqual(await state(), ["right", true], kept);
  }
  const init = () => Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("no", "SecurityError"); } });
  const { ask, state } = await open(t, ASKED.one, { init });
  await right(ask).check();
  await ask.locator(".ask-check").click();
  assert.deepEqual(await state(), ["right", true]);
});

test("without scripts there are the question, the choices, and the answer folded", async (t) => {
  for (const asked of Object.values(ASKED)) {
    const { ask } = await open(t, asked, { javaScriptEnabled: false });
    assert.equal(await ask.locator(":is(input, button)").filter({ visible: true }).count(), 0);
    assert.ok(await ask.locator(".ask-question").isVisible());
    assert.equal(await ask.locator("details > :not(summary)").first().isVisible(), false);
    await ask.locator("summary").click();
    assert.ok(await ask.locator("details > :not(summary)").first().isVisible());
    if (await ask.locator(".ask-mark").count()) assert.ok(await ask.locator(".ask-mark").first().isVisible());
  }
});

test("on paper there are the choices, what is right and why, and the answer", async (t) => {
  for (const asked of Object.values(ASKED)) {
    const { tab, ask } = await open(t, asked);
    await tab.emulateMedia({ media: "print" });
    assert.equal(await ask.locator(":is(input, button)").filter({ visible: true }).count(), 0);
    assert.ok(await ask.locator("details > :not(summary)").last().isVisible());
    if (await ask.locator(".ask-mark").count()) assert.ok(await ask.locator(".ask-mark").first().isVisible());
  }
  // The page of a part is a sheet of questions: the answers stand with their sections.
  const { tab } = await open(t, ["processes/questions.html", "part-ask-writer"]);
  await tab.emulateMedia({ media: "print" });
  assert.equal(await tab.locator(".ask-part details").filter({ visible: true }).count(), 0);
  assert.ok(await tab.locator(".ask-part .ask-question").first().isVisible());
});

test("the page of a part has all questions of its sections, in both editions", () => {
  for (const edition of editions()) {
    let all = 0;
    for (const part of ["why", "processes", "programs", "earnest"]) {
      const ids = (name) => [...read(name).matchAll(/<div class="ask" id="([^"]+)"/g)].map(([, id]) => id);
      const own = pages().filter((name) => name.startsWith(`${edition}${part}/`) && !name.endsWith("questions.html"));
      const expected = own.flatMap(ids).map((id) => `part-${id}`).sort();
      assert.deepEqual(ids(`${edition}${part}/questions.html`).sort(), expected, edition + part);
      all += expected.length;
    }
    assert.ok(all >= 66, `${all} questions`);
  }
});

test("only a page that asks loads what judges", () => {
  for (const name of pages()) {
    const asks = /class="ask"/.test(read(name)) && !name.endsWith("print.html");
    assert.equal(/theme\/questions-?\w*\.js/.test(read(name)), asks, name);
  }
});

test("axe finds nothing, asked and answered, in any theme, in forced colours, on a phone", async (t) => {
  const axe = require.resolve("axe-core/axe.min.js");
  for (const [theme, forced, width] of [...THEMES.map((theme) => [theme, "none", 1000]), ["light", "active", 1000], ["light", "none", 360]]) {
    for (const asked of [ASKED.one, ASKED.order, ASKED.number, ASKED.several]) {
      const { tab, ask, state } = await open(t, asked, {
        bypassCSP: true, forcedColors: forced, viewport: { width, height: 800 },
        init: `localStorage.setItem("mdbook-theme", ${JSON.stringify(theme)})`,
      });
      await tab.addScriptTag({ path: axe });
      const violations = () => tab.evaluate(async () => {
        const { violations } = await axe.run(".ask", { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"], rules: { region: { enabled: false } } });
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)} ${nodes[0].failureSummary}`);
      });
      const where = `${theme} ${forced} ${width} ${asked[1]}`;
      assert.deepEqual(await violations(), [], where);
      const input = ask.locator(".ask-choice input, .ask-number input").first();
      if (await input.count()) await (asked === ASKED.number ? input.fill("6") : input.check());
      await ask.locator(".ask-check").click();
      assert.ok((await state())[1]);
      assert.deepEqual(await violations(), [], `${where}, answered`);
      assert.ok((await tab.evaluate(() => document.documentElement.scrollWidth)) <= width, where);
    }
  }
});

test("nothing moves when answers come back", async (t) => {
  const { tab } = await open(t, ASKED.one, {
    init: () => {
      localStorage.setItem("book-answers", JSON.stringify({ "processes/order.html": { of: 2, given: { "ask-writer": [false, [0]], "ask-lines-of-order": [true, [0, 1, 2, 3]] } } }));
      window.moved = [];
      new PerformanceObserver((seen) => window.moved.push(...seen.getEntries().map(({ value }) => value))).observe({ type: "layout-shift", buffered: true });
    },
  });
  await tab.locator("#ask-writer").scrollIntoViewIfNeeded();
  await tab.reload();
  await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200))));
  assert.ok((await tab.evaluate(() => window.moved.reduce((sum, value) => sum + value, 0))) < 0.001);
});
