// The lab's model: what it says must follow from closed formulas where there are any, and it must
// behave as costs do.
"use strict";
const { test } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { simulate, WAYS } = require("../../theme/timeline-lab.js");

const FREE = {
  tasks: 6, task: 1000, cores: 4, switch: 0, thread: 0, process: 0, move: 0,
  lock: false, slice: 5000, perCore: false,
};
const close = (a, b, what) => assert.ok(Math.abs(a - b) <= 1e-6 * Math.max(1, b), `${what}: ${a} is not ${b}`);
const total = (p, way) => simulate({ ...FREE, ...p }, way).total;

/** Numbers that are the same in every run. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Settings of all kinds, the odd ones among them. */
function* settings(count, seed) {
  const next = random(seed);
  const log = (low, high) => low * (high / low) ** next();
  const cost = (high) => (next() < 0.25 ? 0 : log(0.1, high));
  for (let i = 0; i < count; i++) {
    yield {
      main: cost(1e4), tasks: Math.round(log(1, 200)), task: log(0.1, 1e6), cores: Math.round(log(1, 64)),
      switch: cost(1000), thread: cost(1e4), process: cost(1e5), move: cost(1e4),
      lock: next() < 0.5, slice: 5000, perCore: next() < 0.5,
    };
  }
}

/**
 * A slice or a move is not cut, so where workers take turns on several cores a cost that delays one of them can
 * let another finish earlier by about one of them. Where tasks run to their end nothing is allowed.
 */
function slack(p) {
  const turns = !p.perCore && p.tasks > p.cores && p.cores > 1 && p.task > p.slice;
  const slices = Math.min(Math.ceil(p.task / p.slice), Math.floor(512 / p.tasks));
  return turns ? 2 * (p.task / slices + p.move) : 0;
}

test("one after another takes the sum of the tasks", () => {
  for (const p of settings(200, 1)) close(total(p, "sequential"), p.tasks * p.task + p.main, "total");
});

test("without costs the ideal is reached", () => {
  for (const tasks of [1, 2, 3, 7, 64, 200]) {
    for (const cores of [1, 2, 3, 64]) {
      for (const perCore of [false, true]) {
        for (const way of ["threads", "processes"]) {
          // Tasks that fit into a slice run to their end: full rounds.
          close(total({ tasks, cores, perCore }, way), Math.ceil(tasks / cores) * 1000, `${tasks} on ${cores}`);
        }
        close(total({ tasks, cores, perCore }, "oneCore"), tasks * 1000, "one core");
        // Long tasks that take turns share the cores evenly, but for one slice.
        const long = total({ tasks, cores, task: 1e6 }, "threads");
        const ideal = Math.max(1, tasks / cores) * 1e6;
        const slice = 1e6 / Math.max(1, Math.min(200, Math.floor(512 / tasks)));
        assert.ok(long >= ideal - 1 && long <= ideal + slice + 1, `${tasks} on ${cores}: ${long}, ideal ${ideal}`);
      }
    }
  }
});

test("costs add up as the closed formulas say", () => {
  // One core: starts, work, and a switch before each turn.
  const one = { tasks: 3, task: 20000, thread: 100, switch: 10 };
  close(total(one, "oneCore"), 3 * 100 + 3 * 20000 + 12 * 10, "one core, four turns each");
  // A core for each: the last one to be started ends last.
  close(total({ tasks: 3, cores: 3, thread: 100 }, "threads"), 3 * 100 + 1000, "threads");
  close(total({ tasks: 1, cores: 8, process: 300, move: 50 }, "processes"), 300 + 1000 + 50, "one process");
  // Results are moved one after another, here as fast as they come.
  close(total({ tasks: 4, cores: 8, process: 100, move: 50 }, "processes"), 4 * 100 + 1000 + 50, "moves hidden");
  // And here main is the one who is waited for.
  close(total({ tasks: 4, cores: 8, task: 1, move: 500 }, "processes"), 1 + 4 * 500, "moves rule");
  // A worker a core is started once, however many tasks it takes.
  close(total({ tasks: 8, cores: 2, thread: 100, perCore: true }, "threads"), 100 + 4 * 1000 + 100, "pool");
});

test("the parts of a timeline agree with its totals", () => {
  for (const p of settings(400, 2)) {
    for (const way of WAYS) {
      const r = simulate({ ...p, main: 70 }, way);
      close(r.main, 70, "main");
      close(r.work, p.tasks * p.task, "work");
      close(r.start, way === "sequential" ? 0 : r.workers * (way === "processes" ? p.process : p.thread), "start");
      close(r.move, way === "processes" ? p.tasks * p.move : 0, "move");
      close(Math.max(...r.segments.map((s) => s.to)), r.total, "end");
      assert.ok(r.total * r.cores >= (r.work + r.main + r.start + r.switch + r.move) * (1 - 1e-9), "no core does two things");
      const lanes = Array.from({ length: r.cores }, () => []);
      for (const s of r.segments) lanes[s.core].push(s);
      for (const lane of lanes) {
        lane.sort((a, b) => a.from - b.from);
        for (let i = 1; i < lane.length; i++) {
          assert.ok(lane[i].from >= lane[i - 1].to - 1e-6, `${way}: pieces overlap on a core`);
        }
      }
    }
  }
});

test("more cores are never slower where each task has its worker", () => {
  for (const p of settings(6000, 3)) {
    for (const way of ["threads", "processes"]) {
      const now = simulate({ ...p, perCore: false }, way);
      const more = simulate({ ...p, perCore: false, cores: p.cores + 1 }, way);
      const limit = now.total * (1 + 1e-9);
      assert.ok(more.total <= limit, `${way} ${more.total / now.total} ${JSON.stringify(p)}`);
    }
  }
});

test("a lock is never faster, and costs never speed up", () => {
  for (const p of settings(3000, 4)) {
    const locked = total({ ...p, lock: true }, "threads");
    assert.ok(locked >= total({ ...p, lock: false }, "threads") * (1 - 1e-9), `lock ${JSON.stringify(p)}`);
    for (const name of ["switch", "thread", "process", "move"]) {
      for (const way of WAYS) {
        const now = total(p, way);
        const dearer = total({ ...p, [name]: p[name] * 1.3 + 1 }, way);
        assert.ok(dearer >= now * (1 - 1e-9) - slack(p), `${name} ${way} ${dearer / now} ${JSON.stringify(p)}`);
      }
    }
  }
});

// Nothing that runs on several cores with whole slices is free of such effects; but none is to be seen, in three
// digits, where the reader begins.
test("from each preset on, no cost that grows makes the whole shorter", () => {
  const { presets } = JSON.parse(fs.readFileSync(path.join(__dirname, "../../benches/lab.json"), "utf8"));
  const steps = [0, ...Array.from({ length: 71 }, (_, i) => Number((0.1 * 10 ** (i / 10)).toPrecision(2)))];
  const shorter = [];
  for (const preset of presets) {
    const p = {
      tasks: preset.tasks, task: preset.task_us, main: preset.main_us, cores: preset.cores, switch: preset.switch_us, thread: preset.thread_us,
      process: preset.process_us, move: preset.move_us, lock: preset.lock, slice: 5000, perCore: preset.workers === "core",
    };
    for (const name of ["switch", "thread", "process", "move", "main"]) {
      for (const way of WAYS) {
        const totals = steps.map((cost) => simulate({ ...p, [name]: cost }, way).total);
        totals.forEach((total, i) => {
          if (i > 0 && total < totals[i - 1] * (1 - 0.003)) shorter.push(`${preset.id} ${way}: ${name} ${steps[i - 1]} to ${steps[i]} µs: ${totals[i - 1]}, then ${total}`);
        });
      }
    }
  }
  assert.deepEqual(shorter, []);
});

// What the model leaves out makes a measured run longer, not shorter: caches, memory bandwidth, other
// programs, waiting for a turn while the system spreads the workers, and a pipe that is full. On a
// machine where nothing else runs that is a few percent; 15 percent are allowed. A run can be shorter by
// what the sequential run itself was disturbed, since the tasks' length is taken from it: 5 percent.
test("the totals agree with the measured timelines", () => {
  const file = path.join(__dirname, "../../benches/lab.json");
  const { presets } = JSON.parse(fs.readFileSync(file, "utf8"));
  const traced = presets.filter((preset) => preset.measured);
  assert.ok(traced.length > 0);
  for (const preset of traced) {
    const p = {
      tasks: preset.tasks, task: preset.task_us, main: preset.main_us, cores: preset.cores, switch: preset.switch_us,
      thread: preset.thread_us, process: preset.process_us, move: preset.move_us, lock: preset.lock, slice: 5000, perCore: false,
    };
    const names = { sequential: "sequential", oneCore: "one_core", threads: "threads", processes: "processes" };
    for (const way of WAYS) {
      const measured = Math.max(...preset.measured[names[way]].map((piece) => piece.end_us));
      const ratio = measured / simulate(p, way).total;
      assert.ok(ratio > 0.95 && ratio < 1.15, `${preset.name} ${way}: measured ${measured}, ratio ${ratio}`);
    }
  }
});
