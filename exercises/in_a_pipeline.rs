// A pipeline, in order.
//
// Six dishes are washed, cut and cooked. Let each of these stages run in a process of its own, all three at the same time:
// while one dish is cooked, the next one is cut, and the one behind it washed. A dish is passed on as soon as its stage is
// done, and all stages have the dishes in the same order. Now one process does all.
//
// `cargo exercise in_a_pipeline` checks it, and `cargo exercise in_a_pipeline --hint` helps.

use exercises::Kitchen;

fn main() -> anyhow::Result<()> {
    let kitchen = &Kitchen::new()?;
    for dish in 0..Kitchen::DISHES {
        kitchen.wash(dish);
        kitchen.cut(dish);
        kitchen.cook(dish);
    }
    Ok(())
}
