//! The Chrome trace event format, as far as we use it.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::recording::{Event, Kind, Record, Trace};

impl Serialize for Trace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        File::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Trace {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Trace, D::Error> {
        Trace::try_from(File::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    trace_events: Vec<Entry>,
    display_time_unit: String,
    #[serde(default)]
    other_data: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cat: Option<Kind>,
    ph: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    pid: u32,
    tid: u64,
    #[serde(default)]
    args: Args,
}

#[derive(Default, Serialize, Deserialize)]
struct Args {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu: Option<usize>,
}

impl From<Trace> for File {
    fn from(trace: Trace) -> File {
        let mut entries = Vec::new();
        let mut seen = Vec::new();
        for Record { worker, pid, tid, .. } in &trace.records {
            let name = |what: &str| Entry {
                name: what.into(),
                cat: None,
                ph: "M".into(),
                ts: None,
                dur: None,
                pid: *pid,
                tid: *tid,
                args: Args { name: Some(worker.clone()), cpu: None },
            };
            if !seen.contains(pid) {
                seen.push(*pid);
                entries.push(name("process_name"));
            }
            entries.push(name("thread_name"));
        }
        for Record { pid, tid, events, .. } in trace.records {
            entries.extend(events.into_iter().map(|event| Entry {
                name: event.name,
                cat: Some(event.kind),
                ph: "X".into(),
                ts: Some(event.start),
                dur: Some(event.duration),
                pid,
                tid,
                args: Args { name: None, cpu: event.cpu },
            }));
        }
        File { trace_events: entries, display_time_unit: "ms".into(), other_data: trace.about }
    }
}

impl TryFrom<File> for Trace {
    type Error = String;

    fn try_from(file: File) -> Result<Trace, String> {
        let mut trace = Trace { records: Vec::new(), about: file.other_data };
        for entry in file.trace_events {
            let Entry { name, cat, ph, ts, dur, pid, tid, args } = entry;
            let mut record = Record { worker: String::new(), pid, tid, events: Vec::new() };
            match (ph.as_str(), name.as_str()) {
                ("M", "process_name") => continue,
                ("M", "thread_name") => {
                    record.worker = args.name.ok_or("a thread_name without args.name")?;
                }
                ("X", _) => {
                    let kind = cat.ok_or_else(|| format!("{name}: no cat"))?;
                    let (Some(start), Some(duration)) = (ts, dur) else {
                        return Err(format!("{name}: ph X needs ts and dur"));
                    };
                    if !(start.is_finite() && duration >= 0.0) {
                        return Err(format!("{name}: ts {start} and dur {duration} are no span"));
                    }
                    record.events.push(Event { name, kind, start, duration, cpu: args.cpu });
                }
                _ => return Err(format!("{name}: ph {ph} is not read here")),
            }
            trace.add(record);
        }
        match trace.records.iter().find(|record| record.worker.is_empty()) {
            Some(Record { pid, tid, .. }) => Err(format!("no thread_name for {pid}/{tid}")),
            None => Ok(trace),
        }
    }
}
