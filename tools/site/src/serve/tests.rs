use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::Arc,
    time::{Duration, Instant},
};

use super::*;

/// What the server at `port` answers to a GET for `path`.
fn get(port: u16, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A server of a site with two pages, and its port.
fn server() -> Result<(tempfile::TempDir, Arc<Live>, u16)> {
    let root = tempfile::tempdir()?;
    let site = root.path().join("book");
    fs::create_dir(&site)?;
    fs::write(site.join("index.html"), "<html><body>first</body></html>")?;
    fs::write(site.join("404.html"), "<html><body>lost</body></html>")?;
    fs::write(site.join("book.css"), "body {}")?;
    fs::create_dir(site.join("part"))?;
    fs::write(site.join("part/index.html"), "<html><body>inside</body></html>")?;
    fs::write(root.path().join("secret"), "hidden")?;
    let listener = bind(Some(0))?;
    let port = listener.local_addr()?.port();
    let live = server::start(listener, &site, None)?;
    Ok((root, live, port))
}

#[test]
fn a_port_asked_for_that_is_taken_is_a_usage_error() -> Result<()> {
    let taken = bind(Some(0))?;
    let port = taken.local_addr()?.port();
    let Err(error) = bind(Some(port)) else { panic!("bound twice") };
    assert!(error.is::<UsageError>());
    assert!(error.to_string().contains(&format!("port {port} is taken")), "{error}");
    Ok(())
}

#[test]
fn without_a_port_the_next_free_one_is_taken() -> Result<()> {
    let (first, second) = (bind(None)?, bind(None)?);
    let (first, second) = (first.local_addr()?.port(), second.local_addr()?.port());
    assert!((DEFAULT_PORT..DEFAULT_PORT + PORTS).contains(&first));
    assert!(second > first);
    Ok(())
}

#[test]
fn pages_are_served_with_type_and_reload_script() -> Result<()> {
    let (root, _server, port) = server()?;
    let page = get(port, "/")?;
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("Content-Type: text/html"), "{page}");
    assert!(page.contains("first") && page.contains("<script"), "{page}");
    assert!(get(port, "/book.css")?.contains("Content-Type: text/css"));
    assert!(!fs::read_to_string(root.path().join("book/index.html"))?.contains("<script"));
    Ok(())
}

#[test]
fn a_connection_is_closed_after_its_answer() -> Result<()> {
    let (_root, _live, port) = server()?;
    for path in ["/", "/absent", "/part", "/.live"] {
        assert!(get(port, path)?.contains("Connection: close"), "{path}");
    }
    Ok(())
}

#[test]
fn a_folder_has_its_page_at_its_address_with_a_slash() -> Result<()> {
    let (_root, _live, port) = server()?;
    let moved = get(port, "/part")?;
    assert!(moved.starts_with("HTTP/1.1 308") && moved.contains("Location: /part/"), "{moved}");
    assert!(get(port, "/part/")?.contains("inside"));
    Ok(())
}

#[test]
fn a_page_learns_how_the_last_build_went() -> Result<()> {
    let (_root, live, port) = server()?;
    assert!(get(port, "/.live")?.ends_with(r#"{"failure":null,"version":0}"#));
    assert!(get(port, "/")?.contains("version !== 0"));
    live.failed("one.md: <div>".to_owned());
    assert!(get(port, "/.live")?.ends_with(r#"{"failure":"one.md: <div>","version":0}"#));
    live.built();
    assert!(get(port, "/.live")?.ends_with(r#"{"failure":null,"version":1}"#));
    assert!(get(port, "/")?.contains("version !== 1"));
    Ok(())
}

#[test]
fn what_is_not_there_gets_the_404_page() -> Result<()> {
    let (_root, _server, port) = server()?;
    let page = get(port, "/absent.html")?;
    assert!(page.starts_with("HTTP/1.1 404") && page.contains("lost"), "{page}");
    Ok(())
}

#[test]
fn nothing_outside_the_site_is_served() -> Result<()> {
    let (_root, _server, port) = server()?;
    for path in ["/../secret", "/%2e%2e/secret", "/..%2fsecret", "//secret"] {
        let answer = get(port, path)?;
        assert!(!answer.contains("hidden"), "{path}: {answer}");
    }
    Ok(())
}

#[test]
fn a_change_rebuilds_and_a_failing_one_does_not_reload() -> Result<()> {
    let root = tempfile::tempdir()?;
    let (source, dest) = (root.path().join("src/en"), root.path().join("book"));
    fs::create_dir_all(&source)?;
    fs::write(root.path().join("book.toml"), "[book]\n")?;
    fs::write(source.join("SUMMARY.md"), "- [One](one.md)\n")?;
    fs::write(source.join("one.md"), "first text")?;
    let changes = watch::Changes::new(root.path())?;
    let about = Site { live: true, ..Site::default() };
    build(root.path(), &dest, &about)?;

    let live = Arc::new(Live::default());
    let (project, site) = (root.path().to_owned(), dest.clone());
    let told = Arc::clone(&live);
    thread::spawn(move || rebuild_on(changes, &project, &site, &about, &told));
    let until = |wanted: &str| {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !live.json().contains(wanted) {
            assert!(Instant::now() < deadline, "{wanted} has not come: {}", live.json());
            thread::sleep(Duration::from_millis(20));
        }
    };
    fs::write(source.join("one.md"), "broken <div>")?;
    until("unclosed HTML tag");
    assert!(live.json().contains("\"version\":0"), "reloaded a broken page");
    assert!(fs::read_to_string(dest.join("one.html"))?.contains("first text"));

    fs::write(source.join("one.md"), "second text")?;
    until("\"version\":1");
    assert!(live.json().contains("null"), "the failure is still shown");
    assert!(fs::read_to_string(dest.join("one.html"))?.contains("second text"));
    // Building reads the sources; that is no change, and nothing is built again.
    thread::sleep(Duration::from_secs(1));
    assert!(live.json().contains("\"version\":1"), "built again for no change");
    Ok(())
}
