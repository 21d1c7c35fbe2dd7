//! What each exercise asks, a file each.

pub mod five_at_once;
pub mod in_order;
pub mod missing_close;
pub mod one_child;
