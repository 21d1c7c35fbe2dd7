// Threads and channels.

use exercises::Kitchen;
use std::sync::mpsc;
use std::thread;

fn main() -> anyhow::Result<()> {
    let kitchen = &Kitchen::new()?;
    let (to_cut, washed) = mpsc::channel();
    let (to_cook, cut) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            for dish in 0..Kitchen::DISHES {
                kitchen.wash(dish);
                let _ = to_cut.send(dish);
            }
        });
        scope.spawn(move || {
            for dish in washed {
                kitchen.cut(dish);
                let _ = to_cook.send(dish);
            }
        });
        scope.spawn(move || cut.into_iter().for_each(|dish| kitchen.cook(dish)));
    });
    Ok(())
}
