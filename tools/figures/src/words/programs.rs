//! The words of the pictures of Part III.

use serde::Deserialize;

use super::Alternative;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Programs {
    pub choosing: Choosing,
    pub race: Race,
    pub pipeline: Pipeline,
    pub order_per_key: OrderPerKey,
    pub start_methods: StartMethods,
    pub deadlock: Deadlock,
    pub supervisor: Supervisor,
    pub living_pool: LivingPool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choosing {
    /// In the order of the page that the picture belongs to.
    pub questions: [Question; 7],
    /// What is taken when no question has decided.
    pub otherwise: &'static str,
    pub each_stage: &'static str,
    /// A question in the text alternative, what leads on from it, and its answers.
    pub spoken_question: &'static str,
    pub spoken_exit: &'static str,
    pub spoken_otherwise: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub asked: &'static str,
    /// What leads to an answer, and the answer.
    pub exits: Vec<(&'static str, &'static str)>,
    /// What leads to the next question.
    pub on: &'static str,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Race {
    pub worker_a: &'static str,
    pub worker_b: &'static str,
    pub total: &'static str,
    pub reads: &'static str,
    pub finds: &'static str,
    pub stores: &'static str,
    pub lost: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    pub cut: &'static str,
    pub queue: &'static str,
    pub worker: &'static str,
    pub worker_late: &'static str,
    pub add: &'static str,
    pub added: &'static str,
    pub buffer: &'static str,
    pub missing: &'static str,
    pub tickets: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderPerKey {
    pub one_queue: &'static str,
    pub slower: &'static str,
    pub quicker: &'static str,
    pub first: &'static str,
    pub second: &'static str,
    pub account: &'static str,
    pub booked: &'static str,
    pub refused: &'static str,
    pub queue_by_key: &'static str,
    pub hash: &'static str,
    pub worker: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartMethods {
    pub program: &'static str,
    pub worker: &'static str,
    pub server: &'static str,
    pub fork: &'static str,
    pub program_again: &'static str,
    pub fork_server: &'static str,
    pub sets: &'static str,
    pub sets_and_grows: &'static str,
    pub begins: &'static str,
    pub forks: &'static str,
    pub forks_server: &'static str,
    pub starts: &'static str,
    pub fork_arrow: &'static str,
    pub start_arrow: &'static str,
    pub job: &'static str,
    pub job_stdin: &'static str,
    pub result: &'static str,
    pub result_pipe: &'static str,
    pub result_stdout: &'static str,
    pub copy: &'static str,
    pub is_loaded: &'static str,
    pub fresh: &'static str,
    pub server_copy: &'static str,
    pub worker_copy: &'static str,
    pub sends: &'static str,
    pub counts: &'static str,
    pub waits: &'static str,
    pub goes_on: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadlock {
    pub giver_first: &'static str,
    pub same_order: &'static str,
    pub thread: &'static str,
    pub account: &'static str,
    pub waits_for: &'static str,
    pub is_held_by: &'static str,
    pub locks: &'static str,
    pub wants: &'static str,
    pub transfers: &'static str,
    pub lets_go: &'static str,
    pub free: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supervisor {
    pub lane: &'static str,
    pub task: &'static str,
    pub back_off: &'static str,
    pub starts: &'static str,
    pub panics: &'static str,
    pub counts: &'static str,
    pub pause: &'static str,
    pub meanwhile: &'static str,
    pub watches: &'static str,
    pub takes_result: &'static str,
    pub worker: &'static str,
    pub failed: &'static str,
    pub succeeded: &'static str,
    pub shut_down: &'static str,
    pub worker_n: &'static str,
    pub ctrl_c: &'static str,
    pub tells: &'static str,
    pub ends: &'static str,
    pub grace: &'static str,
    pub kills: &'static str,
    pub stopped: &'static str,
    pub joins: &'static str,
    pub alternative: Alternative,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LivingPool {
    pub heading: &'static str,
    pub lane: &'static str,
    pub place: &'static str,
    pub starts: &'static str,
    pub loads: &'static str,
    pub task: &'static str,
    pub dies: &'static str,
    pub again: &'static str,
    pub hangs: &'static str,
    pub hands_out: &'static str,
    pub deadline: &'static str,
    pub end: &'static str,
    pub alternative: Alternative,
}
