// The next dish is washed when the last one is cooked.

use exercises::Kitchen;
use std::io::{self, Read as _, Write as _};

fn main() -> anyhow::Result<()> {
    let kitchen = &Kitchen::new()?;
    // What a closure has got by `move` is closed here when its process has been started: each pipe ends with its stage.
    let (mut hungry, eaten) = io::pipe()?;
    let (mut washed, mut to_cut) = io::pipe()?;
    let washer = mp::Process::spawn(move || {
        for dish in 0..Kitchen::DISHES {
            kitchen.wash(dish);
            to_cut.write_all(&[dish])?;
            hungry.read_exact(&mut [0])?;
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
            (&eaten).write_all(&dish)?;
        }
        io::Result::Ok(())
    })?;
    for mut stage in [washer, cutter, cook] {
        let status = stage.join()?;
        anyhow::ensure!(status.success(), "a stage has failed, {status}");
    }
    Ok(())
}
