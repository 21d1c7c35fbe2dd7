//! mdBook logs a failed include or unbalanced HTML and goes on; here the log becomes an error.

use std::{
    fmt::{self, Write as _},
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Result, bail};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// Runs `work` and fails if it fails or if it logs a warning or an error in this thread.
///
/// # Errors
/// Every message that was logged, then the error of `work`, if there is one.
pub(crate) fn strict<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let log = Log::default();
    let messages = Arc::clone(&log.messages);
    let result = tracing::subscriber::with_default(log, work);
    let mut messages =
        std::mem::take(&mut *messages.lock().unwrap_or_else(PoisonError::into_inner));
    match result {
        Ok(value) if messages.is_empty() => return Ok(value),
        Ok(_) => {}
        Err(error) => messages.push(format!("{error:#}")),
    }
    bail!(messages.join("\n"))
}

/// Keeps the messages of warnings and errors.
#[derive(Default)]
struct Log {
    messages: Arc<Mutex<Vec<String>>>,
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn event(&self, event: &Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).push(message.0);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// The text of one event.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a `String` can't fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}
