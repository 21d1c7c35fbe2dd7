//! Run it here, from outside: who may ask for what, what a run tells, and that nothing is left, however it ends. The
//! server is the real one, the book has one page, and cargo and the program are scripts.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

const LONG: Duration = Duration::from_secs(60);

/// Builds `one`; of `slow` it never comes to an end, and `broken` it can't build.
const CARGO: &str = r#"#!/bin/sh
case "$*" in
*slow*) sleep 600;;
*broken*) echo "error: it is broken" >&2; exit 101;;
esac
echo "   Compiling one" >&2
echo '{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"one"},"executable":null}'
echo '{"reason":"compiler-artifact","target":{"kind":["example"],"name":"one"},"executable":"'$PWD'/one"}'
"#;

const ONE: &str = r#"#!/bin/sh
case "$*" in
--help) echo "usage: one [--way N]"; echo "  --way N    from 0 to 3 (default 0)";;
"--way 0") echo out; echo error >&2; exit 3;;
"--way 1") sleep 600; echo "the child: $?"; sleep 600;;
"--way 2") while :; do echo "a line that says that it is one of many, and goes on and on and on"; done;;
"--way 3") setsid sleep 600 & trap "" TERM INT; wait;;
esac
"#;

struct Server {
    child: Child,
    port: u16,
    _root: tempfile::TempDir,
}

impl Server {
    fn start() -> Result<Server> {
        let root = tempfile::tempdir()?;
        let path = root.path();
        for folder in ["src/en", "examples/python", "tools/words"] {
            fs::create_dir_all(path.join(folder))?;
        }
        let words = project::root().join("tools/words/en.toml");
        fs::copy(words, path.join("tools/words/en.toml"))?;
        fs::write(path.join("book.toml"), "[book]\n")?;
        fs::write(path.join("src/en/SUMMARY.md"), "- [One](one.md)\n")?;
        fs::write(path.join("src/en/one.md"), "text")?;
        for name in ["one", "slow", "broken"] {
            let head = format!("//! `cargo run --example {name}`\nfn main() {{}}\n");
            fs::write(path.join(format!("examples/{name}.rs")), head)?;
        }
        fs::write(path.join("examples/python/one.py"), "print('a twin')\n")?;
        fs::write(path.join("secret.py"), "print('secret')\n")?;
        for (name, text) in [("cargo", CARGO), ("one", ONE)] {
            fs::write(path.join(name), text)?;
            fs::set_permissions(path.join(name), PermissionsExt::from_mode(0o755))?;
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_book"))
            .args(["--no-open", "--port", "0"])
            .env("CARGO_MANIFEST_DIR", path)
            .env("CARGO", path.join("cargo"))
            .stdout(Stdio::piped())
            .spawn()?;
        let lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        for line in lines {
            let line = line?;
            if let Some(rest) = line.strip_prefix("the book is at http://127.0.0.1:") {
                let port = rest.split('/').next().context("a port")?.parse()?;
                return Ok(Server { child, port, _root: root });
            }
        }
        anyhow::bail!("the server has ended");
    }

    fn page(&self, host: &str) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(stream, "GET /one.html HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
        let mut page = Vec::new();
        stream.read_to_end(&mut page)?;
        Ok(String::from_utf8_lossy(&page).into_owned())
    }

    fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The token of a page that is loaded now.
    fn token(&self) -> Result<String> {
        let page = self.page(&self.host())?;
        let (_, rest) = page.split_once("name=\"book-run\" content=\"").context("a token")?;
        Ok(rest.split('"').next().unwrap_or_default().to_owned())
    }

    /// Asks as a page would, with some headers otherwise; the status, and what follows.
    fn ask_with(
        &self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<(u16, BufReader<TcpStream>)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(LONG))?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            head.extend([name, ": ", value, "\r\n"]);
        }
        write!(stream, "{head}\r\n{body}")?;
        let mut answer = BufReader::new(stream);
        let mut first = String::new();
        answer.read_line(&mut first)?;
        let status = first.split(' ').nth(1).context("a status")?.parse()?;
        Ok((status, answer))
    }

    fn ask(&self, path: &str, token: &str, body: &Value) -> Result<(u16, BufReader<TcpStream>)> {
        let (host, origin) = (self.host(), format!("http://{}", self.host()));
        let headers = [("Host", &*host), ("Origin", &origin), ("X-Book-Run", token)];
        self.ask_with(("POST", path), &headers, &body.to_string())
    }

    fn run(&self, program: &str, arguments: &Value) -> Result<Run> {
        let token = self.token()?;
        let body = json!({ "program": program, "arguments": arguments });
        let (status, answer) = self.ask("/.run", &token, &body)?;
        ensure!(status == 200, "{status}");
        Ok(Run { token, answer, heard: Vec::new() })
    }

    fn order(&self, run: &Run, order: &Value) -> Result<u16> {
        Ok(self.ask("/.run/order", &run.token, order)?.0)
    }

    /// The keepers of this server.
    fn keepers(&self) -> Vec<i32> {
        let children = format!("/proc/{0}/task", self.child.id());
        let tasks = fs::read_dir(children).into_iter().flatten().flatten();
        let text = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
        let all: Vec<String> = text.collect();
        all.iter()
            .flat_map(|text| text.split_whitespace())
            .filter_map(|pid| pid.parse().ok())
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Run {
    token: String,
    answer: BufReader<TcpStream>,
    heard: Vec<Value>,
}

impl Run {
    /// The next event; `None`: it is over.
    fn next(&mut self) -> Result<Option<Value>> {
        let mut line = String::new();
        while self.answer.read_line(&mut line)? > 0 {
            if line.starts_with('{') {
                let event: Value = serde_json::from_str(&line)?;
                self.heard.push(event.clone());
                return Ok(Some(event));
            }
            if line == "0\r\n" {
                return Ok(None);
            }
            line.clear();
        }
        Ok(None)
    }

    /// Waits for an event.
    fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        while let Some(event) = self.next()? {
            if wanted(&event) {
                return Ok(event);
            }
        }
        anyhow::bail!("it is over, and has not come: {:?}", self.heard)
    }

    /// The id of the process at this place.
    fn pid(&mut self, place: u64) -> Result<u32> {
        let started = self.until(|event| event["is"] == "starts" && event["place"] == place)?;
        Ok(u32::try_from(started["pid"].as_u64().context("an id")?)?)
    }

    fn all(mut self) -> Result<Vec<Value>> {
        while self.next()?.is_some() {}
        Ok(self.heard)
    }
}

/// Whether a process is there and has not ended.
fn lives(pid: impl std::fmt::Display) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

fn wait_until_gone(pids: &[u32]) -> Result<()> {
    let deadline = Instant::now() + LONG;
    while pids.iter().any(lives) {
        ensure!(Instant::now() < deadline, "left: {pids:?}");
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn text(events: &[Value], error: bool) -> String {
    let pieces = events.iter().filter(|event| event["is"] == "out" && event["error"] == error);
    pieces.filter_map(|event| event["text"].as_str()).collect()
}

#[test]
fn a_run_tells_what_happens() -> Result<()> {
    let server = Server::start()?;
    let events = server.run("examples/one.rs", &json!({ "way": 0 }))?.all()?;
    let kinds: Vec<&str> = events.iter().filter_map(|event| event["is"].as_str()).collect();
    let mut at = kinds.iter();
    for kind in ["builds", "build", "options", "begins", "starts", "ends", "end"] {
        ensure!(at.any(|other| *other == kind), "no {kind} in its place: {kinds:?}");
    }
    let options = json!([{ "name": "way", "default": 0, "least": 0, "most": 3 }]);
    let told = events.iter().find(|event| event["is"] == "options").context("options")?;
    assert_eq!(told["options"], options);
    assert_eq!((text(&events, false), text(&events, true)), ("out\n".into(), "error\n".into()));
    let end = events.iter().find(|event| event["is"] == "ends").context("an end")?;
    assert_eq!(end["code"], 3);
    // Only asked which options there are, it doesn't run.
    let asked = server.run("examples/one.rs", &Value::Null)?.all()?;
    assert_eq!(asked.last().context("an event")?["options"], options);
    Ok(())
}

#[test]
fn a_twin_runs_where_python_is() -> Result<()> {
    let server = Server::start()?;
    let python = Command::new("python3").arg("--version").output().is_ok();
    assert_eq!(server.page(&server.host())?.contains(" data-python>"), python);
    if python {
        let events = server.run("examples/python/one.py", &json!({}))?.all()?;
        assert_eq!(text(&events, false), "a twin\n");
    }
    Ok(())
}

#[test]
fn what_cargo_says_of_a_broken_program_is_told() -> Result<()> {
    let server = Server::start()?;
    let events = server.run("examples/broken.rs", &Value::Null)?.all()?;
    assert!(events.iter().any(|event| event["text"] == "error: it is broken\n"), "{events:?}");
    let last = events.last().context("an event")?;
    assert_eq!((&last["is"], &last["what"]), (&json!("refused"), &json!("build")));
    Ok(())
}

#[test]
fn nobody_else_may_ask() -> Result<()> {
    fn with<'a>(host: &'a str, origin: &'a str, token: &'a str) -> [(&'a str, &'a str); 3] {
        [("Host", host), ("Origin", origin), ("X-Book-Run", token)]
    }
    let server = Server::start()?;
    let (token, host) = (server.token()?, server.host());
    let origin = format!("http://{host}");
    let body = json!({ "program": "examples/one.rs", "arguments": { "way": 0 } }).to_string();
    let status = |method, headers: &[(&str, &str)], body: &str| -> Result<u16> {
        Ok(server.ask_with((method, "/.run"), headers, body)?.0)
    };
    for origin in ["http://evil.example", "https://127.0.0.1", "http://127.0.0.1:1", "null", ""] {
        assert_eq!(status("POST", &with(&host, origin, &token), &body)?, 403, "{origin}");
    }
    for host in ["evil.example", "evil.example:3000", "127.0.0.1.evil.example", "localhost:80@evil"]
    {
        let origin = format!("http://{host}");
        assert_eq!(status("POST", &with(host, &origin, &token), &body)?, 403, "{host}");
        assert!(!server.page(host)?.contains("book-run"), "{host}: it learns a token");
    }
    let other = format!("{}0", &token[..token.len() - 1]);
    let next = format!("9{token}");
    for token in ["", "0", "0-", &other, &next].into_iter().filter(|other| *other != token) {
        assert_eq!(status("POST", &with(&host, &origin, token), &body)?, 403, "{token}");
    }
    let right = with(&host, &origin, &token);
    for method in ["GET", "PUT", "OPTIONS"] {
        assert_eq!(status(method, &right, &body)?, 405, "{method}");
    }
    assert_eq!(status("POST", &right, &format!("{body}{}", " ".repeat(5000)))?, 413);
    assert!(server.keepers().is_empty());
    assert_eq!(status("POST", &right, &body)?, 200);
    Ok(())
}

#[test]
fn nothing_else_is_run() -> Result<()> {
    let server = Server::start()?;
    let token = server.token()?;
    for program in [
        "secret.py",
        "examples/python/../../secret.py",
        "../one.rs",
        "/bin/sh",
        "examples/two.rs",
        "",
    ] {
        let body = json!({ "program": program, "arguments": {} });
        assert_eq!(server.ask("/.run", &token, &body)?.0, 404, "{program}");
    }
    for arguments in [
        json!({ "way": "/etc/passwd" }),
        json!({ "way": -1 }),
        json!({ "way": 0.5 }),
        json!(["--way", "1"]),
    ] {
        let body = json!({ "program": "examples/one.rs", "arguments": arguments });
        assert_eq!(server.ask("/.run", &token, &body)?.0, 400, "{arguments}");
    }
    for arguments in
        [json!({ "way": 4 }), json!({ "help": 0 }), json!({ "": 1 }), json!({ "../way": 1 })]
    {
        let events = server.run("examples/one.rs", &arguments)?.all()?;
        let last = events.last().context("an event")?;
        assert_eq!(
            (&last["is"], &last["what"]),
            (&json!("refused"), &json!("arguments")),
            "{arguments}"
        );
        assert!(!events.iter().any(|event| event["is"] == "begins"), "{arguments}");
    }
    Ok(())
}

#[test]
fn processes_of_the_run_are_sent_signals_and_no_others() -> Result<()> {
    let server = Server::start()?;
    let mut run = server.run("examples/one.rs", &json!({ "way": 1 }))?;
    let (_, pid) = (run.pid(0)?, run.pid(1)?);
    let stranger = Server::start()?;
    for pid in [stranger.child.id(), std::process::id(), server.child.id(), 1] {
        assert_eq!(server.order(&run, &json!({ "kill": pid }))?, 200);
        run.until(|event| event["is"] == "nobody" && event["pid"] == pid)?;
        assert!(lives(pid));
    }
    assert_eq!(server.order(&run, &json!({ "stop": "1" }))?, 400);
    let state = |state: &'static str| {
        move |event: &Value| {
            let rows = event["all"].as_array().into_iter().flatten();
            event["is"] == "look" && rows.into_iter().any(|row| row[0] == pid && row[2] == state)
        }
    };
    run.until(state("waits"))?;
    assert_eq!(server.order(&run, &json!({ "stop": pid }))?, 200);
    run.until(|event| event["is"] == "stops" && event["place"] == 1)?;
    run.until(state("stopped"))?;
    assert_eq!(server.order(&run, &json!({ "continue": pid }))?, 200);
    run.until(|event| event["is"] == "goes on")?;
    assert_eq!(server.order(&run, &json!({ "terminate": pid }))?, 200);
    let end = run.until(|event| event["is"] == "ends" && event["place"] == 1)?;
    assert_eq!(end["signal"], "SIGTERM");
    // The program notices, and goes on with another child.
    run.until(|event| event["text"] == "the child: 143\n")?;
    assert_eq!(server.order(&run, &json!("end"))?, 200);
    let end = run.until(|event| event["is"] == "end")?;
    assert_eq!(end["why"], "asked");
    assert!(!lives(pid));
    assert!(run.next()?.is_none());
    // It is this page's no more.
    let deadline = Instant::now() + LONG;
    while server.order(&run, &json!({ "kill": pid }))? != 404 {
        ensure!(Instant::now() < deadline, "the run is still there");
    }
    Ok(())
}

#[test]
fn a_page_has_one_run_and_there_are_four() -> Result<()> {
    let server = Server::start()?;
    let mut runs = Vec::new();
    for _ in 0..4 {
        runs.push(server.run("examples/one.rs", &json!({ "way": 1 }))?);
    }
    let body = json!({ "program": "examples/one.rs", "arguments": { "way": 0 } });
    assert_eq!(server.ask("/.run", &runs[0].token, &body)?.0, 409);
    assert_eq!(server.ask("/.run", &server.token()?, &body)?.0, 429);
    // A page's orders are for its own run.
    let pid = runs[1].pid(0)?;
    assert_eq!(server.order(&runs[0], &json!({ "kill": pid }))?, 200);
    runs[0].until(|event| event["is"] == "nobody")?;
    assert!(lives(pid));
    Ok(())
}

#[test]
fn a_page_may_ask_again_when_it_hears_the_end() -> Result<()> {
    let server = Server::start()?;
    let token = server.token()?;
    let body = json!({ "program": "examples/one.rs", "arguments": { "way": 0 } });
    for _ in 0..5 {
        let (status, answer) = server.ask("/.run", &token, &body)?;
        assert_eq!(status, 200);
        let events = Run { token: token.clone(), answer, heard: Vec::new() }.all()?;
        assert_eq!(events.last().context("an event")?["is"], "end");
    }
    Ok(())
}

#[test]
fn who_writes_without_end_is_ended() -> Result<()> {
    let server = Server::start()?;
    let events = server.run("examples/one.rs", &json!({ "way": 2 }))?.all()?;
    assert_eq!(events.last().context("an event")?["why"], "output");
    let length = text(&events, false).len();
    assert_eq!(length, 1 << 20);
    // Lines come together, not an event each.
    let pieces = events.iter().filter(|event| event["is"] == "out").count();
    assert!(pieces * 100 < length / 68, "{pieces} events");
    Ok(())
}

/// A run with a child that has left its group and ignores what can be ignored; its processes and its keeper.
fn hard_to_end(server: &Server) -> Result<(Run, Vec<u32>)> {
    let mut run = server.run("examples/one.rs", &json!({ "way": 3 }))?;
    let (main, child) = (run.pid(0)?, run.pid(1)?);
    run.until(|event| event["is"] == "becomes" && event["program"] == "sleep")?;
    let keepers = server.keepers();
    ensure!(keepers.len() == 1, "{keepers:?}");
    Ok((run, vec![main, child, keepers[0].unsigned_abs()]))
}

#[test]
fn a_closed_page_leaves_nothing() -> Result<()> {
    let server = Server::start()?;
    let (run, pids) = hard_to_end(&server)?;
    drop(run);
    wait_until_gone(&pids)
}

#[test]
fn a_killed_server_leaves_nothing() -> Result<()> {
    let mut server = Server::start()?;
    let (_run, pids) = hard_to_end(&server)?;
    server.child.kill()?;
    server.child.wait()?;
    wait_until_gone(&pids)
}

#[test]
fn an_interrupted_server_leaves_nothing() -> Result<()> {
    let mut server = Server::start()?;
    let (_run, pids) = hard_to_end(&server)?;
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status()?.success());
    assert_eq!(server.child.wait()?.code(), Some(0));
    wait_until_gone(&pids)
}

#[test]
fn a_killed_keeper_leaves_nothing_and_the_server_goes_on() -> Result<()> {
    let server = Server::start()?;
    let (run, pids) = hard_to_end(&server)?;
    assert!(Command::new("kill").args(["-KILL", &pids[2].to_string()]).status()?.success());
    wait_until_gone(&pids[..2])?;
    run.all()?;
    assert!(Path::new(&format!("/proc/{}", server.child.id())).exists());
    let events = server.run("examples/one.rs", &json!({ "way": 0 }))?.all()?;
    assert_eq!(text(&events, false), "out\n");
    Ok(())
}

#[test]
fn a_build_is_ended_too() -> Result<()> {
    let mut server = Server::start()?;
    let mut run = server.run("examples/slow.rs", &Value::Null)?;
    run.until(|event| event["is"] == "builds")?;
    let keepers = server.keepers();
    ensure!(keepers.len() == 1, "{keepers:?}");
    let mut pids = vec![keepers[0].unsigned_abs()];
    // The keeper's child is cargo, and cargo's is what builds for ever.
    let deadline = Instant::now() + LONG;
    while pids.len() < 3 {
        ensure!(Instant::now() < deadline, "{pids:?}");
        let below = |pid: &u32| {
            let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
            tasks
                .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
                .flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
                .find_map(|pid| pid.parse().ok())
        };
        let next: Option<u32> = pids.last().and_then(below);
        pids.extend(next);
    }
    server.child.kill()?;
    server.child.wait()?;
    wait_until_gone(&pids)
}
