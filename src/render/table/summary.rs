//! `info`.

use super::{CELL, Columns, Sizes};
use crate::analysis::summary::Summary;
use crate::render::text::{clean, cut, grouped};

/// What a snapshot is of: one fact a line. What is not known is left out.
pub fn summary(summary: &Summary, sizes: Sizes) -> String {
    let metadata = &summary.metadata;
    let mut columns = Columns::new(&[("", false), ("", false)]);
    let mut fact = |name: &str, value: Option<String>| {
        columns.rows.extend(value.map(|value| vec![name.to_owned(), value]));
    };
    let build = metadata.build.as_ref().map(|build| format!(" ({build})")).unwrap_or_default();
    fact("python", metadata.python.as_ref().map(|version| clean(&format!("{version}{build}"))));
    let inner = metadata.namespace_pid.map(|inner| format!(" ({inner} in its own namespace)")).unwrap_or_default();
    fact("pid", metadata.pid.map(|pid| format!("{pid}{inner}")));
    let command = metadata.command.iter().map(|part| clean(part)).collect::<Vec<_>>().join(" ");
    fact("command", (!command.is_empty()).then(|| cut(&command, 2 * CELL)));
    fact("source", metadata.source.as_deref().map(clean));
    fact("captured", metadata.captured_at.as_deref().map(clean));
    fact("objects", Some(grouped(summary.objects)));
    fact("references", Some(grouped(summary.references)));
    fact("bytes", Some(sizes.write(summary.bytes)));
    fact("types", Some(grouped(summary.types)));
    let [young, middle, old] = summary.generations.map(grouped);
    let frozen = if summary.frozen > 0 { format!(", {} frozen", grouped(summary.frozen)) } else { String::new() };
    fact("tracked", Some(format!("{} (generations {young} / {middle} / {old}{frozen})", grouped(summary.tracked))));
    fact(
        "collector",
        metadata.collector.as_ref().map(|collector| {
            let state = if collector.enabled { "enabled" } else { "disabled" };
            let list = |numbers: &[i64]| numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" / ");
            format!("{state}, thresholds {}, counts {}", list(&collector.thresholds), list(&collector.counts))
        }),
    );
    fact(
        "memory",
        metadata.memory.as_ref().map(|memory| {
            format!("{} resident, {} copied", sizes.write(memory.resident_bytes), sizes.write(memory.copied_bytes))
        }),
    );
    fact("target stopped", metadata.pause_ms.map(|pause| format!("{pause:.1} ms")));
    fact("capture took", metadata.capture_ms.map(|took| format!("{took:.1} ms")));
    fact("values", metadata.values.as_deref().map(clean));
    for thread in &metadata.threads {
        let name = thread.name.as_deref().map(clean).unwrap_or_default();
        let at = thread.frames.first().map(|frame| format!(" at {}", clean(frame))).unwrap_or_default();
        fact("thread", Some(format!("{} {name}{at}", thread.id)));
    }
    for warning in &metadata.warnings {
        fact("warning", Some(clean(warning)));
    }
    columns.write(true)
}
