// The timeline lab: <timeline-lab> lets the reader set tasks, cores and costs, and shows at once how
// the time goes in four ways. Its model is a pure function; tests/browser holds the tests of both.
(() => {
  "use strict";

  const WAYS = ["sequential", "oneCore", "threads", "processes"];
  const KINDS = ["work", "start", "switch", "move"];
  /** How many slices are computed one by one; longer runs are drawn in coarser slices. */
  const FINE = 1024;

  /**
   * How the time goes. All times are in microseconds.
   *
   * Main starts the workers one after another. A core runs one worker at a time; ready workers take
   * turns in slices, and each turn to another one costs a switch. Main moves the results of
   * processes one after another; those of threads are in place.
   *
   * @param p tasks, task, cores, switch, thread, process, move, lock, slice, perCore
   *   (false: a worker a task; true: a worker a core, which takes task after task)
   * @param way sequential, oneCore, threads or processes
   * @param fine how many slices are told apart at most
   * @returns {{total, work, start, switch, move, cores, workers, segments}}; a segment is
   *   {core, kind, task, from, to}
   */
  function simulate(p, way, fine = FINE) {
    const result = { total: 0, work: 0, start: 0, switch: 0, move: 0, cores: 1, workers: 1, segments: [] };
    const lasts = [];
    const add = (core, kind, task, from, to) => {
      result[kind] += to - from;
      result.total = Math.max(result.total, to);
      const last = lasts[core];
      if (to <= from) return;
      if (last && last.kind === kind && last.task === task && last.to === from) last.to = to;
      else result.segments.push((lasts[core] = { core, kind, task, from, to }));
    };
    if (way === "sequential") {
      for (let i = 0; i < p.tasks; i++) add(0, "work", i, i * p.task, (i + 1) * p.task);
      return result;
    }
    const processes = way === "processes";
    const single = way === "oneCore" || (way === "threads" && p.lock);
    const cores = (result.cores = single ? 1 : p.cores);
    const workers = (result.workers = p.perCore ? Math.min(p.tasks, p.cores) : p.tasks);
    const start = processes ? p.process : p.thread;
    const move = processes ? p.move : 0;

    // A worker takes turns only where others want its core. A turn is a slice, or the task if that
    // is shorter; a worker that takes many short tasks keeps the core for a slice of them.
    const shared = workers > cores;
    const slices = shared ? Math.max(1, Math.ceil(p.task / p.slice - 1e-9)) : 1;
    const drawn = Math.min(slices, Math.max(1, Math.floor(fine / p.tasks)));
    const piece = p.task / drawn;
    // Several short tasks of a worker fit into its slice: each pays its share of the turn.
    const share = p.perCore ? Math.min(1, p.task / slices / p.slice) : 1;
    const turn = shared ? (p.switch * slices * share) / drawn : 0;

    const free = new Array(cores).fill(0);
    const earliest = () => {
      let best = 0;
      for (let c = 1; c < cores; c++) if (free[c] < free[best]) best = c;
      return best;
    };
    for (let w = 0; w < workers; w++) add(0, "start", w, w * start, (w + 1) * start);
    free[0] = workers * start;

    // The queue of workers that are ready, first come first served. Main goes first when it has
    // something to move.
    let taken = 0;
    const queue = [];
    for (let w = 0; w < workers; w++) {
      queue.push({ worker: w, ready: (w + 1) * start, task: taken++, left: drawn });
    }
    let head = 0;
    const results = [];
    let moved = 0;
    let mainFree = free[0];
    let work = p.tasks;
    while (work > 0 || moved < results.length) {
      const core = earliest();
      const next = queue[head];
      const at = next ? Math.max(free[core], next.ready) : Infinity;
      const done = results[moved];
      const moveAt = done ? Math.max(free[core], mainFree, done.ready) : Infinity;
      if (moveAt <= at) {
        add(core, "move", done.task, moveAt, moveAt + move);
        free[core] = mainFree = moveAt + move;
        moved++;
        continue;
      }
      head++;
      const to = at + turn + piece;
      add(core, "switch", -1, at, at + turn);
      add(core, "work", next.task, at + turn, to);
      free[core] = to;
      next.left--;
      next.ready = to;
      if (next.left === 0) {
        work--;
        if (move > 0) insert(results, { task: next.task, ready: to }, moved);
        if (taken >= p.tasks) continue;
        next.task = taken++;
        next.left = drawn;
      }
      insert(queue, { ...next }, head);
    }
    return result;

    function insert(list, item, from) {
      let i = list.length;
      while (i > from && list[i - 1].ready > item.ready) i--;
      list.splice(i, 0, item);
    }
  }

  /** The length of a task, in µs, from which a way is faster than one after another; or null. */
  function crossover(p, way, low = 0.1, high = 1e8) {
    const gain = (task) => simulate({ ...p, task }, way, 256).total < p.tasks * task * (1 - 1e-9);
    if (way === "sequential" || !gain(high)) return null;
    if (gain(low)) return low;
    for (let i = 0; i < 24; i++) {
      const middle = Math.sqrt(low * high);
      if (gain(middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  const model = { simulate, crossover, WAYS };
  if (typeof module !== "undefined") module.exports = model;
})();
