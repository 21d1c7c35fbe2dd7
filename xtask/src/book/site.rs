//! What the site is told from outside: where it will stand and where its sources stand.

/// What is known about the site. What is not known is left out of its pages.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The address where it will stand, with a slash at its end.
    pub url: Option<String>,
    /// Whether it is built to be read while it is written: then pages have no Content-Security-Policy,
    /// since the server adds a script that reloads them.
    pub live: bool,
}
