//! Values of the standard library's C types, from the text that a capture wrote and the objects they hold.

use super::{Writer, short_name};
use crate::cpython::attribute::own;
use crate::snapshot::ObjectId;

pub(super) const RULED: [&str; 12] = [
    "datetime.date",
    "datetime.datetime",
    "datetime.time",
    "datetime.timedelta",
    "datetime.timezone",
    "decimal.Decimal",
    "itertools.count",
    "itertools.repeat",
    "array.array",
    "re.Match",
    "re.Pattern",
    "_thread._ThreadHandle",
];

impl Writer<'_> {
    /// False where the snapshot does not have what it takes.
    pub(super) fn library(&mut self, id: ObjectId, rule: &str) -> bool {
        let name = short_name(self.snapshot, id).to_owned();
        match (rule, self.text(id)) {
            ("datetime.timezone", _) => self.zone(id),
            ("itertools.count", next) => self.count(id, &name, next),
            ("itertools.repeat", left) => {
                self.wrapped(&format!("{name}("), own(self.snapshot, id, "element"), "");
                self.push(&left.map_or_else(|| ")".into(), |left| format!(", {left})")));
            }
            ("datetime.date" | "datetime.datetime" | "datetime.time", Some(text)) => self.moment(id, rule, text),
            ("datetime.timedelta", Some(text)) => self.span(id, text),
            ("decimal.Decimal", Some(text)) => self.push(&format!("Decimal('{text}')")),
            ("array.array", Some(text)) => self.push(&format!("{name}{}", text.strip_prefix("array").unwrap_or(text))),
            ("re.Match" | "re.Pattern" | "_thread._ThreadHandle", Some(text)) => self.push(text),
            _ => return false,
        }
        true
    }

    /// The type as these write it: whole, of classes made in Python the last part.
    fn named(&self, id: ObjectId) -> String {
        let long = self.snapshot.objects().type_name(id);
        if RULED.contains(&long) { long.to_owned() } else { short_name(self.snapshot, id).to_owned() }
    }

    /// `datetime.datetime(2020, 1, 2, 3, 4)` of `2020-01-02 03:04:00`: zero seconds are left out.
    fn moment(&mut self, id: ObjectId, rule: &str, text: &str) {
        let (text, fold) = text.strip_suffix(" fold=1").map_or((text, false), |text| (text, true));
        let mut numbers: Vec<u32> = text.split(['-', ' ', ':', '.']).filter_map(|part| part.parse().ok()).collect();
        let least = if rule == "datetime.time" { 2 } else { 5 };
        if numbers.len() == least + 1 && numbers.last() == Some(&0) {
            numbers.pop();
        }
        let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
        self.push(&format!("{}({}", self.named(id), numbers.join(", ")));
        let zone = own(self.snapshot, id, "tzinfo");
        let parts = [(fold, None), (zone.is_some(), zone)];
        // A time has its zone first, a datetime its fold (Modules/_datetimemodule.c, time_repr and datetime_repr).
        let order = if rule == "datetime.time" { [1, 0] } else { [0, 1] };
        for (there, zone) in order.map(|at| parts[at]) {
            match zone {
                Some(zone) => self.wrapped(", tzinfo=", Some(zone), ""),
                None if there => self.push(", fold=1"),
                None => {}
            }
        }
        self.push(")");
    }

    /// `datetime.timedelta(days=1, seconds=2)` of `1 day, 0:00:02`.
    fn span(&mut self, id: ObjectId, text: &str) {
        let (days, clock) = text.split_once(',').map_or(("0", text), |(days, clock)| (days, clock.trim_start()));
        let days = days.split(' ').next().unwrap_or("0");
        let (clock, micro) = clock.split_once('.').unwrap_or((clock, ""));
        let seconds = clock.split(':').filter_map(|part| part.parse::<u64>().ok());
        let seconds = seconds.fold(0, |sum: u64, part| sum.saturating_mul(60).saturating_add(part)).to_string();
        let parts = [("days", days), ("seconds", &seconds), ("microseconds", micro.trim_start_matches('0'))];
        let shown = parts.iter().filter(|(_, part)| !matches!(*part, "" | "0"));
        let shown: Vec<String> = shown.map(|(name, part)| format!("{name}={part}")).collect();
        let shown = if shown.is_empty() { "0".to_owned() } else { shown.join(", ") };
        self.push(&format!("{}({shown})", self.named(id)));
    }

    /// A zone without offset and name is the one of its kind (Modules/_datetimemodule.c, new_timezone).
    fn zone(&mut self, id: ObjectId) {
        let [offset, name] = ["offset", "name"].map(|field| own(self.snapshot, id, field));
        if name.is_none() && offset.and_then(|offset| self.text(offset)) == Some("0:00:00") {
            return self.push("datetime.timezone.utc");
        }
        self.wrapped("datetime.timezone(", offset, "");
        if name.is_some() {
            self.wrapped(", ", name, "");
        }
        self.push(")");
    }

    /// The number is text while it fits a C integer, and an object beyond; a step of one goes without saying
    /// (Modules/itertoolsmodule.c, count_repr).
    fn count(&mut self, id: ObjectId, name: &str, next: Option<&str>) {
        if let Some(next) = next {
            return self.push(&format!("{name}({next})"));
        }
        let [next, step] = ["long_cnt", "long_step"].map(|field| own(self.snapshot, id, field));
        self.wrapped(&format!("{name}("), next, "");
        if step.and_then(|step| self.text(step)) != Some("1") {
            self.wrapped(", ", step, "");
        }
        self.push(")");
    }
}

#[cfg(test)]
mod tests {
    use crate::cpython::repr::repr;
    use crate::testkit::{id, sketch};

    /// What CPython 3.12 prints for the same values.
    #[test]
    fn values_of_the_library_read_as_python_prints_them() {
        let heap = sketch(
            "d:datetime.date=\"2020-01-02\"; s:datetime.datetime=\"2020-01-02 03:04:00\"; \
             m:datetime.datetime=\"2020-01-02 03:04:00.000007 fold=1\" > z.tzinfo; z:datetime.timezone > o.offset; \
             o:datetime.timedelta=\"-1 day, 21:00:00\"; t:datetime.time=\"01:02:03.000004 fold=1\" > u.tzinfo; \
             u:datetime.timezone > n.offset; n:datetime.timedelta=\"0:00:00\"; e:decimal.Decimal=\"1.50\"; \
             c:itertools.count=\"5\"; k:itertools.count > b.long_cnt, w.long_step; b:float=\"5.5\"; w:int=\"2\"; \
             r:itertools.repeat=\"3\" > b.element; i:itertools.repeat > b.element; a:array.array=\"array('i', [1])\"",
        );
        for (name, text) in [
            ("d", "datetime.date(2020, 1, 2)"),
            ("s", "datetime.datetime(2020, 1, 2, 3, 4)"),
            (
                "m",
                "datetime.datetime(2020, 1, 2, 3, 4, 0, 7, fold=1, \
                 tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=75600)))",
            ),
            ("t", "datetime.time(1, 2, 3, 4, tzinfo=datetime.timezone.utc, fold=1)"),
            ("n", "datetime.timedelta(0)"),
            ("e", "Decimal('1.50')"),
            ("c", "count(5)"),
            ("k", "count(5.5, 2)"),
            ("r", "repeat(5.5, 3)"),
            ("i", "repeat(5.5)"),
            ("a", "array('i', [1])"),
        ] {
            assert_eq!(repr(&heap, id(&heap, name), 200), text);
        }
    }
}
