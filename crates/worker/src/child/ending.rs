//! The ways in which a child ends: at a limit of its own, by a fault of the engine, or killed from
//! outside.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use docket_contract::job::{Failure, FailureCode};
use docket_jobs::BlobError;

use super::CpuLimits;
use crate::sandbox::EXIT_NOT_CONFINED;

/// The exit code of a child in which the engine panicked.
pub(super) const EXIT_PANIC: u8 = 101;

/// Why a child gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    /// It could not be started.
    #[error("engine child could not be started: {0}")]
    Spawn(#[source] io::Error),
    /// The document takes more than a document may take.
    #[error("{0}")]
    Limit(Limit),
    /// The engine failed at the document, and would fail again.
    #[error("engine child crashed: {0}")]
    Crashed(String),
    /// It ended at a limit or crashed, but had read other documents before: they may be the reason.
    #[error("engine child ended, perhaps because of earlier documents: {0}")]
    Worn(String),
    /// It was killed from outside, or answered nonsense.
    #[error("engine child ended: {0}")]
    Died(String),
    /// The document could not be read from its blob.
    #[error(transparent)]
    Document(#[from] BlobError),
    /// The storage stopped sending the document.
    #[error("the document could not be read from the storage")]
    DocumentStalled,
}

impl ChildError {
    /// Why the child ended, as a word for metrics; `None` if it did not.
    pub(crate) fn end_of_child(&self) -> Option<&'static str> {
        match self {
            Self::Limit(Limit::Cpu(_)) => Some("limit_cpu"),
            Self::Limit(Limit::Memory(_)) => Some("limit_memory"),
            Self::Limit(Limit::Stack) => Some("limit_stack"),
            Self::Limit(Limit::Wall(_)) => Some("limit_wall"),
            Self::Crashed(_) => Some("crashed"),
            Self::Worn(_) => Some("worn"),
            Self::Died(_) => Some("died"),
            Self::Spawn(_) | Self::Document(_) | Self::DocumentStalled => None,
        }
    }

    /// The failure of a job that ends with it.
    pub(crate) fn failure(&self) -> Failure {
        let (code, message) = match self {
            Self::Limit(limit) => (FailureCode::DocumentTooExpensive, limit.to_string()),
            Self::Crashed(_) => (
                FailureCode::Internal,
                "The program that reads documents crashed on this one".to_owned(),
            ),
            Self::Spawn(_) => (
                FailureCode::Internal,
                "The document's worker process could not be started".to_owned(),
            ),
            other => (FailureCode::WorkerLost, other.to_string()),
        };
        Failure::new(code, message)
    }
}

/// A limit that a document exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Limit {
    #[error("The document exceeds the limit of processor time: {0}")]
    Cpu(CpuLimits),
    #[error("The document exceeds the limit of memory: {} MiB", .0 / (1024 * 1024))]
    Memory(u64),
    #[error("The document exceeds the limit of nesting: reading it overflows the stack")]
    Stack,
    #[error("The document exceeds the limit of wall time: {} without progress", seconds(*.0))]
    Wall(Duration),
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// The limits that a child runs under.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) memory_bytes: u64,
    pub(super) cpu: CpuLimits,
}

/// Judges an end by its status and by what the child wrote last on its standard error: the runtime
/// says there why it aborts.
pub(super) fn judge(status: ExitStatus, last_words: &[u8], limits: Limits) -> ChildError {
    let says = |text: &str| last_words.windows(text.len()).any(|part| part == text.as_bytes());
    match status.signal() {
        Some(libc::SIGXCPU) => ChildError::Limit(Limit::Cpu(limits.cpu)),
        Some(libc::SIGABRT | libc::SIGSEGV) if says("memory allocation of ") => {
            ChildError::Limit(Limit::Memory(limits.memory_bytes))
        }
        Some(libc::SIGABRT | libc::SIGSEGV) if says(" has overflowed its stack") => {
            ChildError::Limit(Limit::Stack)
        }
        Some(
            signal @ (libc::SIGABRT
            | libc::SIGSEGV
            | libc::SIGILL
            | libc::SIGFPE
            | libc::SIGTRAP
            | libc::SIGSYS),
        ) => ChildError::Crashed(format!("signal {signal}")),
        Some(signal) => ChildError::Died(format!("signal {signal}")),
        None if status.code() == Some(i32::from(EXIT_PANIC)) => {
            ChildError::Crashed("panic".to_owned())
        }
        None if status.code() == Some(i32::from(EXIT_NOT_CONFINED)) => {
            let why = String::from_utf8_lossy(last_words);
            ChildError::Spawn(io::Error::other(format!("it cannot be confined: {}", why.trim())))
        }
        None => ChildError::Died(status.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits =
        Limits { memory_bytes: 640 * 1024 * 1024, cpu: CpuLimits { page: Duration::MAX, ..CPU } };
    const CPU: CpuLimits = CpuLimits {
        document: Duration::from_secs(20),
        per_page: Duration::from_millis(10),
        page: Duration::from_secs(20),
    };

    fn judged(raw_status: i32, last_words: &str) -> ChildError {
        judge(ExitStatus::from_raw(raw_status), last_words.as_bytes(), LIMITS)
    }

    #[test]
    fn an_end_at_a_limit_names_the_limit() {
        let memory = judged(libc::SIGABRT, "memory allocation of 123456 bytes failed\n");
        assert_eq!(memory.to_string(), "The document exceeds the limit of memory: 640 MiB");
        let stack = judged(libc::SIGABRT, "\nthread 'read' (7) has overflowed its stack\nfatal");
        assert!(matches!(stack, ChildError::Limit(Limit::Stack)), "{stack}");
        let cpu = judged(libc::SIGXCPU, "").to_string();
        assert!(cpu.contains("processor time: 20 s and 10 ms for each page"), "{cpu}");
    }

    #[test]
    fn a_crash_is_no_lost_worker_and_a_kill_is_one() {
        for signal in [libc::SIGSEGV, libc::SIGABRT, libc::SIGILL, libc::SIGSYS] {
            assert!(matches!(judged(signal, ""), ChildError::Crashed(_)), "{signal}");
        }
        assert!(matches!(judged(i32::from(EXIT_PANIC) << 8, ""), ChildError::Crashed(_)));
        for signal in [libc::SIGKILL, libc::SIGTERM, libc::SIGBUS] {
            assert!(matches!(judged(signal, ""), ChildError::Died(_)), "{signal}");
        }
        assert!(matches!(judged(1 << 8, ""), ChildError::Died(_)));
    }
}
