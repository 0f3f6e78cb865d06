//! Systems other than Linux: they have neither seccomp nor Landlock, so both walls are missing.

/// No filter of system calls.
pub(super) mod calls {
    use std::io;

    /// The calls that a filter would allow.
    pub(in crate::sandbox) struct AllowList;

    pub(in crate::sandbox) fn reader() -> io::Result<AllowList> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(in crate::sandbox) fn recogniser() -> io::Result<AllowList> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(in crate::sandbox) fn apply(_list: &AllowList) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// No protection of files.
pub(super) mod files {
    use std::path::Path;

    pub(in crate::sandbox) fn forbid_all() -> bool {
        false
    }

    pub(in crate::sandbox) fn allow_program(_program: &Path, _data_dir: Option<&Path>) -> bool {
        false
    }
}
