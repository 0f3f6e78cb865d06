//! A row of any table, and the values that several tables hold.

use docket_contract::job::{Failure, FailureCode};
use docket_contract::timestamp::Timestamp;
use uuid::Uuid;

use crate::error::Error;

/// A row whose columns are taken one after the other.
pub(crate) trait Columns {
    /// Names the column that is taken next. A build with debug assertions compares the name with the
    /// row's, so a reader and its list of columns cannot differ unnoticed.
    fn at(&mut self, name: &'static str) -> &mut dyn Columns;
    fn uuid(&mut self) -> Result<Uuid, Error>;
    fn uuid_or_null(&mut self) -> Result<Option<Uuid>, Error>;
    fn bytes_or_null(&mut self) -> Result<Option<Vec<u8>>, Error>;
    fn text(&mut self) -> Result<String, Error>;
    fn text_or_null(&mut self) -> Result<Option<String>, Error>;
    fn boolean(&mut self) -> Result<bool, Error>;
    fn int(&mut self) -> Result<i32, Error>;
    fn int_or_null(&mut self) -> Result<Option<i32>, Error>;
    fn long(&mut self) -> Result<i64, Error>;
    fn long_or_null(&mut self) -> Result<Option<i64>, Error>;
    fn time(&mut self) -> Result<Timestamp, Error>;
    fn time_or_null(&mut self) -> Result<Option<Timestamp>, Error>;
}

pub(super) fn read_failure(
    code: Option<String>,
    message: Option<String>,
) -> Result<Option<Failure>, Error> {
    let Some(code) = code else { return Ok(None) };
    let code = word("error_code", &code, FailureCode::from_stored)?;
    Ok(Some(Failure::new(code, message.unwrap_or_default())))
}

pub(super) fn word<T>(
    column: &str,
    text: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, Error> {
    read(text).ok_or_else(|| Error::Corrupt(format!("{column}: unknown word {text:?}")))
}
