//! What the exit codes mean; scripts rely on them.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: done.
    Done,
    /// 1: a fault of ours or of this machine.
    Fault,
    /// 2: the command or the configuration is wrong.
    Usage,
    /// 3: a job failed.
    JobFailed,
    /// 4: a job did not end in time.
    TimedOut,
    /// 5: the server cannot be reached or refuses.
    Refused,
    /// 130: Ctrl-C, as shells report it.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Fault => 1,
            Exit::Usage => 2,
            Exit::JobFailed => 3,
            Exit::TimedOut => 4,
            Exit::Refused => 5,
            Exit::Interrupted => 130,
        })
    }
}

/// An error that decides the exit code.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub(crate) struct ExitError {
    pub(crate) exit: Exit,
    pub(crate) text: String,
    /// The status of the server's answer, if there was one.
    pub(crate) status: Option<u16>,
    /// The seconds after which the server asks to try again.
    pub(crate) retry_after_s: Option<u64>,
}

impl Exit {
    /// An error that ends the program with this code.
    pub(crate) fn error(self, text: impl Into<String>) -> anyhow::Error {
        let text = text.into();
        anyhow::Error::new(ExitError { exit: self, text, status: None, retry_after_s: None })
    }

    /// The code that an error decides, or 1.
    pub(crate) fn of_error(error: &anyhow::Error) -> Self {
        error.downcast_ref::<ExitError>().map_or(Self::Fault, |error| error.exit)
    }

    /// The worse of two outcomes, for commands on many jobs.
    pub(crate) fn worse(self, other: Self) -> Self {
        let rank = |exit: Self| match exit {
            Self::Done => 0,
            Self::JobFailed => 1,
            Self::TimedOut => 2,
            Self::Refused => 3,
            Self::Usage => 4,
            Self::Fault => 5,
            Self::Interrupted => 6,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}
