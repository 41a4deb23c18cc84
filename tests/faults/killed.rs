//! heapgraph is ended from outside, at any moment.

use crate::heapgraph::{heapgraph, run};
use crate::pythons;
use crate::report::Row;
use crate::restless::Restless;
use crate::victim::wait_for;
use crate::{entries, moments, rounds, whole_if_there};
use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;
use std::process::{Child, Stdio};
use std::time::Duration;

const SIGNALS: [(Signal, Option<i32>); 3] =
    [(Signal::SIGKILL, None), (Signal::SIGTERM, Some(143)), (Signal::SIGINT, Some(130))];

/// Sends the signal and gives the exit code; done before it came, that is 0.
fn end(child: &mut Child, signal: Signal) -> Option<i32> {
    kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
    child.wait().unwrap().code()
}

#[test]
fn a_live_capture_that_is_ended() {
    let restless = Restless::start(&pythons::installed().pop().unwrap());
    let pid = restless.pid().to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("heap.parquet");
    let path = file.display().to_string();
    for (signal, code) in SIGNALS {
        let mut cut = 0;
        for moment in moments(2 * rounds(), Duration::from_millis(400)) {
            let mut command = heapgraph(&["capture", "-p", &pid, "-o", &path]);
            let mut capture = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(moment);
            let ended = end(&mut capture, signal);
            // Before it waits for signals, one ends it as it ends any program.
            assert!([code, Some(0), None].contains(&ended), "{signal}: {ended:?}");
            cut += u64::from(ended != Some(0));
            restless.goes_on();
            whole_if_there(&file).then(|| std::fs::remove_file(&file).unwrap());
            assert!(signal == Signal::SIGKILL || entries(folder.path()).is_empty(), "{:?}", entries(folder.path()));
        }
        assert!(cut > 0);
        // What a killed one left under another name goes with the next capture.
        run(&["capture", "-p", &pid, "-o", &path]).text();
        assert_eq!(entries(folder.path()), ["heap.parquet"]);
        std::fs::remove_file(&file).unwrap();
        Row {
            fault: &format!("heapgraph gets {signal} while it captures a process"),
            tried: cut,
            target: "went on",
            checked: "it beats, is neither stopped nor traced, ends well; no file, or a whole one",
            said: &code.map_or("nothing".into(), |code| format!("exit {code}")),
        }
        .write("faults");
    }
    restless.finish();
}

/// Ends with 7, and with a word that its interpreter's end is near.
const PROGRAM: &str = "import sys; print('up', flush=True); sys.stdin.read(); print('well', flush=True); sys.exit(7)";

/// The process that has this word on its command line; or heapgraph or its guard, which have `capture` there as well.
fn process_with(word: &str, ours: bool) -> Option<Pid> {
    let listed = std::fs::read_dir("/proc").unwrap().flatten();
    let mut pids = listed.filter_map(|entry| entry.file_name().to_string_lossy().parse::<i32>().ok());
    let has = |pid: &i32| {
        let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let text = String::from_utf8_lossy(&words);
        text.contains(word) && text.contains("capture") == ours
    };
    pids.find(has).map(Pid::from_raw)
}

#[test]
fn a_command_whose_heapgraph_is_ended() {
    // Programs that lose their parent are given to this process, so that their end can be seen.
    set_child_subreaper(true).unwrap();
    let python = pythons::installed().pop().unwrap().executable.display().to_string();
    for (signal, code) in SIGNALS {
        let (mut began, mut never, mut late) = (0, 0, 0);
        for moment in moments(2 * rounds(), Duration::from_millis(250)) {
            let folder = tempfile::tempdir().unwrap();
            let word = format!("word-{}", folder.path().file_name().unwrap().to_string_lossy());
            let line = ["capture", "-o", "end.parquet", "--", &python, "-I", "-c", PROGRAM, &word];
            let mut command = heapgraph(&line);
            command.current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            let mut capture = command.spawn().unwrap();
            std::thread::sleep(moment);
            let input = capture.stdin.take();
            let ended = end(&mut capture, signal);
            assert!([code, None].contains(&ended), "{signal}: {ended:?}");
            // Another process, which needs a moment.
            wait_for("the guard to have done its work", || process_with(&word, true).is_none());
            let program = process_with(&word, false);
            drop(input);
            match program.map(|pid| waitpid(pid, None).unwrap()) {
                // The shell that was to become the program ends by itself where nobody is left to tell it to begin.
                None | Some(WaitStatus::Exited(_, 126)) => never += 1,
                // It had just met the breakpoint, the moment that docs/decisions.md names: once in some 700 times.
                Some(WaitStatus::Signaled(_, Signal::SIGTRAP, _)) if signal == Signal::SIGKILL => late += 1,
                Some(status) => {
                    assert!(matches!(status, WaitStatus::Exited(_, 7)), "{signal} after {moment:?}: {status:?}");
                    began += 1;
                }
            }
            assert!(!folder.path().join("end.parquet").exists());
        }
        assert!(began > 0, "no program had begun");
        assert!(late <= 1 + began / 100, "{late} programs were ended by their breakpoint");
        Row {
            fault: &format!("heapgraph gets {signal} while it follows `capture -- COMMAND`"),
            tried: began + never + late,
            target: &format!(
                "{began} ran to their own end with their own exit code, {never} had not begun, {late} met the breakpoint"
            ),
            checked: "exit code of the orphan; no file",
            said: &code.map_or("nothing".into(), |code| format!("exit {code}")),
        }
        .write("faults");
    }
}
