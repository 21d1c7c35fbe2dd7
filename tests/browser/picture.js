// Makes the picture of a page in README.md and in README.zh-TW.md, images/readme-page*.png, from a site that is
// built already:
// SITE=book node tests/browser/picture.js
"use strict";
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

const ROOT = path.join(__dirname, "../..");

(async () => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const tab = await browser.newPage({ viewport: { width: 1280, height: 1040 }, deviceScaleFactor: 1.5 });
  for (const [edition, picture] of [["", "readme-page.png"], ["zh-TW", "readme-page.zh-TW.png"]]) {
    const page = path.join(path.resolve(process.env.SITE || "book"), edition, "processes/multi_process.html");
    await tab.goto(pathToFileURL(page).href);
    await tab.evaluate(() => scrollTo(0, document.querySelector(".twins").offsetTop - 130));
    await tab.waitForTimeout(500);
    await tab.screenshot({ path: path.join(ROOT, "images", picture) });
  }
  await browser.close();
})();
