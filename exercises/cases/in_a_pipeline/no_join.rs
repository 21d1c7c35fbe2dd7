// As it should be, and nobody is waited for: the end of a pipe tells that all have ended.

use exercises::Kitchen;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let kitchen = &Kitchen::new()?;
    // What a closure has got by `move` is closed here when its process has been started: each pipe ends with its stage.
    let (mut end, held) = io::pipe()?;
    let (mut washed, mut to_cut) = io::pipe()?;
    let washer = mp::Process::spawn(move || {
        for dish in 0..Kitchen::DISHES {
            kitchen.wash(dish);
            to_cut.write_all(&[dish])?;
        }
        io::Result::Ok(())
    })?;
    let (mut cut, mut to_cook) = io::pipe()?;
    let cutter = mp::Process::spawn(move || {
        let mut dish = [0];
        while washed.read(&mut dish)? > 0 {
            kitchen.cut(dish[0]);
            to_cook.write_all(&dish)?;
        }
        io::Result::Ok(())
    })?;
    let cook = mp::Process::spawn(move || {
        let mut dish = [0];
        while cut.read(&mut dish)? > 0 {
            kitchen.cook(dish[0]);
        }
        io::Result::Ok(())
    })?;
    [washer, cutter, cook].into_iter().for_each(std::mem::forget);
    drop(held);
    end.read_to_end(&mut Vec::new())?;
    Ok(())
}
