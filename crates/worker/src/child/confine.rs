//! What a child gives up before it reads its first byte: memory and time without end, files,
//! network and other programs.
//!
//! Landlock and seccomp cover the calling thread and those it starts later, so this runs first of
//! all in a process without other threads.

use std::collections::BTreeMap;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, Signal, setrlimit};

/// Gives up what a reader of documents does not need. What a kernel lacks is left out; the limits
/// of memory and files hold everywhere.
pub(super) fn confine(memory_bytes: u64) -> std::io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    limit(Resource::As, memory_bytes)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    forbid_files();
    forbid_calls();
    Ok(())
}

/// Lets the process use this much more processor time from now; beyond it the kernel ends it with
/// `SIGXCPU`.
pub(super) fn allow_cpu(more: Duration) {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let used_s = u64::try_from(used.tv_sec).unwrap_or(0) + 1;
    let maximum = rustix::process::getrlimit(Resource::Cpu).maximum;
    // The soft limit may always be moved below the hard one.
    let _ = setrlimit(Resource::Cpu, Rlimit { current: Some(used_s + more.as_secs()), maximum });
}

fn limit(resource: Resource, most: u64) -> std::io::Result<()> {
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}

/// Landlock without a single rule: no path can be opened any more. Best effort by its default.
fn forbid_files() {
    use landlock::{ABI, Access, AccessFs, Ruleset, RulesetAttr};
    let _ = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V3))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self);
}

/// Seccomp: these calls answer `EPERM`.
fn forbid_calls() {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};
    let Ok(arch) = TargetArch::try_from(std::env::consts::ARCH) else {
        return;
    };
    let rules: BTreeMap<i64, Vec<seccompiler::SeccompRule>> =
        forbidden_calls().into_iter().map(|call| (call, Vec::new())).collect();
    let forbid = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, forbid, arch);
    if let Ok(program) = filter.and_then(BpfProgram::try_from) {
        let _ = seccompiler::apply_filter(&program);
    }
}

fn forbidden_calls() -> Vec<i64> {
    vec![
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept4,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_kill,
        libc::SYS_tkill,
        libc::SYS_openat,
        libc::SYS_openat2,
        libc::SYS_memfd_create,
        libc::SYS_io_uring_setup,
        libc::SYS_bpf,
        libc::SYS_mount,
        libc::SYS_unshare,
    ]
}
