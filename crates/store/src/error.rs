//! Errors of the store, by what a caller can do about them.

/// A statement failed. Constraint names are mapped inside the drivers.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What the statement refers to is not there (an unknown account, for example).
    #[error("not found: {0}")]
    NotFound(&'static str),
    /// What the statement wants to make is there already.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// The database cannot be reached or is too busy: the same call may succeed later.
    #[error("database unavailable: {0}")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nothing can be written until somebody does something about it.
    #[error("{reason}")]
    NotWritable {
        /// What stands against it.
        fault: WriteFault,
        /// What the database says.
        reason: String,
    },
    /// A row holds what this version cannot read.
    #[error("row cannot be read: {0}")]
    Corrupt(String),
    /// Any other error; see its source.
    #[error("database error: {0}")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why nothing can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFault {
    /// The disk is full.
    Full,
    /// The database takes reads only.
    ReadOnly,
    /// The database's file was deleted or replaced while it was open.
    FileGone,
}

impl Error {
    /// The same fault for one more caller of a call that several shared.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::NotFound(what) => Self::NotFound(what),
            Self::Conflict(what) => Self::Conflict(what),
            Self::Unavailable(source) => Self::Unavailable(source.to_string().into()),
            Self::NotWritable { fault, reason } => {
                Self::NotWritable { fault: *fault, reason: reason.clone() }
            }
            Self::Corrupt(what) => Self::Corrupt(what.clone()),
            Self::Other(source) => Self::Other(source.to_string().into()),
        }
    }
}

/// The store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no database that we can use.
    #[error("{0}")]
    Refused(String),
    /// The schema is newer than this program.
    #[error(
        "the database's schema is at {found}, this program knows up to {known}: use a newer docket"
    )]
    SchemaTooNew {
        /// The newest migration in the database.
        found: i64,
        /// The newest that this program has.
        known: i64,
    },
    /// The schema is older and migrating was not asked for.
    #[error(
        "the database's schema is at {found}, this program needs {known}: run `docket migrate` first"
    )]
    SchemaTooOld {
        /// The newest migration in the database.
        found: i64,
        /// The newest that this program has.
        known: i64,
    },
    /// The database answered with an error, or not at all.
    #[error(transparent)]
    Store(#[from] Error),
    /// The data folder cannot be used.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}
