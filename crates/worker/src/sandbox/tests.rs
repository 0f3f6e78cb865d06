//! Attempts to break out: by asking the filter about every system call, and from within a confined
//! process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};

use seccompiler::{BpfProgram, TargetArch};

use super::calls::{self, AllowList};
use super::{Sandbox, confine_reader};

const EPERM: u32 = 0x0005_0000 | libc::EPERM.unsigned_abs();
const ENOSYS: u32 = 0x0005_0000 | libc::ENOSYS.unsigned_abs();
const ALLOW: u32 = 0x7fff_0000;

/// Runs a program of a filter as the kernel does, over the number of a call and its arguments.
fn run(program: &BpfProgram, arch: u32, call: u32, arguments: [u64; 6]) -> u32 {
    let mut data = Vec::new();
    data.extend_from_slice(&call.to_ne_bytes());
    data.extend_from_slice(&arch.to_ne_bytes());
    data.extend_from_slice(&[0; 8]);
    data.extend(arguments.iter().flat_map(|argument| argument.to_ne_bytes()));
    let (mut at, mut value) = (0, 0_u32);
    loop {
        let step = &program[at];
        at += 1;
        let jump = |holds: bool| usize::from(if holds { step.jt } else { step.jf });
        match step.code {
            0x20 => {
                let from = step.k as usize;
                value = u32::from_ne_bytes(data[from..from + 4].try_into().unwrap());
            }
            0x54 => value &= step.k,
            0x05 => at += step.k as usize,
            0x15 => at += jump(value == step.k),
            0x25 => at += jump(value > step.k),
            0x35 => at += jump(value >= step.k),
            0x06 => return step.k,
            other => panic!("{other:#x} is no step of our filters"),
        }
    }
}

/// What the kernel does with a call: of equal verdicts that of the program loaded last.
fn verdict(list: &AllowList, call: i64, arguments: [u64; 6]) -> u32 {
    let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
    let audit = match arch {
        TargetArch::x86_64 => 62 | 0xc000_0000,
        TargetArch::aarch64 => 183 | 0xc000_0000,
        TargetArch::riscv64 => 243 | 0xc000_0000,
    };
    let [first, last] = list.programs(arch).unwrap();
    let call = u32::try_from(call).unwrap();
    let verdicts = [run(&last, audit, call, arguments), run(&first, audit, call, arguments)];
    verdicts.into_iter().min_by_key(|verdict| verdict & 0xffff_0000).unwrap()
}

fn allowed_calls(list: &AllowList, arguments: [u64; 6]) -> Vec<i64> {
    (0..=1024).filter(|call| verdict(list, *call, arguments) == ALLOW).collect()
}

#[test]
fn a_reader_may_call_what_is_listed_and_nothing_else() {
    let list = calls::reader().unwrap();
    let mut without_conditions = vec![
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
        libc::SYS_seccomp,
    ];
    without_conditions.sort_unstable();
    // Arguments under which no conditional call is allowed.
    assert_eq!(allowed_calls(&list, [u64::MAX; 6]), without_conditions);
    // All zeros: reading standard input, writing, looking at a limit, and protecting memory.
    let zeros = allowed_calls(&list, [0; 6]);
    let more: Vec<i64> =
        zeros.into_iter().filter(|one| !without_conditions.contains(one)).collect();
    let mut conditional = vec![
        libc::SYS_read,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_mprotect,
        libc::SYS_prlimit64,
    ];
    conditional.sort_unstable();
    assert_eq!(more, conditional);
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_old_calls_of_one_architecture_are_forbidden_too() {
    let list = calls::reader().unwrap();
    for call in [
        libc::SYS_open,
        libc::SYS_creat,
        libc::SYS_fork,
        libc::SYS_vfork,
        libc::SYS_chmod,
        libc::SYS_unlink,
        libc::SYS_rename,
        // The same calls by the numbers of the x32 interface.
        0x4000_0000 | libc::SYS_open,
        0x4000_0000 | libc::SYS_getpid,
    ] {
        assert_eq!(verdict(&list, call, [0; 6]), EPERM, "{call}");
    }
}

#[test]
fn conditions_hold_threads_to_their_process() {
    let list = calls::reader().unwrap();
    let own = u64::from(std::process::id());
    let is_allowed = |call: i64, arguments: [u64; 6]| verdict(&list, call, arguments) == ALLOW;
    // The flags of glibc's and musl's threads, of fork, of vfork and of a new name space.
    for (flags, wanted) in [
        (0x003d_0f00, true),
        (0x007d_0f00, true),
        (0x0120_0011, false),
        (0x0000_4111, false),
        (0x003d_0f00 | 0x1000_0000, false),
        (0x003d_0f00 | 1 << 40, false),
    ] {
        assert_eq!(is_allowed(libc::SYS_clone, [flags, 0, 0, 0, 0, 0]), wanted, "{flags:#x}");
    }
    assert_eq!(verdict(&list, libc::SYS_clone3, [0; 6]), ENOSYS, "so that clone is taken instead");
    assert!(is_allowed(libc::SYS_tgkill, [own, 9, 6, 0, 0, 0]));
    assert!(!is_allowed(libc::SYS_tgkill, [own + 1, 9, 6, 0, 0, 0]));
    assert!(!is_allowed(libc::SYS_read, [3, 0, 0, 0, 0, 0]), "an inherited descriptor");
    assert!(!is_allowed(libc::SYS_write, [3, 0, 0, 0, 0, 0]));
    let mmap = |protection: i32, flags: i32| {
        is_allowed(libc::SYS_mmap, [0, 1, protection as u64, flags as u64, u64::MAX, 0])
    };
    let (own, shared) = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, libc::MAP_SHARED);
    assert!(mmap(libc::PROT_READ | libc::PROT_WRITE, own | libc::MAP_NORESERVE));
    assert!(!mmap(libc::PROT_READ | libc::PROT_EXEC, own), "no code is made");
    assert!(!mmap(libc::PROT_READ, shared | libc::MAP_ANONYMOUS));
    assert!(!mmap(libc::PROT_READ, libc::MAP_PRIVATE), "no file is mapped");
    assert!(!is_allowed(libc::SYS_mprotect, [0, 1, libc::PROT_EXEC as u64, 0, 0, 0]));
    assert!(!is_allowed(libc::SYS_prlimit64, [1, 0, 0, 0, 0, 0]), "of another process");
    assert!(!is_allowed(libc::SYS_prlimit64, [0, 7, 0, 0, 0, 0]), "of open files");
    assert!(!is_allowed(libc::SYS_prctl, [libc::PR_SET_DUMPABLE as u64, 0, 0, 0, 0, 0]));
}

/// Set in the process that confines itself.
const INSIDE: &str = "DOCKET_TEST_INSIDE";

/// Starts this test program again as a process that runs `test` alone; answers what it printed.
fn run_inside(test: &str, inside: &str) -> String {
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(INSIDE, inside);
    let output = command.stdin(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn attempt(name: &str, outcome: Result<(), std::io::Error>) {
    let word = match outcome {
        Ok(()) => "done".to_owned(),
        Err(error) => error.raw_os_error().map_or_else(|| error.to_string(), |n| n.to_string()),
    };
    let _ = writeln!(std::io::stdout(), "attempt {name}: {word}");
}

/// What a document that has taken over the engine would try.
fn try_everything(mut inherited: File) {
    let nothing = |_| ();
    let path = "/tmp/docket-broke-out";
    let own = rustix::process::getpid();
    attempt("open", File::open("/etc/passwd").map(nothing));
    attempt("create", File::create(path).map(nothing));
    attempt("descriptor", inherited.read(&mut [0]).map(|_| ()));
    attempt("list", fs::read_dir("/").map(|_| ()));
    attempt("stat", fs::metadata("/etc/passwd").map(|_| ()));
    attempt("chmod", fs::set_permissions("/tmp", fs::Permissions::from_mode(0o777)));
    attempt("rename", fs::rename("/tmp/docket-a", "/tmp/docket-b"));
    attempt("unlink", fs::remove_file("/tmp/docket-a"));
    attempt("mkdir", fs::create_dir("/tmp/docket-a"));
    attempt("link", std::os::unix::fs::symlink("/", "/tmp/docket-a"));
    attempt("tcp", TcpListener::bind("127.0.0.1:0").map(|_| ()));
    attempt("udp", UdpSocket::bind("127.0.0.1:0").map(|_| ()));
    attempt("unix", UnixDatagram::unbound().map(|_| ()));
    attempt("exec", Command::new("/bin/true").spawn().map(|_| ()));
    let signal = rustix::process::Signal::CONT;
    attempt("kill", rustix::process::kill_process(own, signal).map_err(Into::into));
    attempt("signal 0", rustix::process::test_kill_process(own).map_err(Into::into));
    let flags = rustix::fs::MemfdFlags::empty();
    attempt("memfd", rustix::fs::memfd_create("x", flags).map(|_| ()).map_err(Into::into));
    let files = rustix::process::Rlimit { current: None, maximum: None };
    let raise = rustix::process::setrlimit(rustix::process::Resource::Nofile, files);
    attempt("raise limit", raise.map_err(Into::into));
    attempt("thread", std::thread::Builder::new().spawn(|| ()).map(|one| one.join().unwrap()));
    let child = std::thread::spawn(|| File::open("/etc/passwd").map(|_| ()));
    attempt("open in a thread", child.join().unwrap());
    let mut memory = vec![1_u8; 50_000_000];
    memory.resize(90_000_000, 2);
    attempt("memory", Ok(()));
}

#[test]
fn nothing_is_reached_from_within() {
    if std::env::var_os(INSIDE).is_some() {
        let inherited = File::open("/etc/passwd").unwrap();
        confine_reader(400 * 1024 * 1024, Sandbox::Required).unwrap();
        try_everything(inherited);
        return;
    }
    let printed = run_inside("sandbox::tests::nothing_is_reached_from_within", "reader");
    let outcomes: Vec<(&str, &str)> = printed
        .lines()
        .filter_map(|line| line.split_once("attempt ")?.1.split_once(": "))
        .collect();
    assert!(outcomes.len() > 20, "{printed}");
    for (name, outcome) in outcomes {
        let wanted = match name {
            "thread" | "memory" => "done",
            _ => "1",
        };
        assert_eq!(outcome, wanted, "{name}");
    }
    assert!(!fs::exists("/tmp/docket-broke-out").unwrap());
}
