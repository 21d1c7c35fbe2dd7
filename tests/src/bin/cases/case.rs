//! What a case is.

/// A case's name and what it does.
pub type Case = (&'static str, fn());

/// Names each function as a case of the same name.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        pub(crate) const CASES: &[crate::case::Case] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use cases;
