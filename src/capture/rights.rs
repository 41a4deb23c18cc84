//! A right to read another process is missing: which one, and how to get it.

use crate::error::Error;
use procfs::process::{Process, Stat, Status};
use std::os::unix::fs::MetadataExt;

/// The bit of CAP_SYS_PTRACE (linux/capability.h).
const SYS_PTRACE: u64 = 1 << 19;

/// What decides whether one process may read another (ptrace(2), "Ptrace access mode checking").
#[derive(Clone, Default)]
struct Situation {
    /// Yama's `ptrace_scope`, where Yama is in the kernel.
    scope: Option<u8>,
    we_may_trace: bool,
    /// A system call filter is on us, as Docker's default one.
    filtered: bool,
    our_user: u32,
    /// `None` where not even that may be known.
    their_user: Option<u32>,
    same_user_namespace: Option<bool>,
    /// They have capabilities that we lack.
    more_privileged: bool,
}

/// The error for a process that may not be read.
pub(super) fn denied(pid: u32) -> Error {
    if is_ending(pid) {
        return Error::no_process(format!("process {pid} ended while it was being looked at"));
    }
    let situation = look(pid);
    let (reason, hint) = situation.explain();
    Error::permission(format!("process {pid} may not be read: {reason}")).with_hint(hint)
}

fn is_ending(pid: u32) -> bool {
    let stat = i32::try_from(pid).ok().and_then(|pid| Process::new(pid).ok()?.stat().ok());
    stat.is_none_or(|stat| is_over(&stat))
}

/// Whether the process is on its way out or only waits for its parent: its memory is gone then, and nobody may trace it
/// any more. PF_EXITING stands in the flags of `/proc/PID/stat` (linux/sched.h).
pub(super) fn is_over(stat: &Stat) -> bool {
    const EXITING: u32 = 4;
    matches!(stat.state, 'Z' | 'X' | 'x') || stat.flags & EXITING != 0
}

/// Whether a system call filter is on us.
fn is_filtered(status: &Status) -> bool {
    status.seccomp.is_some_and(|mode| mode != 0)
}

fn look(pid: u32) -> Situation {
    let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").ok();
    let ours = Process::myself().and_then(|me| me.status()).ok();
    let theirs = i32::try_from(pid).ok().and_then(|pid| Process::new(pid).ok()?.status().ok());
    let namespace = |of: &str| std::fs::metadata(format!("/proc/{of}/ns/user")).map(|about| about.ino()).ok();
    let capabilities = ours.as_ref().map_or(0, |status| status.capeff);
    Situation {
        scope: scope.and_then(|scope| scope.trim().parse().ok()),
        we_may_trace: capabilities & SYS_PTRACE != 0,
        filtered: ours.as_ref().is_some_and(is_filtered),
        our_user: ours.as_ref().map_or(0, |status| status.euid),
        their_user: theirs.as_ref().map(|status| status.euid),
        same_user_namespace: namespace("self").zip(namespace(&pid.to_string())).map(|(ours, theirs)| ours == theirs),
        more_privileged: theirs.is_some_and(|status| status.capprm & !capabilities != 0),
    }
}

const CAPABILITY: &str = "run as root or with CAP_SYS_PTRACE. \
    Docker: docker run --cap-add SYS_PTRACE …, or capture from the host. \
    Kubernetes: kubectl debug POD -it --target=CONTAINER --profile=sysadmin --image=…. \
    systemd: AmbientCapabilities=CAP_SYS_PTRACE in the unit that captures. \
    Your own program: heapgraph capture -- COMMAND needs no right";
const FILTER: &str = "CAP_SYS_PTRACE alone does not help here. \
    Docker: docker run --cap-add SYS_PTRACE … opens its default filter too; else --security-opt seccomp=unconfined. \
    Kubernetes: kubectl debug POD -it --target=CONTAINER --profile=sysadmin --image=…. \
    systemd: take @debug out of the unit's SystemCallFilter. Or capture from the host, as root";
const SCOPE: &str = "sudo sysctl kernel.yama.ptrace_scope=0, or run as root or with CAP_SYS_PTRACE. \
    Docker: docker run --cap-add SYS_PTRACE …. \
    Kubernetes: kubectl debug POD -it --target=CONTAINER --profile=sysadmin --image=…. \
    systemd: AmbientCapabilities=CAP_SYS_PTRACE in the unit that captures. \
    Your own program: heapgraph capture -- COMMAND needs no right";
const NOBODY: &str = "restart the machine with kernel.yama.ptrace_scope below 3 (it cannot be lowered before), \
    or take a core file of the process: capture --core FILE needs no right";

impl Situation {
    /// The reason that applies first, in the order in which the kernel asks, and what to do about it.
    fn explain(&self) -> (String, &'static str) {
        match self.scope {
            Some(3) => return ("kernel.yama.ptrace_scope is 3, nobody may trace until the next boot".into(), NOBODY),
            Some(2) if !self.we_may_trace => {
                return ("kernel.yama.ptrace_scope is 2 and CAP_SYS_PTRACE is missing".into(), CAPABILITY);
            }
            _ => {}
        }
        if self.filtered && (self.we_may_trace || self.their_user == Some(self.our_user)) {
            return ("a seccomp filter on heapgraph forbids ptrace or process_vm_readv".into(), FILTER);
        }
        if self.their_user.is_some_and(|user| user != self.our_user) && !self.we_may_trace {
            let (user, ours) = (self.their_user.unwrap_or_default(), self.our_user);
            return (format!("it belongs to user {user}, we are user {ours} and lack CAP_SYS_PTRACE"), CAPABILITY);
        }
        if self.same_user_namespace == Some(false) {
            let reason = "it runs in another user namespace, in which heapgraph has no CAP_SYS_PTRACE";
            return (reason.into(), CAPABILITY);
        }
        if self.more_privileged && !self.we_may_trace {
            return ("it has capabilities that heapgraph lacks, and CAP_SYS_PTRACE is missing".into(), CAPABILITY);
        }
        if self.scope == Some(1) && !self.we_may_trace {
            let reason = "kernel.yama.ptrace_scope is 1 (only a parent may trace) and CAP_SYS_PTRACE is missing";
            return (reason.into(), SCOPE);
        }
        if self.we_may_trace {
            return ("a security module (SELinux, AppArmor) or the process's own protection forbids it".into(), FILTER);
        }
        ("CAP_SYS_PTRACE is missing, and the process protects itself (prctl PR_SET_DUMPABLE)".into(), CAPABILITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_told_from_the_others_and_has_its_remedy() {
        let plain = Situation { our_user: 7, their_user: Some(7), ..Situation::default() };
        let root = Situation { we_may_trace: true, our_user: 0, ..plain.clone() };
        for (situation, reason, remedy) in [
            (Situation { scope: Some(1), ..plain.clone() }, "ptrace_scope is 1", "sysctl kernel.yama.ptrace_scope=0"),
            (Situation { scope: Some(2), ..plain.clone() }, "ptrace_scope is 2", "CAP_SYS_PTRACE"),
            (Situation { scope: Some(3), ..root.clone() }, "ptrace_scope is 3", "--core"),
            (Situation { filtered: true, ..plain.clone() }, "seccomp", "--cap-add SYS_PTRACE"),
            (Situation { filtered: true, ..root.clone() }, "seccomp", "seccomp=unconfined"),
            (Situation { their_user: Some(8), ..plain.clone() }, "belongs to user 8, we are user 7", "kubectl debug"),
            (Situation { same_user_namespace: Some(false), ..plain.clone() }, "user namespace", "from the host"),
            (Situation { more_privileged: true, ..plain.clone() }, "capabilities that heapgraph lacks", "systemd"),
            (root, "security module", "root"),
            (plain, "protects itself", "systemd"),
        ] {
            let (found, hint) = situation.explain();
            assert!(found.contains(reason), "{found}, not {reason}");
            assert!(hint.contains(remedy), "{hint}, not {remedy}");
        }
    }
}
