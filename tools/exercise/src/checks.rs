//! What each exercise asks, a file each.

pub mod a_deadline;
pub mod a_share;
pub mod as_many_as_cpus;
pub mod backpressure;
pub mod ctrl_c;
pub mod first_answer;
pub mod five_at_once;
pub mod in_a_pipeline;
pub mod in_order;
pub mod missing_close;
pub mod one_child;
pub mod one_seat;
pub mod order_per_key;
pub mod own_map;
pub mod port_ten_lines;
pub mod restart;
pub mod same_bits;
pub mod shared_counter;
pub mod survive_a_panic;
pub mod transfers;
