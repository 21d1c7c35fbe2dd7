//! What it costs to start a worker and wait for its end.

use anyhow::Result;

use crate::costs::{Cases, Chart, Costs, case_name, spread};
use crate::plot::{self, Axis, Row};
use crate::sheet::{Drawn, Sheet};
use crate::unit::Unit;
use crate::words::fill;

const SHOWN: Cases = &[
    ("rust", "thread"),
    ("rust", "scoped_thread"),
    ("rust", "fork"),
    ("rust", "mp_process"),
    ("rust", "command"),
    ("rust", "procspawn"),
    ("python", "thread"),
    ("python", "fork"),
    ("python", "forkserver"),
    ("python", "spawn"),
];

pub fn draw(sheet: &mut Sheet) -> Result<Drawn> {
    let (text, costs): (&Chart, &Costs) = (sheet.text()?, sheet.table("costs")?);
    let topic = sheet.data.topic("start")?;
    let (mut rows, mut said, mut last) = (Vec::new(), Vec::new(), "");
    for &(language, case) in SHOWN {
        let Some(sample) = topic.single(language, case) else { continue };
        let spoken_language = if language == "python" { costs.python } else { costs.rust };
        if last != language {
            rows.push(Row { label: spoken_language.to_owned(), python: false, spread: None });
            last = language;
        }
        let label = case_name(costs, "start", language, case);
        let value = Unit::Time.format(sample.median);
        said.push(fill(
            costs.spoken_row,
            &[("language", spoken_language), ("name", &label), ("value", &value)],
        ));
        let spread = Some(spread(0.0, sample));
        rows.push(Row { label, python: language == "python", spread });
    }
    let axis = Axis { log: true, unit: Unit::Time, title: text.x };
    let height = plot::dots(&mut sheet.canvas, axis, &rows);
    let points = said.join(sheet.words.list_joint_wide) + sheet.words.sentence_end;
    let description = fill(text.description, &[("points", &points)]);
    Ok(Drawn { height, title: text.title, description })
}
