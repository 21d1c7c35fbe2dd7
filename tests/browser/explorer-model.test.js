// The schedule explorer's model, on the graphs that tools/schedules has made of the programs.
"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { walk, counts, idOf, read, write } = require("../../theme/schedule-explorer.js");

const DATA = path.join(__dirname, "../../tools/schedules/data");
const GRAPHS = fs.readdirSync(DATA).filter((name) => name.endsWith(".json"))
  .map((name) => JSON.parse(fs.readFileSync(path.join(DATA, name), "utf8")));

/** Every complete way through a graph, gone one by one. */
function* ways(graph, way = []) {
  const { at } = walk(graph, way);
  if (graph.states[at].outcome !== undefined) yield { way, outcome: graph.states[at].outcome };
  for (const worker of [0, 1]) {
    if (graph.states[at].next[worker]?.to !== undefined) yield* ways(graph, [...way, worker]);
  }
}

test("there is a graph of each program, and no two have the same name", () => {
  assert.ok(GRAPHS.length >= 8);
  assert.equal(new Set(GRAPHS.map(idOf)).size, GRAPHS.length);
});

test("a walk through all ways counts as many schedules as the model checker", () => {
  for (const graph of GRAPHS) {
    const sums = graph.outcomes.map(() => 0);
    for (const { outcome } of ways(graph)) sums[outcome]++;
    const told = graph.outcomes.map(({ schedules }) => schedules);
    assert.deepEqual(sums, told, idOf(graph));
    assert.deepEqual(counts(graph)[0], told, idOf(graph));
  }
});

test("what can still be reached is counted from each state", () => {
  for (const graph of GRAPHS) {
    const all = counts(graph);
    graph.states.forEach(({ next, outcome }, at) => {
      const here = graph.outcomes.map((_, i) => Number(i === outcome));
      for (const step of next) if (step?.to !== undefined) all[step.to].forEach((n, i) => (here[i] += n));
      assert.deepEqual(all[at], here);
      assert.ok(all[at].some((n) => n > 0), "each state leads to an end");
    });
  }
});

test("each stored way leads to its outcome, and the memory is what its steps wrote", () => {
  for (const graph of GRAPHS) {
    graph.outcomes.forEach(({ way }, i) => {
      const { at, steps } = walk(graph, way);
      assert.equal(steps.length, way.length);
      assert.equal(graph.states[at].outcome, i);
      const memory = [...graph.states[0].memory];
      for (const { place, read, wrote } of steps) {
        if (read !== undefined) assert.equal(read, memory[place], "a step reads what stands there");
        if (wrote !== undefined) memory[place] = wrote;
      }
      assert.deepEqual(graph.states[at].memory, memory);
    });
  }
});

test("a way ends where a worker can't go on", () => {
  const graph = GRAPHS.find(({ function: name }) => name === "giver_first");
  const { way } = graph.outcomes.find(({ left }) => left === null);
  const { at, steps } = walk(graph, [...way, 0, 1]);
  assert.equal(steps.length, way.length);
  assert.deepEqual(graph.states[at].next.map((next) => next.to), [undefined, undefined], "each waits");
  const done = GRAPHS.find(({ function: name }) => name === "add_in_one_step");
  assert.equal(walk(done, [0, 0, 0, 0, 0]).steps.length, done.times);
});

test("an address brings a way back, as far as it makes sense", () => {
  for (const graph of GRAPHS) {
    const { way } = graph.outcomes.at(-1);
    assert.deepEqual(read(GRAPHS, write(graph, way)), { graph, way });
    assert.deepEqual(read(GRAPHS, write(graph, [])), { graph, way: [] });
  }
  const graph = GRAPHS.find((graph) => idOf(graph) === "add_in_two_steps-1");
  assert.deepEqual(read(GRAPHS, "add_in_two_steps-1_AAAB"), { graph, way: [0, 0] }, "A is done after two");
  assert.deepEqual(read(GRAPHS, "add_in_two_steps-1_AxB"), { graph, way: [0] });
  for (const text of ["", "_", "whale_AB", "add_in_two_steps-1", "add_in_two_steps-9_AB"]) assert.equal(read(GRAPHS, text), null, text);
});
