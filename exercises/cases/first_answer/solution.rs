// The first answer ends the search.
//
// Four processes search in four places at the same time, and in one of them something is found. Write where, as soon as
// it is, and end the search everywhere: nobody goes on to search in vain, and nobody is left. Now all search to their
// ends.
//
// `cargo exercise first_answer` checks it, and `cargo exercise first_answer --hint` helps.

use exercises::search;
// ANCHOR: solution
use std::io::{self, Read as _, Write as _};
// ANCHOR_END: solution
//| use std::process::ExitCode;

fn main() -> anyhow::Result<()> {
    // ANCHOR: solution
    let (mut reader, writer) = io::pipe()?;
    // ANCHOR_END: solution
    let mut searchers = Vec::new();
    for place in 0..4_u8 {
        // ANCHOR: solution
        searchers.push(mp::Process::spawn(|| {
            if search(place) { (&writer).write_all(&[place]) } else { Ok(()) }
        })?);
        // ANCHOR_END: solution
        //| searchers.push(mp::Process::spawn(move || {
        //|     if search(place) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        //| })?);
    }
    // ANCHOR: solution
    drop(writer); // now the pipe ends when all have ended
    let mut found = [0];
    match reader.read_exact(&mut found) {
        Ok(()) => println!("found in place {}", found[0]),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => println!("not found"),
        Err(error) => return Err(error.into()),
    }
    for searcher in &mut searchers {
        searcher.kill()?;
    }
    for searcher in &mut searchers {
        searcher.join()?;
    }
    // ANCHOR_END: solution
    //| for (place, searcher) in searchers.iter_mut().enumerate() {
    //|     if searcher.join()?.success() {
    //|         println!("found in place {place}");
    //|     }
    //| }
    Ok(())
}
