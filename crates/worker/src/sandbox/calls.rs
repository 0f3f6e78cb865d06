//! Allow-lists of system calls. A call that is not listed fails with `EPERM`: the program notices
//! and can end in order, and a forbidden call never looks like a lost worker.

use std::collections::BTreeMap;
use std::io;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

/// The flags that a clone of a thread must share with its process.
const THREAD: i32 =
    libc::CLONE_VM | libc::CLONE_FS | libc::CLONE_FILES | libc::CLONE_SIGHAND | libc::CLONE_THREAD;
/// What the libraries of C add for bookkeeping. `0x0040_0000` is a flag without a meaning, of musl.
const THREAD_EXTRAS: i32 = libc::CLONE_SYSVSEM
    | libc::CLONE_SETTLS
    | libc::CLONE_PARENT_SETTID
    | libc::CLONE_CHILD_CLEARTID
    | 0x0040_0000;

/// `TCGETS` and `RLIMIT_CPU`, which the libraries of C give types of their own.
const IS_TERMINAL: u64 = 0x5401;
const LIMIT_OF_CPU: u64 = 0;

/// System calls and the conditions on their arguments under which they are allowed: any one of the
/// rules, or all calls if there is none.
#[derive(Clone, Debug, Default)]
pub(super) struct AllowList {
    rules: BTreeMap<i64, Vec<SeccompRule>>,
}

impl AllowList {
    fn allow(mut self, calls: &[i64]) -> Self {
        self.rules.extend(calls.iter().map(|call| (*call, Vec::new())));
        self
    }

    /// Allows a call where all of the conditions hold: (argument, comparison, value).
    fn allow_if(
        mut self,
        call: i64,
        conditions: &[(u8, SeccompCmpOp, u64)],
    ) -> seccompiler::Result<Self> {
        let conditions = conditions.iter().map(|(argument, comparison, value)| {
            // The kernel's own types are of four bytes where these are looked at, but for flags.
            SeccompCondition::new(*argument, SeccompCmpArgLen::Qword, comparison.clone(), *value)
        });
        let rule = SeccompRule::new(conditions.collect::<Result<_, _>>()?)?;
        self.rules.entry(call).or_default().push(rule);
        Ok(self)
    }

    /// The programs for the kernel, in the order in which they are loaded. The last one that
    /// forbids a call says how, so the one that denies the existence of `clone3` comes second.
    pub(super) fn programs(&self, arch: TargetArch) -> seccompiler::Result<[BpfProgram; 2]> {
        let errno = |number: i32| SeccompAction::Errno(number.unsigned_abs());
        let allowed =
            SeccompFilter::new(self.rules.clone(), errno(libc::EPERM), SeccompAction::Allow, arch)?;
        // The flags of `clone3` lie in memory, where no filter sees them: the libraries of C then
        // take `clone`.
        let clone3 = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
        let absent = SeccompFilter::new(clone3, SeccompAction::Allow, errno(libc::ENOSYS), arch)?;
        Ok([allowed.try_into()?, absent.try_into()?])
    }
}

/// Loads the list for the calling thread and all that it starts; it can gain no privileges any more.
pub(super) fn apply(list: &AllowList) -> io::Result<()> {
    let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(io::Error::other)?;
    for program in list.programs(arch).map_err(io::Error::other)? {
        seccompiler::apply_filter(&program).map_err(io::Error::other)?;
    }
    Ok(())
}

/// The calls that every program needs: memory without code in it, threads, clocks, its own end.
fn common() -> seccompiler::Result<AllowList> {
    use SeccompCmpOp::{Eq, MaskedEq};
    let own_process = u64::from(std::process::id());
    AllowList::default()
        .allow(&[
            libc::SYS_brk,
            libc::SYS_munmap,
            libc::SYS_mremap,
            libc::SYS_madvise,
            libc::SYS_futex,
            libc::SYS_set_robust_list,
            libc::SYS_rseq,
            libc::SYS_gettid,
            libc::SYS_getpid,
            libc::SYS_sched_yield,
            libc::SYS_sched_getaffinity,
            libc::SYS_clock_gettime,
            libc::SYS_clock_nanosleep,
            libc::SYS_nanosleep,
            libc::SYS_getrandom,
            libc::SYS_sysinfo,
            libc::SYS_sigaltstack,
            libc::SYS_rt_sigaction,
            libc::SYS_rt_sigprocmask,
            libc::SYS_rt_sigreturn,
            libc::SYS_restart_syscall,
            libc::SYS_exit,
            libc::SYS_exit_group,
            // The second program has to be loaded. Another one can only forbid more.
            libc::SYS_seccomp,
        ])
        .allow_if(libc::SYS_clone, &[(0, MaskedEq(!bits(THREAD_EXTRAS)), bits(THREAD))])?
        // How a program aborts.
        .allow_if(libc::SYS_tgkill, &[(0, Eq, own_process)])?
        .allow_if(libc::SYS_prctl, &[(0, Eq, bits(libc::PR_SET_NAME))])?
        .allow_if(libc::SYS_prctl, &[(0, Eq, bits(libc::PR_SET_NO_NEW_PRIVS))])
}

/// The calls of an engine child: it computes, and communicates over its three pipes.
pub(super) fn reader() -> io::Result<AllowList> {
    reader_list().map_err(io::Error::other)
}

fn reader_list() -> seccompiler::Result<AllowList> {
    use SeccompCmpOp::{Eq, Le, MaskedEq};
    let mapping = bits(libc::MAP_SHARED | libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    let own_memory = bits(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    let no_code = MaskedEq(bits(libc::PROT_EXEC));
    common()?
        .allow_if(libc::SYS_read, &[(0, Eq, 0)])?
        .allow_if(libc::SYS_write, &[(0, Le, 2)])?
        .allow_if(libc::SYS_writev, &[(0, Le, 2)])?
        .allow_if(libc::SYS_mmap, &[(2, no_code.clone(), 0), (3, MaskedEq(mapping), own_memory)])?
        .allow_if(libc::SYS_mprotect, &[(2, no_code, 0)])?
        // Its own limit of processor time, which it moves from document to document.
        .allow_if(libc::SYS_prlimit64, &[(0, Eq, 0), (1, Eq, LIMIT_OF_CPU)])
}

/// The additional calls of a recogniser: it starts as one program, and reads the files that Landlock
/// allows.
pub(super) fn recogniser() -> io::Result<AllowList> {
    recogniser_list().map_err(io::Error::other)
}

fn recogniser_list() -> seccompiler::Result<AllowList> {
    use SeccompCmpOp::{Eq, MaskedEq};
    let writes =
        bits(libc::O_WRONLY | libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND);
    let mut list = common()?
        .allow(&[
            libc::SYS_execve,
            libc::SYS_read,
            libc::SYS_readv,
            libc::SYS_pread64,
            libc::SYS_write,
            libc::SYS_writev,
            libc::SYS_lseek,
            libc::SYS_close,
            libc::SYS_mmap,
            libc::SYS_fstat,
            libc::SYS_newfstatat,
            libc::SYS_statx,
            libc::SYS_faccessat,
            libc::SYS_faccessat2,
            libc::SYS_readlinkat,
            libc::SYS_getdents64,
            libc::SYS_getcwd,
            libc::SYS_statfs,
            libc::SYS_fstatfs,
            libc::SYS_fadvise64,
            libc::SYS_dup,
            libc::SYS_dup3,
            libc::SYS_ppoll,
            libc::SYS_uname,
            libc::SYS_getuid,
            libc::SYS_geteuid,
            libc::SYS_getgid,
            libc::SYS_getegid,
            libc::SYS_getppid,
            libc::SYS_getpgid,
            libc::SYS_getrusage,
            libc::SYS_times,
            libc::SYS_gettimeofday,
            libc::SYS_clock_getres,
            libc::SYS_set_tid_address,
            libc::SYS_membarrier,
            libc::SYS_sched_getscheduler,
            libc::SYS_sched_getparam,
        ])
        .allow_if(libc::SYS_openat, &[(2, MaskedEq(writes), 0)])?
        .allow_if(libc::SYS_mprotect, &[(2, MaskedEq(bits(libc::PROT_EXEC)), 0)])?
        // Looking at its limits, not moving them: an administrator could.
        .allow_if(libc::SYS_prlimit64, &[(0, Eq, 0), (2, Eq, 0)])?
        .allow_if(libc::SYS_ioctl, &[(1, Eq, IS_TERMINAL)])?;
    for command in
        [libc::F_GETFD, libc::F_SETFD, libc::F_GETFL, libc::F_DUPFD, libc::F_DUPFD_CLOEXEC]
    {
        list = list.allow_if(libc::SYS_fcntl, &[(1, Eq, bits(command))])?;
    }
    with_old_names(list, writes)
}

/// What libraries of this architecture may call under older names.
#[cfg(target_arch = "x86_64")]
fn with_old_names(list: AllowList, writes: u64) -> seccompiler::Result<AllowList> {
    list.allow(&[
        libc::SYS_arch_prctl,
        libc::SYS_stat,
        libc::SYS_lstat,
        libc::SYS_access,
        libc::SYS_readlink,
        libc::SYS_getdents,
        libc::SYS_dup2,
        libc::SYS_poll,
        libc::SYS_time,
        libc::SYS_getrlimit,
        libc::SYS_getpgrp,
    ])
    .allow_if(libc::SYS_open, &[(1, SeccompCmpOp::MaskedEq(writes), 0)])
}

#[cfg(not(target_arch = "x86_64"))]
fn with_old_names(list: AllowList, _writes: u64) -> seccompiler::Result<AllowList> {
    Ok(list)
}

fn bits(flags: i32) -> u64 {
    u64::from(flags.unsigned_abs())
}
