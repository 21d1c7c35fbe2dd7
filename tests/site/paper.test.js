// The pages on paper, and for those whom movement makes ill.
"use strict";
const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const { each, editions, launch, pages, serve, told, SAMPLE, base } = require("./site.js");

let server, browser;
before(async () => {
  server = await serve();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** What paper has no use for, or cuts off. The window is as wide as the paper between its margins. */
function onPaper() {
  const faults = [];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  for (const element of document.querySelectorAll("body *")) {
    if (!seen(element) || element.closest("svg *")) continue;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const name = `${element.tagName.toLowerCase()}.${element.className.baseVal ?? element.className}`;
    if (element.matches("button, nav, input, summary:not(.predict > *, .solution > *), #mdbook-sidebar, #mdbook-menu-bar, iframe") && box.height > 0) faults.push(`${name} is printed`);
    if (/fixed|sticky/.test(style.position) && box.height > 0) faults.push(`${name} lies over the text`);
    if (box.right > innerWidth + 1) faults.push(`${name} is cut off at ${Math.round(box.right)}`);
    const scrolls = /auto|scroll|hidden|clip/.test(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    if (scrolls && element.clientWidth > 1) faults.push(`${name} holds ${element.scrollWidth} in ${element.clientWidth}`);
  }
  for (const details of document.querySelectorAll("details.predict")) {
    // The page of a part asks once more, and answers on a screen only.
    if (details.closest(".ask-part")) continue;
    if (!seen(details.lastElementChild) || details.lastElementChild.getBoundingClientRect().height === 0) faults.push("an answer is not printed");
  }
  for (const details of document.querySelectorAll("details.solution")) {
    if (details.lastElementChild.getBoundingClientRect().height === 0) faults.push("a solution is not printed");
  }
  return faults;
}

/** Text that is not dark on light. */
function pale() {
  const light = (colour) => {
    // Either rgb(…) of 255, or color(srgb …) of 1, which a mixed colour is.
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return a === 0 ? 1 : (0.2126 * r + 0.7152 * g + 0.0722 * b) / (colour.startsWith("rgb") ? 255 : 1);
  };
  return [...document.querySelectorAll("main, main p, main li, main td, main th, main code, main pre, main h2, main figcaption, main summary, main pre .k")]
    .filter((element) => element.checkVisibility() && (light(getComputedStyle(element).color) > 0.45 || light(getComputedStyle(element).backgroundColor) < 0.8))
    .map((element) => `${element.tagName.toLowerCase()}.${element.className} is ${getComputedStyle(element).color} on ${getComputedStyle(element).backgroundColor}`);
}

test("every page is clean on paper, from a dark screen too", async () => {
  const faults = [];
  const make = () => browser.newContext({ viewport: { width: 672, height: 980 }, colorScheme: "dark", reducedMotion: "reduce" });
  await each(pages().filter((name) => base(name) !== "404.html"), make, async (name, context) => {
    const tab = await context.newPage();
    await tab.addInitScript(() => localStorage.setItem("mdbook-theme", "navy"));
    // print.html would open the browser's own window.
    await tab.addInitScript(() => (window.print = () => {}));
    await tab.goto(`${server.origin}/${name}`, { waitUntil: "load" });
    await tab.emulateMedia({ media: "print" });
    const own = [...(await tab.evaluate(onPaper)), ...(await tab.evaluate(pale))];
    await tab.close();
    faults.push(...[...new Set(own)].map((fault) => [name, fault]));
  });
  if (faults.length) assert.fail(told(faults));
});

/** Places where a page begins twice, with nothing between: an empty page. */
function emptyPages() {
  let seen = true;
  let empty = 0;
  for (const element of document.querySelector("main").children) {
    if (getComputedStyle(element).breakBefore === "page") {
      if (!seen) empty++;
      seen = false;
    }
    if (element.getBoundingClientRect().height > 0) seen = true;
  }
  return empty;
}

test("the whole book on paper has no empty pages", async () => {
  for (const edition of editions()) {
    const tab = await browser.newPage({ viewport: { width: 672, height: 980 } });
    await tab.addInitScript(() => (window.print = () => {}));
    await tab.goto(`${server.origin}/${edition}print.html`, { waitUntil: "load" });
    await tab.emulateMedia({ media: "print" });
    const begins = await tab.evaluate(() => [...document.querySelectorAll("main > *")].filter((each) => getComputedStyle(each).breakBefore === "page").length);
    assert.ok(begins > 20, `${begins} sections begin a page`);
    assert.equal(await tab.evaluate(emptyPages), 0, edition);
    await tab.close();
  }
});

test("nothing moves for those who want it so", async () => {
  for (const edition of editions()) {
    for (const page of SAMPLE) {
      const tab = await browser.newPage({ reducedMotion: "reduce" });
      await tab.goto(`${server.origin}/${edition}${page}`, { waitUntil: "load" });
      const moving = await tab.$$eval("html, body *", (all) =>
        all.flatMap((element) =>
          [null, "::before", "::after"].flatMap((pseudo) => {
            const { animationName, animationDuration, transitionDuration, scrollBehavior } = getComputedStyle(element, pseudo);
            const moves = [transitionDuration, animationName === "none" ? "0s" : animationDuration].some((time) => time.split(", ").some((each) => parseFloat(each) > 0));
            return moves || scrollBehavior === "smooth" ? [`${element.tagName}.${element.className}${pseudo ?? ""} ${transitionDuration} ${animationDuration} ${scrollBehavior}`] : [];
          }),
        ),
      );
      assert.deepEqual([...new Set(moving)], [], edition + page);
      await tab.close();
    }
  }
});
