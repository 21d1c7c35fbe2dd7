// Draws the pictures that stand for the book elsewhere: images/preview-LANGUAGE.png, which is shown where
// somebody links to a page, and theme/favicon.png. Run it after changing a title:
// NODE_PATH=… node tests/site/preview.js
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { launch } = require("./site.js");

const ROOT = path.join(__dirname, "../..");
const WORDS = {
  en: { title: "Multiprocessing in Rust", text: "Threads and processes beside Python’s multiprocessing.\nEvery program runs, every output is tested.", one: "one core", many: "three cores" },
  "zh-TW": { title: "Rust 多行程程式設計", text: "執行緒與行程，對照 Python 的 multiprocessing。\n每支程式都能執行，每段輸出都經過測試。", one: "一個核心", many: "三個核心" },
};
const COLOURS = ["#f0a35e", "#7fc4f2", "#8fd6a8"];

/** One after another on one core, and side by side on three. */
function drawing({ title, text, one, many }) {
  const bar = (x, y, width, i) => `<rect x="${x}" y="${y}" width="${width}" height="30" rx="6" fill="${COLOURS[i]}"/>`;
  const first = COLOURS.map((_, i) => bar(270 + i * 284, 388, 276, i)).join("");
  const rest = COLOURS.map((_, i) => bar(270 + i * 22, 462 + i * 40, 276, i)).join("");
  const lines = text.split("\n").map((line, i) => `<tspan x="80" dy="${i ? 48 : 0}">${line}</tspan>`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630"
    font-family="'Noto Sans CJK TC', 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', sans-serif">
    <rect width="1200" height="630" fill="#1d2433"/>
    <text x="78" y="160" font-size="80" font-weight="700" fill="#fff">${title}</text>
    <text x="80" y="240" font-size="34" fill="#c9d3e2">${lines}</text>
    <g font-size="28" fill="#c9d3e2" text-anchor="end"><text x="240" y="413">${one}</text><text x="240" y="527">${many}</text></g>
    ${first}${rest}
    <path d="M270 362v222M1114 362v222" stroke="#5c6b85" stroke-width="2" stroke-dasharray="4 6"/>
  </svg>`;
}

(async () => {
  const browser = await launch();
  const tab = await browser.newPage({ viewport: { width: 1200, height: 630 } });
  for (const [code, words] of Object.entries(WORDS)) {
    await tab.setContent(`<html lang="${code}"><style>* { margin: 0; } svg { display: block; }</style>${drawing(words)}`);
    await tab.screenshot({ path: path.join(ROOT, `images/preview-${code}.png`) });
  }
  await tab.setViewportSize({ width: 48, height: 48 });
  const icon = fs.readFileSync(path.join(ROOT, "theme/favicon.svg"), "utf8").replace("<svg ", '<svg width="48" height="48" ');
  await tab.setContent(`<style>* { margin: 0; } svg { display: block; }</style>${icon}`);
  await tab.screenshot({ path: path.join(ROOT, "theme/favicon.png"), omitBackground: true });
  await browser.close();
})();
