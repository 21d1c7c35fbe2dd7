// The first answer ends the search.
//
// Four processes search in four places at the same time, and in one of them something is found. Write where, as soon as
// it is, and end the search everywhere: nobody goes on to search in vain, and nobody is left. Now all search to their
// ends.
//
// `cargo exercise first_answer` checks it, and `cargo exercise first_answer --hint` helps.

use exercises::search;
use std::process::ExitCode;

fn main() -> anyhow::Result<()> {
    let mut searchers = Vec::new();
    for place in 0..4_u8 {
        searchers.push(mp::Process::spawn(move || {
            if search(place) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        })?);
    }
    for (place, searcher) in searchers.iter_mut().enumerate() {
        if searcher.join()?.success() {
            println!("found in place {place}");
        }
    }
    Ok(())
}
