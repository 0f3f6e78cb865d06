//! Units of settings, and the number of processors.

use std::time::Duration;

pub(super) const MEBIBYTE: u64 = 1024 * 1024;

/// A hundred years.
pub(super) const RETENTION_DAYS_MAX: u64 = 36_500;

/// This many MiB in bytes.
pub(super) fn mebibytes(count: u64) -> u64 {
    count.saturating_mul(MEBIBYTE)
}

pub(super) fn days(count: u64) -> Duration {
    Duration::from_secs(count * 24 * 60 * 60)
}

/// The processors of this machine.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}
