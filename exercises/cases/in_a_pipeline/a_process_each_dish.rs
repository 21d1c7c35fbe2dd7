// A process for each dish, which does all three.

use exercises::Kitchen;

fn main() -> anyhow::Result<()> {
    let kitchen = &Kitchen::new()?;
    let mut cooks = Vec::new();
    for dish in 0..Kitchen::DISHES {
        cooks.push(mp::Process::spawn(move || {
            kitchen.wash(dish);
            kitchen.cut(dish);
            kitchen.cook(dish);
        })?);
    }
    for cook in &mut cooks {
        anyhow::ensure!(cook.join()?.success());
    }
    Ok(())
}
