// Port ten lines of Python.
//
//     from multiprocessing import Pool
//     from exercises import steps
//
//     if __name__ == "__main__":
//         total = 0
//         with Pool(3) as pool:
//             for number, result in enumerate(pool.imap(steps, range(1, 13)), 1):
//                 print(f"{number}: {result}")
//                 total += result
//         print(f"together {total}")
//
// Let your program do what these lines do. Three processes compute; whoever is free takes the next number, for `imap` hands
// them out one by one. The program itself writes the results, in the order of the numbers. If a worker dies, it ends with
// an error, which Python's does not. Now one process does all.
//
// `cargo exercise port_ten_lines` checks it, and `cargo exercise port_ten_lines --hint` helps.

use exercises::steps;

fn main() -> anyhow::Result<()> {
    // ANCHOR: solution
    let numbers: Vec<u64> = (1..=12).collect();
    let pool = mp::Pool::new(3)?.with_chunk_size(1);
    let results = pool.map(&numbers, |number| steps(*number))?;
    // ANCHOR_END: solution
    //| let results: Vec<u64> = (1..=12).map(steps).collect();
    for (number, result) in (1..).zip(&results) {
        println!("{number}: {result}");
    }
    println!("together {}", results.iter().sum::<u64>());
    Ok(())
}
