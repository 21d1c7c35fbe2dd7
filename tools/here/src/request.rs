//! What a page may ask for: nothing else can be said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A run that is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The program's path from the root of the project.
    pub program: String,
    /// The values of its options by their names; without them it is built and asked which it has.
    pub arguments: Option<BTreeMap<String, u64>>,
}

/// What is asked for while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Stop the process with this id.
    Stop(u32),
    /// Let it go on.
    Continue(u32),
    /// Ask it to end.
    Terminate(u32),
    /// Kill it.
    Kill(u32),
    /// End the run.
    End,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_else_can_be_said() {
        let order = |text| serde_json::from_str::<Order>(text).ok();
        assert_eq!(order(r#"{"stop":12}"#), Some(Order::Stop(12)));
        assert_eq!(order(r#""end""#), Some(Order::End));
        for bad in [r#"{"stop":-1}"#, r#"{"stop":"1"}"#, r#"{"hang":1}"#, r#"{"stop":1,"kill":2}"#]
        {
            assert_eq!(order(bad), None, "{bad}");
        }
        let request = |text| serde_json::from_str::<Request>(text).is_ok();
        assert!(request(r#"{"program":"a","arguments":{"workers":4}}"#));
        assert!(request(r#"{"program":"a","arguments":null}"#));
        for bad in [
            r#"{"program":"a","arguments":{"svg":"a.svg"}}"#,
            r#"{"program":"a","arguments":{"workers":-1}}"#,
            r#"{"program":"a","arguments":["--help"]}"#,
            r#"{"program":"a","arguments":{},"folder":"/"}"#,
        ] {
            assert!(!request(bad), "{bad}");
        }
    }
}
