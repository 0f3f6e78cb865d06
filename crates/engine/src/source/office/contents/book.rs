//! Books: the chapters that the package lists.

use super::web;
use crate::error::Error;
use crate::model::PageIntake;
use crate::source::office::survey::{Package, chapters};

/// Counts a book.
///
/// # Errors
/// If it is beyond a limit.
pub(super) fn read(package: &mut Package<'_>, to: &mut PageIntake) -> Result<(), Error> {
    for chapter in chapters(package)? {
        let mut counter = web::Counter::new(to);
        package.scan(&chapter, &mut counter)?;
        counter.flush();
    }
    Ok(())
}
