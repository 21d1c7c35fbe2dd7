//! The appendix: every public name of Python's modules has its row, and every row is whole.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use site::markdown::{
    parser,
    pulldown_cmark::{Event, Tag, TagEnd},
};
use tests::root;

/// The modules of which every public name has a row, with the methods and parameters that their objects have.
/// The page has rows of others besides.
const MODULES: [&str; 6] = [
    "multiprocessing",
    "multiprocessing.pool",
    "multiprocessing.connection",
    "multiprocessing.shared_memory",
    "threading",
    "concurrent.futures",
];

/// Writes what must have a row, a line each: the ways in which the page may name it, with tabs between them,
/// each a module and a name. The modules are its arguments.
///
/// A method that a class takes over may stand at the class that it comes from, and a parameter may stand without its function,
/// for all functions of the module. Not asked for: parameters that a call can't leave out; deprecated spellings such as
/// `getName`, whose capitals betray them; what Python calls an obsolete synonym; the fields that every named tuple of C has.
const PUBLIC_NAMES: &str = "
import importlib, inspect, sys
from multiprocessing import connection, pool, queues, synchronize
import threading

# What a function of the module makes: its class, which the module itself doesn't name.
MADE = {('multiprocessing', name): getattr(queues, name) for name in ('Queue', 'JoinableQueue', 'SimpleQueue')}
MADE |= {('multiprocessing', name): getattr(synchronize, name) for name in
         ('Lock', 'RLock', 'Semaphore', 'BoundedSemaphore', 'Condition', 'Event', 'Barrier')}
MADE[('multiprocessing', 'Pool')] = pool.Pool
MADE[('multiprocessing.pool', 'AsyncResult')] = pool.AsyncResult
MADE[('multiprocessing.connection', 'Connection')] = connection.Connection
MADE[('threading', 'Lock')] = type(threading.Lock())
MADE[('threading', 'RLock')] = type(threading.RLock())

def listed(module):
    # The module of the page for a module of the library.
    while module and module not in sys.argv[1:]:
        module = module.rpartition('.')[0]
    return module

def show(ways):
    print('\\t'.join(dict.fromkeys(f'{module} {name}' for module, name in ways if module)))

def parameters(ways, function):
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return  # written in C, without a signature
    for parameter in signature.parameters.values():
        if parameter.default is parameter.empty or parameter.name.startswith('_'):
            continue
        in_brackets = f'({parameter.name})'
        show([(module, name + in_brackets) for module, name in ways] + [(module, in_brackets) for module, _ in ways])

for module in sys.argv[1:]:
    library = importlib.import_module(module)
    made = [name for where, name in MADE if where == module]
    for name in dict.fromkeys([*library.__all__, *made]):
        value = getattr(library, name, None)
        kind = MADE.get((module, name), value)
        is_class = inspect.isclass(kind)
        if name in library.__all__:
            show([(module, name)])
        bases = [base for base in kind.__mro__ if base.__module__ != 'builtins'] if is_class else []
        ways = [(module, name)] + [(listed(base.__module__), base.__qualname__) for base in bases]
        if name in library.__all__ and not hasattr(value, 'n_fields'):
            parameters(ways, value)
        for member in dir(kind) if is_class else ():
            owner = next(base for base in kind.__mro__ if member in base.__dict__)
            of = getattr(kind, member)
            if (member.startswith('_') or member != member.lower() or owner.__module__ == 'builtins'
                    or 'obsolete synonym' in (inspect.getdoc(of) or '')
                    or member in ('n_fields', 'n_sequence_fields', 'n_unnamed_fields', 'prepare_context')):
                continue
            its_ways = [(module, f'{name}.{member}') for module, name in ways]
            show(its_ways)
            if callable(of):
                parameters(its_ways, of)
";

/// Rows that Python is not asked for, so that they don't vanish unseen: of modules that are here in part, methods that an
/// object gets when it is made, and what came after the oldest Python on which the tests run.
const BESIDES: [(&str, &str); 39] = [
    ("asyncio", "TaskGroup"),
    ("asyncio", "create_subprocess_exec"),
    ("asyncio", "to_thread"),
    ("os", "cpu_count"),
    ("os", "setgroups"),
    ("queue", "Queue"),
    ("queue", "PriorityQueue"),
    ("threading", "Lock.acquire"),
    ("threading", "Lock.release"),
    ("threading", "Lock.locked"),
    ("multiprocessing", "Lock.acquire"),
    ("multiprocessing", "Lock.release"),
    ("multiprocessing", "RLock.acquire"),
    ("multiprocessing", "RLock.release"),
    ("multiprocessing", "RLock.locked"),
    ("multiprocessing", "Semaphore.acquire"),
    ("multiprocessing", "Semaphore.release"),
    ("concurrent.futures", "InvalidStateError"),
    ("concurrent.interpreters", "create_queue"),
    ("os", "process_cpu_count"),
    ("queue", "Queue.shutdown"),
    ("queue", "ShutDown"),
    ("threading", "settrace_all_threads"),
    ("threading", "setprofile_all_threads"),
    ("threading", "RLock.locked"),
    ("threading", "Thread(context)"),
    ("threading", "serialize_iterator"),
    ("threading", "synchronized_iterator"),
    ("threading", "concurrent_tee"),
    ("multiprocessing", "Lock.locked"),
    ("multiprocessing", "Process.interrupt"),
    ("multiprocessing", "set_forkserver_preload(on_error)"),
    ("multiprocessing.shared_memory", "SharedMemory(track)"),
    ("concurrent.futures", "Executor.map(buffersize)"),
    ("concurrent.futures", "InterpreterPoolExecutor"),
    ("concurrent.futures", "ProcessPoolExecutor.kill_workers"),
    ("concurrent.futures", "ProcessPoolExecutor.terminate_workers"),
    ("concurrent.interpreters", "create"),
    ("concurrent.interpreters", "Interpreter"),
];

/// Makes the mistakes of the table on fork servers and writes what Python says of them.
const BROKEN: &str = "
import multiprocessing, subprocess, sys, threading

context = multiprocessing.get_context('forkserver')

def use(value):
    pass

if __name__ == '__main__':
    def local():
        pass
    local.__qualname__ = 'main.<locals>.local'
    for target, argument in ((local, None), (use, threading.Lock()), (use, multiprocessing.get_context('fork').Lock())):
        try:
            context.Process(target=target, args=() if argument is None else (argument,)).start()
        except Exception as error:
            print(error)
    without = 'import multiprocessing; multiprocessing.get_context(\"forkserver\").Process(target=print).start()'
    with open('unguarded.py', 'w') as file:
        file.write(without)
    for command, text in (([sys.executable, 'unguarded.py'], None), ([sys.executable, '-'], without)):
        ended = subprocess.run(command, input=text, text=True, capture_output=True, timeout=60)
        print(ended.stderr)
";

/// A row of a table.
struct Row {
    /// Where it stands, for people.
    place: String,
    /// The code in the head of its table.
    module: String,
    /// The code in its first cell.
    names: Vec<String>,
    /// What is written in its cells.
    cells: Vec<String>,
    /// How many cells its author has written: the parser drops what is too much.
    written: usize,
}

/// The page in each edition that has it, with its path.
fn pages() -> Result<Vec<(String, String)>> {
    let mut pages = Vec::new();
    for edition in site::editions(&root()) {
        let path: PathBuf = edition.source.join("appendix/python_to_rust.md");
        if root().join(&path).exists() {
            pages.push((path.display().to_string(), tests::read(&path)?));
        }
    }
    ensure!(pages.iter().any(|(path, _)| Path::new(path).starts_with("src/en")), "no page");
    Ok(pages)
}

/// The rows of all tables of a page.
fn rows(path: &str, text: &str) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let (mut module, mut names, mut cells) = (String::new(), Vec::new(), Vec::<String>::new());
    let mut in_cell = false;
    for (event, range) in parser(text).into_offset_iter() {
        match event {
            Event::Start(Tag::TableHead | Tag::TableRow) => (names, cells) = (vec![], vec![]),
            Event::Start(Tag::TableCell) => {
                in_cell = true;
                cells.push(String::new());
            }
            Event::End(TagEnd::TableCell) => in_cell = false,
            Event::Code(code) if in_cell => {
                if cells.len() == 1 {
                    names.push(code.to_string());
                }
                cells.last_mut().context("a cell")?.push_str(&code);
            }
            Event::Text(text) if in_cell => cells.last_mut().context("a cell")?.push_str(&text),
            Event::End(end @ (TagEnd::TableHead | TagEnd::TableRow)) => {
                let line = text[..range.start].matches('\n').count() + 1;
                let place = format!("{path}:{line}");
                if end == TagEnd::TableHead {
                    module = names.pop().with_context(|| format!("{place}: no module"))?;
                    continue;
                }
                let bars = text[range].replace("\\|", "").matches('|').count();
                rows.push(Row {
                    place,
                    module: module.clone(),
                    names: std::mem::take(&mut names),
                    cells: std::mem::take(&mut cells),
                    written: bars.saturating_sub(1),
                });
            }
            _ => {}
        }
    }
    Ok(rows)
}

/// The ways in which the page may name something of Python, each a module and a name.
type Ways = Vec<(String, String)>;

/// What of the installed Python must have a row; `None` where there is no Python.
fn public_names() -> Result<Option<Vec<Ways>>> {
    let mut python = runner::python();
    // Isolated: neither the environment nor the current folder can put another module in between.
    python.args(["-I", "-c", PUBLIC_NAMES]).args(MODULES).current_dir(root());
    let Some(ended) = tests::run_python(python)? else { return Ok(None) };
    let mut public = Vec::new();
    for line in ended.lines() {
        let way = |way: &str| {
            let (module, name) = way.split_once(' ').context("a module and a name")?;
            Ok((module.to_owned(), name.to_owned()))
        };
        public.push(line.split('\t').map(way).collect::<Result<Ways>>()?);
    }
    for module in MODULES {
        let known = public.iter().flatten().any(|(of, _)| of == module);
        ensure!(known, "Python knows no public name of {module}");
    }
    for method in ["Queue.put_nowait", "Queue.put(block)"] {
        let way = ("multiprocessing".to_owned(), method.to_owned());
        ensure!(public.iter().any(|ways| ways.contains(&way)), "Python knows no {method}");
    }
    Ok(Some(public))
}

#[test]
fn every_public_name_method_and_parameter_of_python_has_a_row() -> Result<()> {
    let Some(public) = public_names()? else { return Ok(()) };
    let mut wrong = Vec::new();
    for (path, text) in pages()? {
        let rows = rows(&path, &text)?;
        let known: BTreeSet<(&str, &str)> = rows
            .iter()
            .flat_map(|row| row.names.iter().map(|name| (row.module.as_str(), name.as_str())))
            .collect();
        for ways in &public {
            if !ways.iter().any(|(module, name)| known.contains(&(module, name))) {
                let (module, name) = &ways[0];
                wrong.push(format!("{path}: no row for {module}: {name}"));
            }
        }
        let besides = BESIDES.iter().filter(|name| !known.contains(*name));
        wrong.extend(besides.map(|(module, name)| format!("{path}: no row for {module}: {name}")));
    }
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn python_says_of_fork_servers_what_the_page_quotes() -> Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("broken.py"), BROKEN)?;
    let mut python = runner::python();
    python.args(["-I", "broken.py"]).current_dir(folder.path());
    let Some(ended) = tests::run_python(python)? else { return Ok(()) };
    let said = ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for (path, text) in pages()? {
        let rows = rows(&path, &text)?;
        let quoted: Vec<&String> = rows
            .iter()
            .filter(|row| row.module == "forkserver")
            .flat_map(|row| &row.names)
            .filter(|name| name.contains(' '))
            .collect();
        ensure!(quoted.len() == 5, "{path}: quotes {quoted:?}");
        for message in quoted {
            ensure!(
                said.contains(message.as_str()),
                "{path}: Python doesn't say {message:?}:\n{said}"
            );
        }
    }
    Ok(())
}

#[test]
fn every_row_is_whole_and_every_name_stands_once() -> Result<()> {
    let mut wrong = Vec::new();
    for (path, text) in pages()? {
        let mut seen = BTreeSet::new();
        for Row { place, module, names, cells, written } in rows(&path, &text)? {
            if written != 3 || cells.len() != 3 || cells.iter().any(|cell| cell.trim().is_empty()) {
                wrong.push(format!("{place}: not three cells with something in each"));
            }
            if names.is_empty() {
                wrong.push(format!("{place}: no name in the first cell"));
            }
            for name in names {
                if !seen.insert((module.clone(), name.clone())) {
                    wrong.push(format!("{place}: {module}.{name} stands twice"));
                }
            }
        }
        ensure!(!seen.is_empty(), "{path}: no table was found");
    }
    ensure!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}
