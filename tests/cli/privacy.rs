//! What `--no-values` and `--redact` promise: no secret of a live program is in the file, every name of its source is.
//! The files are read as they are, by heapgraph, and by other programs (`reveal.py`).

use crate::heapgraph::run_in;
use crate::python;
use crate::pythons::{self, Python};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// How every planted text begins, the number that is planted too, a multiple of it, and it as a fraction.
const SECRETS: [&str; 4] = ["planted-secret", "918273645546372819", "1.377410", "9.1827364"];

/// How many texts are planted.
const PLANTED: u32 = 57;

/// Those that no snapshot shows: never computed, in UTF-16, beyond the first 80 characters.
const NEVER_SHOWN: [u32; 4] = [12, 18, 51, 53];

/// What reads Parquet and Zstandard without us.
const READERS: [&str; 2] = ["pyarrow==26.0.1", "zstandard==0.25.0"];

/// Names of types, attributes, functions, variables and files, which stay.
const NAMES: [&str; 12] = [
    "__main__.Customer",
    "card_number",
    "extra",
    "api_token",
    "charge",
    "local_password",
    "amount_due",
    "kept_error",
    "'MODULE_LEVEL'",
    "'__init__'",
    "planted.py",
    "'maxsize'",
];

/// The program with its secrets, and the folder in which its captures go.
struct Planted {
    child: Child,
    folder: tempfile::TempDir,
}

impl Planted {
    fn start(python: &Python) -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/planted.py");
        let mut command = Command::new(&python.executable);
        command.arg("-I").arg(program).arg("planted-secret-0").env("HEAPGRAPH_TEST_TOKEN", "planted-secret-1");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();
        Planted { child, folder: tempfile::tempdir().unwrap() }
    }

    /// A snapshot by this name in the folder.
    fn capture_as(&self, file: &str, options: &[&str]) {
        let pid = self.child.id().to_string();
        run_in(self.folder.path(), &[&["capture", "-p", &pid, "-o", file], options].concat()).text();
    }

    /// The snapshot as it is on the disk, and all that is in it as text.
    fn capture(&self, options: &[&str]) -> (Vec<u8>, String) {
        let (file, text) = ("heap.parquet", "heap.json");
        self.capture_as(file, options);
        run_in(self.folder.path(), &["export", file, "-o", text]).text();
        let read = |name| std::fs::read(self.folder.path().join(name)).unwrap();
        (read(file), String::from_utf8(read(text)).unwrap())
    }
}

impl Drop for Planted {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn assert_clean(python: &Python, options: &[&str], (raw, text): &(Vec<u8>, String)) {
    for secret in SECRETS {
        assert!(!contains(raw, secret), "{} {options:?}: {secret} in the file", python.version);
        let found = text.find(secret).map(|at| text.get(at.saturating_sub(200)..at + 100).unwrap_or("?"));
        assert_eq!(found, None, "{} {options:?}: {secret}", python.version);
    }
    for name in NAMES {
        assert!(text.contains(name), "{} {options:?}: {name} is gone", python.version);
    }
}

#[test]
fn no_secret_is_in_the_file_and_every_name_is() {
    for python in pythons::installed() {
        let program = Planted::start(&python);
        let (_, shown) = program.capture(&[]);
        // What is not found is worth something only if it is found without the option: 14 is a key, 0 is in argv.
        for number in (0..PLANTED).filter(|number| !NEVER_SHOWN.contains(number)) {
            assert!(shown.contains(&format!("planted-secret-{number}")), "{}: {number}", python.version);
        }
        assert_clean(&python, &["--no-values"], &program.capture(&["--no-values"]));
        assert_clean(&python, &["--redact"], &program.capture(&["--redact"]));
    }
}

#[test]
fn other_programs_find_no_secret_in_any_page() {
    let readers = python::environment("python3", "privacy", &READERS);
    let reveal = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/reveal.py");
    for python in pythons::installed() {
        let program = Planted::start(&python);
        let files = [("shown.parquet", &[][..]), ("left.parquet", &["--no-values"]), ("hashed.parquet", &["--redact"])];
        files.iter().for_each(|(file, options)| program.capture_as(file, options));
        let paths = files.map(|(file, _)| program.folder.path().join(file));
        let words = SECRETS.iter().map(OsStr::new).chain([OsStr::new("card_number"), OsStr::new("--")]);
        let arguments = [reveal.as_os_str()].into_iter().chain(words).chain(paths.iter().map(|path| path.as_os_str()));
        let told = python::run(&readers, &arguments.collect::<Vec<_>>());
        let told: Vec<serde_json::Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let found = |file: usize, word: &str| told[file]["found"][word].as_array().unwrap().len();
        // As it is only the command line's stands there; the others are compressed, and then seen.
        assert_eq!(found(0, SECRETS[0]), 3, "{}: {}", python.version, told[0]);
        for (file, (name, _)) in files.iter().enumerate().skip(1) {
            assert!(told[file]["pages"].as_u64() > Some(100_000), "{name}: {}", told[file]);
            for secret in SECRETS {
                assert_eq!(found(file, secret), 0, "{} {name} {secret}: {}", python.version, told[file]);
            }
            assert_eq!(found(file, "card_number"), 2, "{} {name}: {}", python.version, told[file]);
        }
    }
}

/// What is made of a snapshot without values has none either.
#[test]
fn no_secret_is_in_pictures_reports_and_exports() {
    let python = pythons::installed().pop().unwrap();
    let program = Planted::start(&python);
    program.capture_as("shown.parquet", &[]);
    program.capture_as("left.parquet", &["--no-values"]);
    let made = [
        "refs FILE __main__.MODULE_LEVEL --max-depth 5 -o refs.svg",
        "refs FILE __main__.VARIOUS --max-depth 4 --too-many 60 -o refs.html",
        "refs FILE __main__.DYNAMIC -o refs.json",
        "backrefs FILE Customer -o back.dot",
        "backrefs FILE Record --style objgraph -o back-objgraph.dot",
        "chain FILE __main__.Slotted -o chain.mmd",
        "leaks FILE -o report.html",
        "retained FILE -o map.html",
        "retained FILE --as flame -o flame.svg",
        "collect FILE -o after.json",
        "export FILE -o whole.json",
        "info FILE --json",
        "object FILE __main__.VARIOUS",
        "refs FILE __main__.VARIOUS --max-depth 4 --too-many 60",
        "waste FILE",
    ];
    let mut seen = 0;
    for line in made {
        let output = |file: &str| {
            let line = line.replace("FILE", file);
            let words: Vec<&str> = line.split(' ').collect();
            let run = run_in(program.folder.path(), &words);
            assert_eq!(run.code, Some(0), "{line}: {}", run.stderr);
            let named = words.iter().position(|word| *word == "-o").map(|at| program.folder.path().join(words[at + 1]));
            named.map_or(run.stdout, |path| std::fs::read(path).unwrap())
        };
        let (shown, left) = (output("shown.parquet"), output("left.parquet"));
        seen += usize::from(SECRETS.iter().any(|secret| contains(&shown, secret)));
        for secret in SECRETS {
            assert!(!contains(&left, secret), "{line}: {secret}");
        }
    }
    assert!(seen > 6, "most of these show secrets where they are there: {seen}");
}

#[test]
fn hashes_tell_equal_values_apart_from_others_in_one_file_alone() {
    let python = pythons::installed().pop().unwrap();
    let program = Planted::start(&python);
    let hashes = |(_, text): (Vec<u8>, String)| {
        let heap: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(heap["metadata"]["values"], "hashed");
        let objects = heap["objects"].as_array().unwrap().clone();
        let of = |text: &serde_json::Value| text.as_str().map(str::to_owned);
        let texts =
            objects.iter().filter(|object| object["type"] == "builtins.float").map(|object| of(&object["text"]));
        texts.flatten().collect::<std::collections::BTreeSet<String>>()
    };
    let (first, second) = (hashes(program.capture(&["--redact"])), hashes(program.capture(&["--redact"])));
    assert!(first.len() > 1 && first.iter().all(|text| text.starts_with('#') && text.len() == 17), "{first:?}");
    assert_eq!(first.len(), second.len());
    assert!(first.is_disjoint(&second), "the key is new for each file");
}
