//! Rows as Postgres gives them.

use std::time::Duration;

use docket_contract::job::Job;
use docket_contract::timestamp::Timestamp;
use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::query::Query;
use sqlx::{Column, Decode, Postgres, Row, Type};
use uuid::Uuid;

use crate::error::Error;
use crate::interface::Balance;
use crate::rows::{Columns, read_job};

pub(super) type PgQuery<'q> = Query<'q, Postgres, PgArguments>;

/// A row read column by column.
pub(super) struct PgColumns<'row> {
    row: &'row PgRow,
    next: usize,
}

impl<'row> PgColumns<'row> {
    pub(super) fn new(row: &'row PgRow) -> Self {
        Self { row, next: 0 }
    }

    /// Begins behind the first columns.
    pub(super) fn after(row: &'row PgRow, columns: usize) -> Self {
        Self { row, next: columns }
    }

    fn take<T>(&mut self) -> Result<T, Error>
    where
        T: Decode<'row, Postgres> + Type<Postgres>,
    {
        let idx = self.next;
        self.next += 1;
        Ok(self.row.try_get(idx)?)
    }
}

impl Columns for PgColumns<'_> {
    fn at(&mut self, name: &'static str) -> &mut dyn Columns {
        debug_assert_eq!(self.row.columns().get(self.next).map(Column::name), Some(name));
        self
    }

    fn uuid(&mut self) -> Result<Uuid, Error> {
        self.take()
    }

    fn uuid_or_null(&mut self) -> Result<Option<Uuid>, Error> {
        self.take()
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
        self.take()
    }

    fn time_or_null(&mut self) -> Result<Option<Timestamp>, Error> {
        self.take()
    }
}

/// Every row of a statement, read by `read`.
pub(super) async fn all<T>(
    pool: &PgPool,
    query: PgQuery<'_>,
    read: impl Fn(&mut dyn Columns) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let rows = query.fetch_all(pool).await?;
    rows.iter().map(|row| read(&mut PgColumns::new(row))).collect()
}

/// The only row of a statement, if there is one.
pub(super) async fn one<T>(
    pool: &PgPool,
    query: PgQuery<'_>,
    read: impl Fn(&mut dyn Columns) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    let row = query.fetch_optional(pool).await?;
    row.map(|row| read(&mut PgColumns::new(&row))).transpose()
}

/// The only job of a statement, if there is one.
pub(super) async fn one_job(pool: &PgPool, query: PgQuery<'_>) -> Result<Option<Job>, Error> {
    one(pool, query, read_job).await
}

pub(super) fn duration_us(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}

/// A job just stored, with its account's balance after it.
pub(super) fn read_inserted(row: &PgRow) -> Result<(Job, Balance), Error> {
    let mut row = PgColumns::new(row);
    let job = read_job(&mut row)?;
    let balance = Balance { used: row.long()?, limit: row.long()?, cycle_started_at: row.time()? };
    Ok((job, balance))
}
