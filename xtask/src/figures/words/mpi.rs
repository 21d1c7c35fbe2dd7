//! The words of the model of scaling over many machines.

use super::Alternative;
use super::costs::Chart;

pub struct Mpi {
    pub model: Chart,
    pub ideal: &'static str,
    pub large: &'static str,
    pub small: &'static str,
    pub data: &'static str,
    pub pool: &'static str,
}

pub const ENGLISH: Mpi = Mpi {
    model: Chart {
        x: "ranks",
        y: "a model, not measured: times as fast as one rank",
        alternative: Alternative {
            title: "A model: how much faster four jobs become with 1 to 10,000 ranks",
            description: "Computed from a model, not measured. Lines of speed-up over the number of \
                ranks; both axes are logarithmic. A dashed line for comparison is as many times as \
                fast as there are ranks. The large job follows it to the end. The small job leaves it \
                first and flattens. The job whose root sends all the data, and the pool whose one root \
                hands out all pieces, each reach a ceiling. {points}",
        },
    },
    ideal: "ideal",
    large: "large job",
    small: "small job",
    data: "large job,\nmuch data",
    pool: "pool with\none root",
};
