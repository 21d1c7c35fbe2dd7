// The search: it looks for the words themselves in the text of each section, so that it needs no spaces
// between words and finds Chinese as it finds English. The text is loaded at the first search.
//
// The first half knows no page: tests/search runs it in Node. The second is the page's part of it; the
// markup is mdBook's, and its keys are.
"use strict";

const makeSearch = () => {
  const HAN = /\p{Script=Han}/u;
  const HAN_OR_NOT = /\p{Script=Han}+|[^\p{Script=Han}\s]+/gu;
  /** Parts words in a query; within a word the rest stays: `a.b`, `a_b`, `a::b`, `c++`. */
  const GAPS = /[\s"“”„«»「」『』〈〉《》，。、；：？！…（）()\[\]{}`]+/u;

  /** What a title counts, beside text of an average length. A heading of its page counts less. */
  const TITLE = 3;
  const PAGE = 0.6;
  const CODE = 0.4;
  /** A word that is a section's address, beside one that is its title. */
  const ADDRESS = 0.7;
  /** How soon more of the same in a section counts no more, and how far long sections are held back. */
  const MORE = 1.2;
  const LENGTH = 0.5;
  /** What a hit counts of the name that is used here, where another one was asked for. */
  const OTHER = 0.7;
  /** The least that a result without all the words is worth, beside the best. */
  const WORTH = 0.3;
  /** Two Latin letters are as wide as one Chinese character. */
  const EXCERPT = 150;

  const escape = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const lettersOrDigits = /[\p{L}\p{N}]/u;

  /** The words of a query: parted at spaces, and where Chinese and Latin words touch. */
  function words(query) {
    const found = query.normalize("NFKC").toLowerCase().split(GAPS).flatMap((part) => part.match(HAN_OR_NOT) || []);
    const trimmed = found.map((word) => word.replace(/^[.,;:!?'’]+|[.,;:!?'’]+$/g, "")).filter((word) => lettersOrDigits.test(word));
    return [...new Set(trimmed)];
  }

  /** An English word without its ending, if enough of it remains: `threads`, `poisoned`. */
  function stem(word) {
    const rest = word.replace(/(?:['’]s|(?<=s|x|z|ch|sh)es|(?<=[^aious'’])s|ed|ing)$/, "");
    return /^[a-z]{4,}$/.test(rest) ? rest : word;
  }

  /** A word that can be looked for. */
  function term(word) {
    if (HAN.test(word)) return { word, han: true, pattern: new RegExp(escape(word), "gu") };
    const loose = (text) => escape(text).replace(/['’]/g, "['’]").replace(/-+/g, "[-\\s]");
    const short = stem(word);
    const ending = short === word ? "" : `|${loose(short)}(?:s|es|e|ed|ing|['’]s)?(?![\\p{L}\\p{N}])`;
    return { word, han: false, pattern: new RegExp(loose(word) + ending, "gu") };
  }

  const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter("zh", { granularity: "word" }) : null;

  /**
   * At how many of its ends a hit cuts a Chinese word: 程池 cuts 行程 in 行程池, 行程 cuts two in 執行程式. Browsers
   * that know no words find none cut.
   */
  function cuts(text, at, length) {
    if (!segmenter) return 0;
    let start = at, end = at + length;
    while (start > at - 8 && start > 0 && HAN.test(text[start - 1])) start--;
    while (end < at + length + 8 && end < text.length && HAN.test(text[end])) end++;
    const around = segmenter.segment(text.slice(start, end));
    const inside = (index) => index > 0 && index < end - start && around.containing(index).index !== index;
    return inside(at - start) + inside(at + length - start);
  }

  /** Where a term stands in a text: a whole word counts 1, others less. */
  function hits(text, { han, word, pattern, name = false }, lower = text.toLowerCase()) {
    const found = [];
    for (const { 0: match, index: at } of lower.matchAll(pattern)) {
      const { length } = match;
      let weight = 1;
      if (han) {
        // A name that the glossary has is a word, even where the browser joins it to its neighbour: 上鎖.
        if (length > 1 && cuts(text, at, length) > (name ? 1 : 0)) continue;
      } else {
        const begins = at === 0 || !lettersOrDigits.test(text[at - 1]) || !lettersOrDigits.test(text[at]);
        const ends = !lettersOrDigits.test(text[at + length] || " ");
        // Inside a word only parts of names count: `Executor` of `ThreadPoolExecutor`.
        const camel = /\p{Lu}/u.test(text[at]) && /\p{Ll}/u.test(text[at - 1] || "");
        if (!begins && !camel && length < 6) continue;
        if (length < 2 && !ends) continue;
        weight = !begins ? 0.3 : match === word && ends ? 1 : 0.7;
      }
      found.push({ at, length, weight });
    }
    return found;
  }

  /** Whether two words differ by one letter: another, one more, one less, or two in the other order. */
  function isNear(a, b) {
    if (Math.abs(a.length - b.length) > 1 || a === b) return false;
    let at = 0;
    while (a[at] === b[at]) at++;
    const rests = [[at + 1, at + 1], [at + 1, at], [at, at + 1]];
    if (a[at] === b[at + 1] && a[at + 1] === b[at]) rests.push([at + 2, at + 2]);
    return rests.some(([i, j]) => a.slice(i) === b.slice(j));
  }

  const sum = (list, of) => list.reduce((total, item) => total + of(item), 0);

  /** How much a word is of a title: all of `殭屍行程（zombie）` is either name. */
  function share(title, { at, length }) {
    let start = at, end = at + length;
    while (start > 0 && !/[（）()]/.test(title[start - 1])) start--;
    while (end < title.length && !/[（）()]/.test(title[end])) end++;
    return length / title.slice(start, end).trim().length;
  }

  /** An index over sections, each with href, title, page, text and code. */
  function index(sections) {
    const FIELDS = ["title", "page", "text", "code"];
    const lower = sections.map((section) => FIELDS.map((field) => section[field].toLowerCase()));
    const lengthOf = ({ text, code }) => text.length + CODE * code.length;
    const average = sum(sections, lengthOf) / Math.max(1, sections.length);
    const known = new Map();

    // What the glossary names, and what it says that others call it, each with its entry. An entry's own names are
    // those of its title: 行程（process） has two.
    const entries = new Map();
    const ownNames = ({ title }) => title.split(/[（）()]/).map((name) => name.trim()).filter(Boolean);
    sections.forEach((section, i) => {
      if (!section.also) return;
      const own = ownNames(section).map((name) => name.toLowerCase());
      for (const name of own) if (!entries.has(name)) entries.set(name, { i, own: [] });
      for (const name of section.also) entries.set(name.toLowerCase(), { i, own });
    });

    // What the address of a section calls it, if the section has the word: #signal-hook, whatever its heading says.
    const plain = (name) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
    const ids = sections.map(({ href }) => plain(href.split("#")[1] ?? ""));

    /** What is found of a term in each section that has it, and how much the term tells. */
    function look(word) {
      if (known.has(word)) return known.get(word);
      const entry = entries.get(word);
      // What is called so elsewhere is sought by the name that it has here as well.
      const others = (entry?.own ?? []).map((name) => ({ ...term(name), name: true }));
      const one = { ...term(word), name: Boolean(entry) };
      const places = new Map();
      sections.forEach((section, i) => {
        const all = (each) => FIELDS.map((field, f) => hits(section[field], each, lower[i][f]));
        const found = all(one);
        for (const other of others) all(other).forEach((list, f) => found[f].push(...list.map((hit) => ({ ...hit, weight: OTHER * hit.weight }))));
        if (entry?.i === i) found[0].push({ at: 0, length: word.length, weight: 1, whole: true });
        else if (ids[i] === plain(word) && found.some((list) => list.length)) found[0].push({ at: 0, length: word.length, weight: ADDRESS, whole: true });
        const [title, page, text, code] = found;
        if (found.some((list) => list.length)) places.set(i, { title, page, text, code });
      });
      const found = { ...one, others, places, rare: Math.log(1 + (sections.length - places.size + 0.5) / (places.size + 0.5)) };
      if (known.size > 500) known.clear();
      known.set(word, found);
      return found;
    }

    let vocabulary = null;

    /** The word of the book that a misspelt one is a letter away from; of several the one in most sections. */
    function meant(word) {
      if (!/^[a-z_]{6,}$/.test(word)) return null;
      vocabulary ??= new Set(sections.flatMap((section) => [section.title, section.text, section.code, ...(section.also || [])].join(" ").toLowerCase().match(/[a-z_]{4,}/g) || []));
      const near = [...vocabulary].filter((other) => isNear(word, other)).map(look);
      return near.sort((a, b) => b.places.size - a.places.size)[0] ?? null;
    }

    /** A word that the book has, or the longest parts of it that the book has, or what it is a misspelling of. */
    function resolve(word) {
      const whole = look(word);
      const parted = whole.han ? [] : word.split(/[^\p{L}\p{N}_]+/u).filter((part) => part.length > 1 && part !== word);
      const found = parted.map(look).filter(({ places }) => places.size);
      // A name such as multiprocessing.Manager stands in full in few places, and mostly is the part of it.
      if (whole.places.size) return whole.places.size < 3 ? [whole, ...found] : [whole];
      if (!whole.han) {
        const other = found.length ? null : meant(word);
        return other ? [{ ...other, insteadOf: word }] : found;
      }
      const parts = [];
      // Parts are words, and none is cut out of one: 程池 is no part of 行程池.
      const isPart = (at, end) => (entries.has(word.slice(at, end)) || !cuts(word, at, end - at)) && look(word.slice(at, end)).places.size;
      for (let at = 0; at < word.length; ) {
        let end = word.length;
        while (end > at + 1 && !isPart(at, end)) end--;
        if (end > at + 1) parts.push(look(word.slice(at, end)));
        at = Math.max(end, at + 1);
      }
      return parts;
    }

    function score(section, i, terms, phrase) {
      let points = 0, had = 0, rare = 0;
      for (const term of terms) {
        rare += term.rare;
        const place = term.places.get(i);
        if (!place) continue;
        had += term.rare;
        const often = sum(place.text, (hit) => hit.weight) + CODE * sum(place.code, (hit) => hit.weight);
        const long = 1 - LENGTH + (LENGTH * lengthOf(section)) / average;
        const title = Math.max(0, ...place.title.map((hit) => hit.weight * (0.5 + (hit.whole ? 1 : share(section.title, hit)))));
        const page = Math.max(0, ...place.page.map((hit) => hit.weight * (0.5 + share(section.page, hit))));
        points += term.rare * (((MORE + 1) * often) / (often + MORE * long) + TITLE * title + PAGE * page);
      }
      if (phrase) {
        if (phrase.test(section.title)) points += TITLE * rare;
        if (phrase.test(section.text) || phrase.test(section.code)) points += rare;
      }
      return points * (had / rare) ** 2;
    }

    /** The sections that have what is asked for, the best first. */
    function find(query) {
      const asked = words(query);
      // A name of several words, such as thread pool, is known to the glossary as a whole.
      const named = entries.get(asked.join(" "));
      const terms = [...new Set(asked.flatMap(resolve))];
      if (!terms.length) return { terms: [], results: [] };
      const joined = terms.map((term) => escape(term.word)).join("[^\\p{L}\\p{N}]{0,3}");
      const phrase = terms.length > 1 ? new RegExp(joined, "iu") : null;
      // A word in the heading of the page alone is no reason to name each of the page's sections.
      const own = (term) => [...term.places].filter(([, { title, text, code }]) => title.length + text.length + code.length);
      const which = new Set(terms.flatMap((term) => own(term).map(([i]) => i)));
      if (named) which.add(named.i);
      const results = [...which].map((i) => ({ section: sections[i], i, score: score(sections[i], i, terms, phrase) }));
      if (named && asked.length > 1) {
        const entry = results.find(({ i }) => i === named.i);
        entry.score += TITLE * sum(terms, ({ rare }) => rare);
      }
      results.sort((a, b) => b.score - a.score || a.i - b.i);
      // What has a part of the words only is there if it is good, not to make the list long.
      const least = WORTH * (results[0]?.score ?? 0);
      const has = ({ i, score }) => score >= least || terms.every((term) => term.places.has(i));
      return { terms, results: results.filter(has) };
    }

    return { find };
  }

  /** The hits of several terms in a text, in order, without those that lie in others. */
  function allHits(text, terms) {
    const found = terms.flatMap((term) => [term, ...(term.others || [])].flatMap((one) => hits(text, one).map((hit) => ({ ...hit, term }))));
    found.sort((a, b) => a.at - b.at || b.length - a.length);
    let end = 0;
    return found.filter((hit) => hit.at >= end && ((end = hit.at + hit.length), true));
  }

  /** A text cut at its hits: pieces that are marked and pieces that are not. */
  function pieces(text, found) {
    const all = [];
    let end = 0;
    for (const hit of found) {
      all.push({ text: text.slice(end, hit.at) }, { text: text.slice(hit.at, hit.at + hit.length), hit: true });
      end = hit.at + hit.length;
    }
    all.push({ text: text.slice(end) });
    return all.filter((piece) => piece.text);
  }

  const width = (char) => (char >= "\u2e80" ? 2 : 1);
  const isStop = (text, at) => /[。！？；\n]/.test(text[at]) || (/[.!?;]/.test(text[at]) && /\s/.test(text[at + 1] || " "));
  /** Whether a text can be cut before this place without cutting a Latin word. */
  const canCut = (text, at) => at <= 0 || at >= text.length || /\s/.test(text[at - 1]) || HAN.test(text[at - 1]) || HAN.test(text[at]) || /[，、：]/.test(text[at - 1]);

  /** The line in which a place is, if it is a row of a table. */
  function rowAround(text, at) {
    const start = text.lastIndexOf("\n", at - 1) + 1;
    const end = text.indexOf("\n", at) + 1 || text.length;
    return text.slice(start, end).includes("\t") ? { start, end } : null;
  }

  /** From where an excerpt begins so that it shows what stands before a hit: a sentence's start, if near. */
  function startBefore(text, at) {
    let start = rowAround(text, at)?.start ?? 0;
    if (start && at - start < EXCERPT / 2) return start;
    start = at;
    for (let wide = 0; start > 0 && wide < EXCERPT / 2; start--) {
      if (isStop(text, start - 1)) return start + /^\s*/.exec(text.slice(start))[0].length;
      wide += width(text[start - 1]);
    }
    if (start === 0) return 0;
    start = at;
    for (let wide = 0; start > 0 && (wide < EXCERPT / 6 || !canCut(text, start)); start--) wide += width(text[start - 1]);
    return start;
  }

  function endAfter(text, start, atLeast) {
    let end = start;
    for (let wide = 0; end < text.length && (wide < EXCERPT || end < atLeast); end++) wide += width(text[end]);
    const row = rowAround(text, atLeast - 1);
    if (row && row.end > atLeast) end = Math.min(end, row.end);
    while (end > atLeast && !canCut(text, end)) end--;
    return end;
  }

  /** What words tell so little that they are marked only if there are no others. */
  const SMALL = new Set("a an and are as at be by can do does for from how i in is it my of on or that the this to was what when where which why with".split(" "));
  const telling = (terms) => (terms.some((term) => !SMALL.has(term.word)) ? terms.filter((term) => !SMALL.has(term.word)) : terms);

  const worthOf = (found) => sum([...new Set(found.map((hit) => hit.term))], (term) => term.rare);

  /** The part of a text that shows the most telling terms. */
  function best(text, found) {
    let best = { worth: -1 };
    for (const hit of found.length ? found : [{ at: 0, length: 0 }]) {
      const start = startBefore(text, hit.at);
      const end = endAfter(text, start, hit.at + hit.length);
      const inside = found.filter((other) => other.at >= start && other.at + other.length <= end);
      const worth = worthOf(inside) + 0.01 * inside.length;
      if (worth > best.worth) best = { worth, start, end, inside };
    }
    // Where the text ends soon after the hit, more of what stands before it is shown.
    let { start } = best;
    const wide = (from) => sum([...text.slice(from, best.end)], width);
    const first = rowAround(text, start)?.start ?? 0;
    for (let at = start - 1; at >= first && wide(at) < EXCERPT; at--) {
      if (at === first || isStop(text, at - 1)) start = at;
    }
    return { ...best, start, inside: found.filter((hit) => hit.at >= start && hit.at + hit.length <= best.end) };
  }

  /** A part of a section that shows the terms best; lines of a program where they tell more. */
  function excerpt({ text, code }, all) {
    const terms = telling(all);
    const { worth, start, end, inside } = best(text, allHits(text, terms));
    const lines = code.split("\n").map((line) => ({ line, found: allHits(line, terms) })).filter(({ found }) => found.length);
    const line = lines.sort((a, b) => worthOf(b.found) - worthOf(a.found))[0];
    if (line && worthOf(line.found) > worth) return { code: true, pieces: pieces(line.line, line.found) };
    const part = text.slice(start, end);
    const shown = pieces(part, inside.map((hit) => ({ ...hit, at: hit.at - start })));
    for (const piece of shown) piece.text = piece.text.replace(/\t/g, " · ").replace(/\n/g, " ");
    if (shown.length) {
      shown[0].text = shown[0].text.trimStart();
      shown.at(-1).text = shown.at(-1).text.trimEnd();
    }
    if (start > 0 && !isStop(text, start - 1) && !isStop(text, start - 2)) shown.unshift({ text: "…" });
    if (text.slice(end).trim() && !isStop(part, part.length - 1) && !isStop(part, part.length - 2)) shown.push({ text: "…" });
    return { code: false, pieces: shown };
  }

  return { words, term, index, excerpt, telling, allHits, pieces };
};

if (typeof module !== "undefined") module.exports = makeSearch();
else (() => {
  // The words of the page's language come from tools/words when the site is built.
  const WORDS = null;
  if (!WORDS) return;
  const fillIn = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const SHOWN = 20;
  // A page that comes has no need of it yet, and its patterns of Chinese take a phone a while.
  let made;
  const model = () => (made ??= makeSearch());

  const byId = (id) => document.getElementById(`mdbook-${id}`);
  const [wrapper, outer, bar] = [byId("search-wrapper"), byId("searchbar-outer"), byId("searchbar")];
  const [toggle, list, listOuter, header] = [byId("search-toggle"), byId("searchresults"), byId("searchresults-outer"), byId("searchresults-header")];
  const content = document.querySelector("main");
  if (!wrapper || !outer || !bar || !toggle || !list || !listOuter || !header || !content) return;

  // The sections stand beside this script's index, which knows the way from this page.
  const source = new URL(document.currentScript.dataset.index, document.baseURI);
  bar.setAttribute("aria-describedby", header.id);
  bar.setAttribute("autocomplete", "off");
  header.setAttribute("role", "status");

  let index = null;
  let loading = false;
  let shownFor = null;
  let came = null;

  function load() {
    if (index || loading) return;
    loading = true;
    outer.classList.add("searching");
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => {
      index = model().index(window.bookSections);
      delete window.bookSections;
      outer.classList.remove("searching");
      search();
    };
    script.onerror = () => {
      loading = false;
      script.remove();
      outer.classList.remove("searching");
      header.textContent = WORDS.failed;
      listOuter.classList.remove("hidden");
    };
    document.head.append(script);
  }

  const isOpen = () => !wrapper.classList.contains("hidden");

  function open() {
    if (!isOpen()) {
      came = { element: document.activeElement, x: window.scrollX, y: window.scrollY };
      wrapper.classList.remove("hidden");
      toggle.setAttribute("aria-expanded", "true");
    }
    load();
    window.scrollTo(0, 0);
    bar.focus({ preventScroll: true });
    bar.select();
  }

  /** Goes back to where the reader came from. */
  function close() {
    const inside = wrapper.contains(document.activeElement);
    wrapper.classList.add("hidden");
    toggle.setAttribute("aria-expanded", "false");
    address("search", null);
    if (inside) (came?.element && came.element !== document.body ? came.element : toggle).focus({ preventScroll: true });
    if (came) window.scrollTo(came.x, came.y);
    came = null;
  }

  /** Sets or removes a parameter of the page's address. */
  function address(name, value) {
    const url = new URL(window.location.href);
    if (url.searchParams.get(name) === value) return;
    const isNew = value !== null && !url.searchParams.has(name);
    url.searchParams.delete("highlight");
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
    if (value !== null) url.hash = "";
    // A page that is read from a file may not change its address.
    try {
      history[isNew ? "pushState" : "replaceState"]({}, "", url);
    } catch {}
  }

  function fill(element, pieces) {
    for (const piece of pieces) {
      if (!piece.hit) {
        element.append(piece.text);
        continue;
      }
      const mark = document.createElement("mark");
      mark.textContent = piece.text;
      element.append(mark);
    }
  }

  function item(section, terms, number) {
    const told = model().telling(terms);
    const row = document.createElement("li");
    const link = document.createElement("a");
    const url = new URL(section.href, source);
    const names = told.flatMap((term) => [term, ...term.others].map(({ word }) => word.replaceAll(" ", "\u00a0")));
    url.searchParams.set("highlight", [...new Set(names)].join(" "));
    link.href = url;
    for (const title of section.page ? [section.page, " » ", section.title] : [section.title]) {
      fill(link, model().pieces(title, model().allHits(title, told)));
    }
    const teaser = document.createElement("span");
    teaser.className = "teaser";
    teaser.id = `mdbook-teaser_${number}`;
    teaser.setAttribute("role", "note");
    teaser.setAttribute("aria-label", WORDS.excerpt);
    link.setAttribute("aria-details", teaser.id);
    const { code, pieces } = model().excerpt(section, terms);
    fill(code ? teaser.appendChild(document.createElement("code")) : teaser, pieces);
    row.append(link, teaser);
    return row;
  }

  /** Shows what is found for the words in the field. */
  function search() {
    const query = bar.value.trim();
    address("search", query || null);
    bar.classList.toggle("active", query !== "");
    if (!query) {
      shownFor = null;
      listOuter.classList.add("hidden");
      list.replaceChildren();
      listOuter.querySelector(".search-more")?.remove();
    }
    if (!query || !index || query === shownFor) return;
    shownFor = query;
    const { terms, results } = index.find(query);
    const n = results.length;
    const [meant] = terms.filter((term) => term.insteadOf);
    const asked = meant ? terms.map((term) => term.word).join(" ") : query;
    const how = n > SHOWN ? WORDS.best : n > 1 ? WORDS.found : n ? WORDS.found_one : WORDS.none;
    const told = fillIn(how, { n, query: asked, shown: SHOWN });
    header.textContent = meant ? fillIn(WORDS.instead, { query, other: asked, told }) : told;
    list.replaceChildren();
    const more = document.createElement("button");
    more.type = "button";
    more.className = "search-more";
    const show = () => {
      const at = list.children.length;
      list.append(...results.slice(at, at + SHOWN).map(({ section }, i) => item(section, terms, at + i + 1)));
      const rest = n - list.children.length;
      if (rest) more.textContent = fillIn(WORDS.more, { n: Math.min(rest, SHOWN) });
      else more.remove();
      return list.children[at]?.querySelector("a");
    };
    listOuter.querySelector(".search-more")?.remove();
    listOuter.append(more);
    show();
    // The first of those that have come is where the reader goes on.
    more.addEventListener("click", () => show()?.focus());
    listOuter.classList.remove("hidden");
  }

  /** Moves on among the results; above the first one is the field. */
  function move(step) {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (at + step < 0) bar.focus();
    else links[Math.min(at + step, links.length - 1)]?.focus();
  }

  function unmark() {
    for (const mark of content.querySelectorAll("mark.found")) {
      const around = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      around.normalize();
    }
    address("highlight", null);
  }

  /** Shows what a mark stands in: an answer, the rest of a program, the tab of the other language. */
  function uncover(mark) {
    for (let around = mark.parentElement; around && around !== content; around = around.parentElement) {
      if (around.nodeName === "DETAILS") around.open = true;
      const more = around.matches(".fold") && around.closest(".program")?.querySelector(".program-more");
      if (more) more.open = true;
      const tabs = around.parentElement?.matches(".twins") && around.parentElement.querySelectorAll(".twins-tabs input");
      const tab = tabs?.[around.matches(".twins-python") ? 1 : 0];
      if (tab && around.matches(".twins-rust, .twins-python")) tab.checked = true;
    }
  }

  /** The marks below the heading that the address names, as far as to the next one. */
  function marksOfSection(all) {
    const heading = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!heading) return all;
    const after = (node, other) => other.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
    const next = [...content.querySelectorAll(":is(h1, h2, h3)[id]")].find((other) => after(other, heading));
    return all.filter((mark) => after(mark, heading) && !(next && after(mark, next)));
  }

  /** Marks the words in the page. */
  function mark(query) {
    const terms = query.split(" ").filter(Boolean).map((word) => model().term(word.replaceAll("\u00a0", " ")));
    const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
      if (!walker.currentNode.parentElement.closest("script, style, svg, button, label, .boring")) texts.push(walker.currentNode);
    }
    for (const text of texts) {
      const found = model().allHits(text.data, terms);
      if (!found.length) continue;
      const fresh = document.createDocumentFragment();
      fill(fresh, model().pieces(text.data, found));
      fresh.querySelectorAll("mark").forEach((mark) => mark.classList.add("found"));
      text.replaceWith(fresh);
    }
    // Where none of the section's can be seen the first one is uncovered, as it is by a find in the page.
    const all = [...content.querySelectorAll("mark.found")];
    const own = marksOfSection(all);
    const seen = (mark) => (mark.checkVisibility ? mark.checkVisibility() : mark.getClientRects().length > 0);
    for (const marks of [own, all]) {
      if (marks.length && !marks.some(seen)) uncover(marks[0]);
      if (marks.length) break;
    }
    if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView({ behavior: "instant" });
  }

  /** Does what the page's address asks for. */
  function follow() {
    const { searchParams } = new URL(window.location.href);
    const query = searchParams.get("search");
    const marked = searchParams.get("highlight");
    if (query) {
      bar.value = query;
      open();
      search();
    } else if (isOpen()) {
      close();
    }
    if (marked) mark(marked);
  }

  const isTyping = (event) => {
    const target = event.composedPath()[0];
    return /^(?:input|select|textarea)$/i.test(target.nodeName) || target.isContentEditable;
  };

  toggle.addEventListener("click", () => (isOpen() ? close() : open()));
  outer.addEventListener("submit", (event) => event.preventDefault());
  // While a Chinese word is being composed from its sounds, neither letters nor keys are for the search.
  bar.addEventListener("input", (event) => event.isComposing || search());
  bar.addEventListener("compositionend", search);
  list.addEventListener("focusin", (event) => event.target.closest("li")?.classList.add("focus"));
  list.addEventListener("focusout", (event) => event.target.closest("li")?.classList.remove("focus"));
  content.addEventListener("click", (event) => event.target.closest("mark.found") && unmark());
  window.addEventListener("popstate", follow);
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return open();
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const inBar = event.target === bar;
    const inList = list.contains(event.target);
    const { key } = event;
    if (isTyping(event) && !inBar) return;
    if (key === "Escape") {
      if (isOpen()) close();
      unmark();
    } else if (!inBar && (key === "/" || (key === "s" && !event.shiftKey))) {
      open();
    } else if ((inBar || inList) && (key === "ArrowDown" || key === "ArrowUp")) {
      move(key === "ArrowDown" ? 1 : inBar ? 0 : -1);
    } else if (inBar && key === "Enter") {
      list.querySelector("a")?.click();
    } else {
      return;
    }
    event.preventDefault();
  });

  // mdBook's keys for the next section ask for it.
  window.search = { hasFocus: () => document.activeElement === bar };
  follow();
})();
