//! Texts of values beside what the process's own `str()` says.

use crate::pythons;
use crate::victim::Victim;
use heapgraph::capture::{Options, capture_pid};
use serde_json::Value;

/// Values of the types whose text is read out of C structures, and their `str()` by address. The zone of a date is an
/// object of its own; `fold` is not in its `str()`.
const VALUES: &str = r#"
import array, datetime, decimal, itertools, json, re, sys
D, T = decimal.Decimal, datetime
class Day(datetime.datetime): pass
class Money(decimal.Decimal): pass
zone = T.timezone(T.timedelta(hours=-3))
values = [
    T.date(1, 1, 1), T.date(9999, 12, 31), T.datetime(2020, 1, 2), T.datetime(2020, 1, 2, 3, 4, 5, 6), Day(1999, 12, 31, 23, 59),
    T.time(0, 0), T.time(1, 2, 3, 4), T.timedelta(0), T.timedelta(-1, 2, 3), T.timedelta(1), T.timedelta(999999999),
    T.timedelta(-999999999), T.timedelta(hours=30), T.timedelta(microseconds=5),
    itertools.count(5), itertools.count(-3), itertools.count(sys.maxsize - 1),
    array.array('i'), array.array('b', [-1, 127]), array.array('B', [255]), array.array('h', [-2]), array.array('L', [2 ** 64 - 1]),
    array.array('q', [-2 ** 63]), array.array('d', [1.5, -0.0, 1e300]), array.array('f', [0.1]), array.array('Q', range(500)),
    re.compile('a'), re.compile('a', re.I | re.M), re.compile(b'a\xff', re.L), re.compile('it\'s"', re.A | re.X | re.S),
    re.compile('b' * 300, re.I), re.compile('日本'), re.search('b+', 'abbc'), re.search(b'b+', b'abbc'), re.search('本', '日本'),
    re.search('', 'x'), re.search('b+', 'a' * 100 + 'b' * 500),
] + [D(text) for text in (
    '0', '-0', '1.50', '-1E+30', '1E-6', '1E-7', '0E-10', '0E+3', 'NaN', 'NaN12', '-sNaN', 'sNaN7', 'Infinity', '-Infinity',
    '0.00001234', '123456789012345678901234567890', '1.23456789012345678901234567890123456789E-7', '1E+999999', '9' * 19, '1' + '0' * 19,
    '1' * 400,
)] + [Money('2.50')]
if sys.version_info >= (3, 13):
    import _thread
    values.append(_thread.start_joinable_thread(lambda: None))
print(json.dumps([[id(value), type(value).__name__, str(value)] for value in values]), flush=True)
sys.stdin.read()
"#;

#[test]
fn what_a_value_says_is_what_str_gives() {
    for python in pythons::installed() {
        let (victim, told) = Victim::telling(&python, VALUES);
        let told: Value = serde_json::from_str(&told).unwrap();
        let heap = capture_pid(victim.pid(), &Options::default()).unwrap();
        let objects = heap.objects();
        let mut faults = Vec::new();
        for one in told.as_array().unwrap() {
            let address = heapgraph::snapshot::Address(one[0].as_u64().unwrap());
            let found = objects.find(address).and_then(|id| heap.texts().text(id)).unwrap_or("nothing");
            let said = one[2].as_str().unwrap();
            // An iterator's `str()` names its type and brackets the number.
            let expected = said.strip_prefix("count(").map_or(said, |number| number.trim_end_matches(')'));
            if found != expected.chars().take(80).collect::<String>() {
                faults.push(format!("{}: expected {said}, found {found}", one[1]));
            }
        }
        assert!(faults.is_empty(), "{}:\n{}", python.version, faults.join("\n"));
    }
}
