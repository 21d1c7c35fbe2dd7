//! Fork, the program again, and a fork server: a timeline each.

use anyhow::Result;
use serde::Deserialize;

use crate::sheet::{Drawn, Sheet};
use crate::timeline::{Arrow, Kind, Lane, Scene, Timeline, draw_scenes};
use crate::words::fill;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    program: &'static str,
    worker: &'static str,
    server: &'static str,
    fork: &'static str,
    program_again: &'static str,
    fork_server: &'static str,
    sets: &'static str,
    sets_and_grows: &'static str,
    begins: &'static str,
    forks: &'static str,
    forks_server: &'static str,
    starts: &'static str,
    fork_arrow: &'static str,
    start_arrow: &'static str,
    job: &'static str,
    job_stdin: &'static str,
    result: &'static str,
    result_pipe: &'static str,
    result_stdout: &'static str,
    copy: &'static str,
    is_loaded: &'static str,
    fresh: &'static str,
    server_copy: &'static str,
    worker_copy: &'static str,
    sends: &'static str,
    counts: &'static str,
    waits: &'static str,
    goes_on: &'static str,
    title: &'static str,
    description: &'static str,
}

fn fork(text: &Text) -> Scene<'_> {
    let (mut parent, mut worker) = (Lane::new(text.program), Lane::new(text.worker));
    parent.push(Kind::Main, 44.0, text.sets);
    let (_, forked) = parent.push_spoken(Kind::Start, 16.0, "", text.forks);
    worker.skip_to(forked);
    worker.push(Kind::Main, 56.0, text.copy);
    let (_, done) = worker.push(Kind::Task(0), 48.0, text.counts);
    parent.wait_until(done, text.waits);
    parent.push(Kind::Main, 34.0, text.goes_on);
    let arrows = vec![
        Arrow::across(0, 1, forked, text.fork_arrow),
        Arrow::across(1, 0, done, text.result_pipe),
    ];
    Scene {
        heading: text.fork,
        timeline: Timeline { lanes: vec![parent, worker], arrows, whole: 0.0 },
    }
}

fn program_again(text: &Text) -> Scene<'_> {
    let (mut parent, mut worker) = (Lane::new(text.program), Lane::new(text.worker));
    parent.push(Kind::Main, 44.0, text.sets);
    let (_, started) = parent.push_spoken(Kind::Start, 16.0, "", text.starts);
    worker.skip_to(started);
    worker.push(Kind::Start, 36.0, text.is_loaded);
    let (_, ready) = worker.push(Kind::Main, 56.0, text.fresh);
    parent.push(Kind::Main, ready - started, text.sends);
    let (_, done) = worker.push(Kind::Task(0), 48.0, text.counts);
    parent.wait_until(done, text.waits);
    parent.push(Kind::Main, 34.0, text.goes_on);
    let arrows = vec![
        Arrow::across(0, 1, started, text.start_arrow),
        Arrow::across(0, 1, ready, text.job_stdin),
        Arrow::across(1, 0, done, text.result_stdout),
    ];
    Scene {
        heading: text.program_again,
        timeline: Timeline { lanes: vec![parent, worker], arrows, whole: 0.0 },
    }
}

fn fork_server(text: &Text) -> Scene<'_> {
    let mut parent = Lane::new(text.program);
    let (mut server, mut worker) = (Lane::new(text.server), Lane::new(text.worker));
    parent.push(Kind::Main, 34.0, text.begins);
    let (_, forked) = parent.push_spoken(Kind::Start, 16.0, "", text.forks_server);
    parent.push(Kind::Main, 60.0, text.sets_and_grows);
    server.skip_to(forked);
    server.push(Kind::Main, 56.0, text.server_copy);
    let (_, sent) = parent.push(Kind::Main, 52.0, text.sends);
    server.wait_until(sent, text.waits);
    let (_, forked_again) = server.push_spoken(Kind::Start, 16.0, "", text.forks);
    worker.skip_to(forked_again);
    worker.push(Kind::Main, 56.0, text.worker_copy);
    let (_, done) = worker.push(Kind::Task(0), 48.0, text.counts);
    parent.wait_until(done, text.waits);
    parent.push(Kind::Main, 34.0, text.goes_on);
    server.wait_until(parent.now(), text.waits);
    let arrows = vec![
        Arrow::across(0, 1, forked, text.fork_arrow),
        Arrow::across(0, 1, sent, text.job),
        Arrow::across(1, 2, forked_again, text.fork_arrow),
        Arrow::across(2, 0, done, text.result),
    ];
    Scene {
        heading: text.fork_server,
        timeline: Timeline { lanes: vec![parent, server, worker], arrows, whole: 0.0 },
    }
}

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let text: &Text = sheet.text()?;
    let scenes = [fork(text), program_again(text), fork_server(text)];
    let height = draw_scenes(&mut sheet.canvas, sheet.words, &scenes);
    let [fork, again, server] = scenes.map(|scene| scene.timeline.describe(sheet.words));
    let values = [("fork", &*fork), ("again", &*again), ("server", &*server)];
    Ok(Drawn { height, title: text.title, description: fill(text.description, &values) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::english;

    #[test]
    fn a_fork_server_is_forked_before_the_program_changes() {
        let scene = fork_server(english().1.table("pictures.start-methods").expect("its words"));
        let [program, server, worker] = &scene.timeline.lanes[..] else { panic!("three lanes") };
        assert!(server.pieces[0].from <= program.pieces[2].from);
        assert!(worker.pieces[0].from >= program.pieces[2].to);
    }
}
