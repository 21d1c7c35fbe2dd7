// What the search finds and shows, without a page.
"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const { words, term, index, excerpt, allHits } = require("../../theme/search.js");

const section = (href, title, text, { page = "", code = "" } = {}) => ({ href, title, page, text, code });
const found = (sections, query) => index(sections).find(query).results.map(({ section }) => section.href);
const marked = (text, ...queries) => allHits(text, queries.map(term)).map(({ at, length }) => text.slice(at, at + length));
const shown = (one, query) => {
  const { code, pieces } = excerpt(one, index([one]).find(query).terms);
  return { code, text: pieces.map(({ text, hit }) => (hit ? `[${text}]` : text)).join("") };
};

test("a query is parted at spaces, and where Chinese and Latin words touch", () => {
  assert.deepEqual(words("rayon執行緒池"), ["rayon", "執行緒池"]);
  assert.deepEqual(words("行程　池，「死結」"), ["行程", "池", "死結"]);
  assert.deepEqual(words("Ctrl-C, os.fork() std::io::pipe ＣＰＵ"), ["ctrl-c", "os.fork", "std::io::pipe", "cpu"]);
  assert.deepEqual(words(" ，。 … ? "), []);
});

test("a Chinese word is found as it stands, and not across two others", () => {
  assert.deepEqual(marked("子行程變成殭屍行程。", "殭屍行程", "行程"), ["行程", "殭屍行程"]);
  assert.deepEqual(marked("執行程式，再平行程式化。", "行程"), []);
});

test("a part of a word is no hit where it begins or ends inside a word", () => {
  assert.deepEqual(marked("見行程池。", "程池"), []);
  assert.deepEqual(marked("共享記憶體不屬於誰。", "記憶體不屬"), []);
  assert.deepEqual(marked("程式碼和程式", "程式"), ["程式"]);
  // A word that the book has not is not sought in what is left of its words.
  assert.deepEqual(found([section("a", "行程池", "行程池")], "線程池"), []);
});

test("what others call a thing leads to its entry, and to what has it by its own name", () => {
  const entry = { ...section("g#process", "行程（process）", "會執行的程式。 也作：程序；中國大陸：進程。", { page: "詞彙表" }), also: ["程序", "進程"] };
  const pool = { ...section("g#pool", "Pool", "Workers. Also: worker pool.", { page: "Glossary" }), also: ["worker pool"] };
  const sections = [section("a", "一", "一個行程。"), entry, section("b", "二", "執行程式。"), pool, section("c", "Worker", "worker worker pool")];
  assert.deepEqual(found(sections, "進程"), ["g#process", "a"]);
  assert.deepEqual(found(sections, "程序"), ["g#process", "a"]);
  assert.equal(found(sections, "worker pool")[0], "g#pool");
});

test("a word that is nowhere is sought as the one that it is a letter away from", () => {
  const sections = [section("a", "Deadlock", "They wait."), section("b", "Semaphore", "So many.")];
  for (const word of ["deadlok", "deadlocck", "daedlock", "deadlick"]) {
    const { terms, results } = index(sections).find(word);
    assert.deepEqual([terms[0]?.word, terms[0]?.insteadOf, results[0]?.section.href], ["deadlock", word, "a"]);
  }
  for (const word of ["dealok", "lock5", "鎖鎖"]) assert.deepEqual(found(sections, word), [], word);
});

test("a Latin word is found whole, at a word's start, with another ending, as part of a name", () => {
  assert.deepEqual(marked("Thread, threads, threading; read", "threads"), ["Thread", "threads", "threading"]);
  assert.deepEqual(marked("read a thread", "read"), ["read"]);
  assert.deepEqual(marked("ThreadPoolExecutor deadlock", "executor", "lock"), ["Executor"]);
  assert.deepEqual(marked("Amdahl’s law", "amdahl's"), ["Amdahl’s"]);
  assert.deepEqual(marked("press Ctrl C", "ctrl-c"), ["Ctrl C"]);
  assert.deepEqual(marked("a.b axb (c++) [d", "a.b", "c++", "[d"), ["a.b", "c++", "[d"]);
});

test("a word that the book has not is looked for in its parts", () => {
  const sections = [section("a", "一", "這裡講共享記憶體。"), section("b", "二", "multiprocessing and Queue")];
  const { terms, results } = index(sections).find("記憶體共享");
  assert.deepEqual(terms.map(({ word }) => word), ["記憶體", "共享"]);
  assert.equal(results[0].section.href, "a");
  assert.deepEqual(found(sections, "multiprocessing.Queue"), ["b"]);
  assert.deepEqual(found(sections, "鯨"), []);
  assert.deepEqual(found(sections, "whale"), []);
  assert.deepEqual(found(sections, "whale queue"), ["b"]);
});

test("a title counts more than a text, all words more than one, a phrase more than its words apart", () => {
  const filler = "x ".repeat(60);
  const text = (words) => `${words} ${filler}`;
  assert.deepEqual(found([section("a", "One", text("deadlock deadlock")), section("b", "Deadlock", text("none"))], "deadlock"), ["b", "a"]);
  const both = [section("a", "One", text("green green green")), section("b", "Two", text("green tea")), section("c", "Three", text("tea, which may be green"))];
  assert.deepEqual(found(both, "green tea").slice(0, 2), ["b", "c"]);
});

test("an excerpt is a sentence with the word, in Chinese too", () => {
  const before = "這裡先說別的事情，說得很長，長到一段摘要放不下這麼多字，所以前面這些話都不會出現在摘要裡面，一個字也不會。";
  const after = "後面還有很多話，也不會全部出現，因為摘要只有這麼長，放得下的就這些，其他的要到那一節去讀。".repeat(2);
  const { code, text } = shown(section("a", "鎖", `${before}兩個執行緒互相等待就是死結。${after}`), "死結");
  assert.equal(code, false);
  assert.ok(text.startsWith("兩個執行緒互相等待就是[死結]。後面還有"), text);
  assert.ok(text.endsWith("…") && text.length < 90, text);
});

test("a short section is shown whole, a row of a table alone, a program by its line", () => {
  const short = section("a", "死結", "互相等待。誰也走不下去。見鎖，那裡講死結。");
  assert.equal(shown(short, "死結").text, "互相等待。誰也走不下去。見鎖，那裡講[死結]。");
  const table = section("b", "Names", "Here they are.\nThread\tspawn\tIt ends. Mind that.\nLock\tMutex\tIt locks. It unlocks.");
  assert.equal(shown(table, "unlocks").text, "Lock · Mutex · It locks. It [unlocks].");
  const program = section("c", "Program", "Some words.", { code: "fn main() {\nlet pool = mp::Pool::new(2)?;\n}" });
  assert.deepEqual(shown(program, "pool"), { code: true, text: "let [pool] = mp::[Pool]::new(2)?;" });
});

test("a word that is a section's address finds it before one that only has the word", () => {
  const list = section("r#libraries", "Libraries", "x-hook: flags. y: more.");
  const taught = section("s#x-hook", "What a kept library does", "Take x-hook, it has the pipe and the details, and many more words than a list has.");
  assert.deepEqual(found([list, taught], "x-hook"), ["s#x-hook", "r#libraries"]);
  assert.deepEqual(found([list, { ...taught, href: "s#other" }], "x-hook"), ["r#libraries", "s#other"]);
  // It counts less than the title, and no section is found by a part of its address.
  const titled = section("t#y", "X-hook", "Take x-hook, it has the pipe and the details, and many more words than a list has.");
  assert.equal(found([taught, titled], "x-hook")[0], "t#y");
  assert.deepEqual(found([section("s#x-hook", "One", "two")], "hook"), []);
  // Nor by one that it hasn't got: nothing of it could be marked.
  assert.deepEqual(found([section("s#x-hook", "One", "two")], "x-hook"), []);
});
