//! What the programs that see documents give up before they begin: memory and processor time without
//! end, files, network, other programs, and signals to others.
//!
//! The first wall is an allow-list of system calls, which has to hold. The second is Landlock, which
//! not every kernel has. Both cover the calling thread and those that it starts later, so a process
//! confines itself before it has other threads.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod files;

#[cfg(not(target_os = "linux"))]
use elsewhere::{calls, files};

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// Address space that an engine child may reserve beyond its memory: program, libraries, and what the
/// allocator sets aside for each thread without using it.
const RESERVED_BYTES: u64 = 4 * 1024 * 1024 * 1024;

/// The exit code of a process that could not confine itself.
pub(crate) const EXIT_NOT_CONFINED: u8 = 70;
/// The exit code of a launcher that did not find its program.
pub(crate) const EXIT_NOT_FOUND: u8 = 127;

/// What a process does if a part of the sandbox cannot be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sandbox {
    /// It ends. The system call filter must work; Landlock is a second layer, and its absence is
    /// reported.
    Required,
    /// It works with the parts that exist, and reports which are missing.
    BestEffort,
}

impl Default for Sandbox {
    /// Required on Linux.
    fn default() -> Self {
        if cfg!(target_os = "linux") { Self::Required } else { Self::BestEffort }
    }
}

/// The parts of the sandbox of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walls {
    /// System calls are filtered.
    pub system_calls: bool,
    /// Landlock keeps it from files.
    pub landlock: bool,
}

impl Walls {
    /// The missing parts, in words for people.
    #[must_use]
    pub fn missing(self) -> Vec<&'static str> {
        let calls = (!self.system_calls).then_some("the filter of system calls (seccomp)");
        let files = (!self.landlock).then_some("Landlock");
        calls.into_iter().chain(files).collect()
    }
}

/// Confines the calling process as a reader of documents, to which only its three pipes are left.
///
/// # Errors
/// If a limit cannot be set, or a required part of the sandbox cannot be set up.
pub(crate) fn confine_reader(memory_bytes: u64, sandbox: Sandbox) -> io::Result<Walls> {
    end_with_parent()?;
    limit_memory(memory_bytes)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    let landlock = files::forbid_all();
    // Landlock itself needs a descriptor. From here on there are the three pipes and no other.
    limit(Resource::Nofile, 3)?;
    let system_calls = required(calls::reader().and_then(|list| calls::apply(&list)), sandbox)?;
    Ok(Walls { system_calls, landlock })
}

/// Descriptors that a recogniser needs: its libraries and data are opened one after the other.
const RECOGNISER_FILES_MAX: u64 = 64;

/// The limits of a recogniser.
#[derive(Clone, Debug)]
pub struct RecogniserLimits {
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Processor time in seconds.
    pub cpu_s: u64,
    /// Folder of its data, if not that of its installation.
    pub data_dir: Option<PathBuf>,
    /// The behaviour if it cannot be confined.
    pub sandbox: Sandbox,
}

/// Confines the calling process as a recogniser, which reads its own files, changes none, reaches no
/// network and starts no process.
///
/// # Errors
/// If a limit cannot be set, or a required part of the sandbox cannot be set up.
fn confine_recogniser(program: &Path, limits: &RecogniserLimits) -> io::Result<Walls> {
    end_with_parent()?;
    limit_memory(limits.memory_bytes)?;
    limit(Resource::Cpu, limits.cpu_s)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, RECOGNISER_FILES_MAX)?;
    let landlock = files::allow_program(program, limits.data_dir.as_deref());
    let put_up = calls::recogniser().and_then(|list| calls::apply(&list));
    let system_calls = required(put_up, limits.sandbox)?;
    Ok(Walls { system_calls, landlock })
}

/// Confines this process and replaces it by the recogniser. Must be called before any thread is
/// started; answers only if that failed.
#[must_use]
pub fn recogniser_main(
    program: &Path,
    arguments: &[OsString],
    limits: &RecogniserLimits,
) -> ExitCode {
    if let Err(error) = confine_recogniser(program, limits) {
        return complain(EXIT_NOT_CONFINED, &format!("it could not be confined: {error}"));
    }
    let error = std::process::Command::new(program).args(arguments).exec();
    let code = if error.kind() == io::ErrorKind::NotFound { EXIT_NOT_FOUND } else { 1 };
    complain(code, &format!("it could not be started: {error}"))
}

/// The parent reads standard error.
fn complain(code: u8, text: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "{text}");
    ExitCode::from(code)
}

/// True if the part works; an error only if it is required.
fn required(put_up: io::Result<()>, sandbox: Sandbox) -> io::Result<bool> {
    match (put_up, sandbox) {
        (Ok(()), _) => Ok(true),
        (Err(error), Sandbox::Required) => Err(error),
        (Err(_), Sandbox::BestEffort) => Ok(false),
    }
}

/// The process is killed when its parent ends. Systems without this leave it to the closed pipes.
fn end_with_parent() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    Ok(())
}

/// Only Linux counts what these limits mean; macOS refuses or ignores them.
fn limit_memory(memory_bytes: u64) -> io::Result<()> {
    if cfg!(target_os = "linux") {
        limit(Resource::Data, memory_bytes)?;
        limit(Resource::As, memory_bytes.saturating_add(RESERVED_BYTES))?;
    }
    Ok(())
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
