// A pipeline, in order.
//
// Six dishes are washed, cut and cooked. Let each of these stages run in a process of its own, all three at the same time:
// while one dish is cooked, the next one is cut, and the one behind it washed. A dish is passed on as soon as its stage is
// done, and all stages have the dishes in the same order. Now one process does all.
//
// `cargo exercise in_a_pipeline` checks it, and `cargo exercise in_a_pipeline --hint` helps.

use exercises::Kitchen;
// ANCHOR: solution
use std::io::{self, Read as _, Write as _};
// ANCHOR_END: solution

fn main() -> anyhow::Result<()> {
    let kitchen = &Kitchen::new()?;
    // ANCHOR: solution
    // What a closure has got by `move` is closed here when its process has been started: each pipe ends with its stage.
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
    for mut stage in [washer, cutter, cook] {
        let status = stage.join()?;
        anyhow::ensure!(status.success(), "a stage has failed, {status}");
    }
    // ANCHOR_END: solution
    //| for dish in 0..Kitchen::DISHES {
    //|     kitchen.wash(dish);
    //|     kitchen.cut(dish);
    //|     kitchen.cook(dish);
    //| }
    Ok(())
}
