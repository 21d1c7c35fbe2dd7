// Three processes, each with two of the dishes, and all stages.

use exercises::Kitchen;

fn main() -> anyhow::Result<()> {
    let kitchen = &Kitchen::new()?;
    let mut cooks = Vec::new();
    for first in 0..3 {
        cooks.push(mp::Process::spawn(move || {
            for dish in [first, first + 3] {
                kitchen.wash(dish);
                kitchen.cut(dish);
                kitchen.cook(dish);
            }
        })?);
    }
    for cook in &mut cooks {
        anyhow::ensure!(cook.join()?.success());
    }
    Ok(())
}
