//! What the operating system counts while a way runs.

use std::thread;

use anyhow::Result;
use nix::{
    libc,
    sys::{
        resource::{UsageWho, getrusage},
        time::{TimeVal, TimeValLike as _},
    },
};
use serde::Serialize;

/// Counts of this process and of those of its children that have ended.
#[derive(Clone, Copy, Serialize)]
struct Usage {
    #[serde(rename = "voluntary switches")]
    voluntary: libc::c_long,
    #[serde(rename = "involuntary switches")]
    involuntary: libc::c_long,
    #[serde(rename = "minor faults")]
    faults: libc::c_long,
    #[serde(rename = "ms user")]
    user: f64,
    #[serde(rename = "ms system")]
    system: f64,
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of one run")]
fn ms(time: TimeVal) -> f64 {
    time.num_microseconds() as f64 / 1000.0
}

impl Usage {
    fn now() -> Result<Usage> {
        let own = getrusage(UsageWho::RUSAGE_SELF)?;
        let children = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        Ok(Usage {
            voluntary: own.voluntary_context_switches() + children.voluntary_context_switches(),
            involuntary: own.involuntary_context_switches()
                + children.involuntary_context_switches(),
            faults: own.minor_page_faults() + children.minor_page_faults(),
            user: ms(own.user_time()) + ms(children.user_time()),
            system: ms(own.system_time()) + ms(children.system_time()),
        })
    }
}

/// What is counted while `work` runs, as JSON.
pub fn of(mut work: impl FnMut() -> Result<()>) -> Result<String> {
    let before = Usage::now()?;
    work()?;
    // A thread's counts are added to the process's when it is gone, a moment after it is joined.
    thread::yield_now();
    let after = Usage::now()?;
    Ok(serde_json::to_string(&Usage {
        voluntary: after.voluntary - before.voluntary,
        involuntary: after.involuntary - before.involuntary,
        faults: after.faults - before.faults,
        user: after.user - before.user,
        system: after.system - before.system,
    })?)
}
