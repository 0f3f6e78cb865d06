//! Values as SQLite keeps them: ids as 16 bytes, instants as microseconds.

use std::time::Duration;

use docket_contract::job::Job;
use docket_contract::timestamp::Timestamp;
use rusqlite::types::FromSql;
use rusqlite::{Connection, Row, ToSql};
use uuid::Uuid;

use crate::error::Error;
use crate::rows::{Columns, read_job};

pub(super) fn micros(at: Timestamp) -> i64 {
    at.timestamp_micros()
}

pub(super) fn duration_us(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}

pub(super) fn timestamp(us: i64) -> Result<Timestamp, Error> {
    Timestamp::from_timestamp_micros(us)
        .ok_or_else(|| Error::Corrupt(format!("instant out of range: {us}")))
}

/// A row read column by column.
pub(super) struct SqliteColumns<'row, 'statement> {
    row: &'row Row<'statement>,
    next: usize,
}

impl<'row, 'statement> SqliteColumns<'row, 'statement> {
    pub(super) fn new(row: &'row Row<'statement>) -> Self {
        Self { row, next: 0 }
    }

    fn take<T: FromSql>(&mut self) -> Result<T, Error> {
        let idx = self.next;
        self.next += 1;
        Ok(self.row.get(idx)?)
    }
}

impl Columns for SqliteColumns<'_, '_> {
    fn at(&mut self, name: &'static str) -> &mut dyn Columns {
        debug_assert_eq!(self.row.as_ref().column_name(self.next).ok(), Some(name));
        self
    }

    fn uuid(&mut self) -> Result<Uuid, Error> {
        Ok(Uuid::from_bytes(self.take()?))
    }

    fn uuid_or_null(&mut self) -> Result<Option<Uuid>, Error> {
        Ok(self.take::<Option<[u8; 16]>>()?.map(Uuid::from_bytes))
    }

    fn bytes_or_null(&mut self) -> Result<Option<Vec<u8>>, Error> {
        self.take()
    }

    fn text(&mut self) -> Result<String, Error> {
        self.take()
    }

    fn text_or_null(&mut self) -> Result<Option<String>, Error> {
        self.take()
    }

    fn boolean(&mut self) -> Result<bool, Error> {
        self.take()
    }

    fn int(&mut self) -> Result<i32, Error> {
        self.take()
    }

    fn int_or_null(&mut self) -> Result<Option<i32>, Error> {
        self.take()
    }

    fn long(&mut self) -> Result<i64, Error> {
        self.take()
    }

    fn long_or_null(&mut self) -> Result<Option<i64>, Error> {
        self.take()
    }

    fn time(&mut self) -> Result<Timestamp, Error> {
        timestamp(self.take()?)
    }

    fn time_or_null(&mut self) -> Result<Option<Timestamp>, Error> {
        self.take::<Option<i64>>()?.map(timestamp).transpose()
    }
}

/// Every row of a statement, read by `read`.
pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    mut read: impl FnMut(&mut dyn Columns) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(&mut SqliteColumns::new(row))?);
    }
    Ok(found)
}

/// The only row of a statement, if there is one.
pub(super) fn one<T>(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
    read: impl FnOnce(&mut dyn Columns) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let found = rows.next()?.map(|row| read(&mut SqliteColumns::new(row))).transpose()?;
    // To the end: constraints are checked there.
    rows.next()?;
    Ok(found)
}

/// The only job of a statement, if there is one.
pub(super) fn one_job(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
) -> Result<Option<Job>, Error> {
    one(connection, sql, parameters, read_job)
}
