//! The end of attempts at deliveries in Postgres: attempts that end together are written together.

use std::collections::{HashMap, HashSet};

use futures_util::future::join_all;
use sqlx::postgres::PgPool;
use uuid::Uuid;

use super::PostgresStore;
use super::rows::{all, duration_us};
use super::together::{Taken, Together, Write};
use crate::clock::Clock;
use crate::error::Error;
use crate::interface::{AttemptEnd, DeliveryClaim, DeliverySettled, Tolerance};

/// An attempt's end on its way to the database.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    delivery: Uuid,
    endpoint: Uuid,
    token: Uuid,
    number: i32,
    status: &'static str,
    delay_us: Option<i64>,
    code: Option<i32>,
    error: Option<String>,
    duration_ms: i64,
    gone: bool,
    tolerance: Tolerance,
}

impl Ended {
    fn new(claim: &DeliveryClaim, end: &AttemptEnd) -> Self {
        let verdict = end.verdict.columns();
        Self {
            delivery: claim.delivery.id.0,
            endpoint: claim.delivery.endpoint_id,
            token: claim.token,
            number: claim.delivery.attempts,
            status: verdict.status.as_str(),
            delay_us: verdict.delay_us,
            code: end.status_code,
            error: verdict.error.map(str::to_owned),
            duration_ms: i64::try_from(end.duration.as_millis()).unwrap_or(i64::MAX),
            gone: verdict.gone,
            tolerance: end.tolerance,
        }
    }
}

impl Write for Ended {
    type Outcome = DeliverySettled;

    fn turn(&self) -> Option<&str> {
        None
    }
}

/// Writes ends of attempts together.
pub(super) type Attempts = Together<Ended>;

pub(super) fn start(pool: PgPool, clock: Clock) -> Attempts {
    Together::new(move |together| {
        let (pool, clock) = (pool.clone(), clock.clone());
        Box::pin(async move { settle(&pool, &clock, together).await })
    })
}

impl PostgresStore {
    pub(super) async fn end_attempt(
        &self,
        claim: &DeliveryClaim,
        end: &AttemptEnd,
    ) -> Result<DeliverySettled, Error> {
        self.attempts.write(Ended::new(claim, end)).await
    }
}

async fn settle(pool: &PgPool, clock: &Clock, together: Vec<Taken<Ended>>) {
    let ends: Vec<&Ended> = together.iter().map(|taken| &taken.write).collect();
    // Two ends of one delivery are a lost claim and its successor. The common statement finds its rows
    // by delivery, so it takes only one of them; the other one is written alone.
    let mut deliveries = HashSet::new();
    let common: Vec<&Ended> =
        ends.iter().copied().filter(|end| deliveries.insert(end.delivery)).collect();
    // One that cannot be written, or a broken connection, fails them all: each is then written alone.
    let written = write(pool, clock, &common, false).await.unwrap_or_default();
    let outcomes: HashMap<Uuid, Outcome> =
        common.iter().map(|end| end.token).zip(written).collect();
    let settled = join_all(ends.iter().map(async |end| match outcomes.get(&end.token) {
        Some(Outcome::Settled(settled)) => Ok(*settled),
        Some(Outcome::Busy) | None => write_one(pool, clock, end).await,
    }))
    .await;
    for (taken, settled) in together.into_iter().zip(settled) {
        taken.answer(settled);
    }
}

async fn write_one(pool: &PgPool, clock: &Clock, end: &Ended) -> Result<DeliverySettled, Error> {
    match write(pool, clock, &[end], true).await?.pop() {
        Some(Outcome::Settled(settled)) => Ok(settled),
        Some(Outcome::Busy) | None => Ok(DeliverySettled::ClaimLost),
    }
}

#[derive(Clone, Copy)]
enum Outcome {
    Settled(DeliverySettled),
    /// Another statement holds the delivery.
    Busy,
}

/// Writes all of them or, at an error, none; answers in their order. Several never wait for a
/// delivery that another statement holds.
async fn write(
    pool: &PgPool,
    clock: &Clock,
    ends: &[&Ended],
    may_wait: bool,
) -> Result<Vec<Outcome>, Error> {
    fn each<T>(ends: &[&Ended], of: impl Fn(&Ended) -> T) -> Vec<T> {
        ends.iter().map(|end| of(end)).collect()
    }
    // It is a setting of this process, the same for all.
    let Some(tolerance) = ends.first().map(|end| end.tolerance) else { return Ok(Vec::new()) };
    let query = sqlx::query(SETTLE)
        .bind(clock.fixed())
        .bind(may_wait)
        .bind(each(ends, |end| end.delivery))
        .bind(each(ends, |end| end.endpoint))
        .bind(each(ends, |end| end.token))
        .bind(each(ends, |end| end.number))
        .bind(each(ends, |end| end.status))
        .bind(each(ends, |end| end.delay_us))
        .bind(each(ends, |end| end.code))
        .bind(each(ends, |end| end.error.clone()))
        .bind(each(ends, |end| end.duration_ms))
        .bind(each(ends, |end| end.gone))
        .bind(tolerance.failures_max)
        .bind(duration_us(tolerance.failing_max))
        .bind(duration_us(tolerance.pause))
        .bind(duration_us(tolerance.pause_max));
    let outcomes: Vec<(Uuid, String)> =
        all(pool, query, |row| Ok((row.uuid()?, row.text()?))).await?;
    let outcome_of = |end: &&Ended| {
        let found = outcomes.iter().find(|(token, _)| *token == end.token);
        match found.map(|(_, word)| word.as_str()) {
            Some("settled") => Outcome::Settled(DeliverySettled::Settled { disabled: false }),
            Some("disabled") => Outcome::Settled(DeliverySettled::Settled { disabled: true }),
            Some("busy") => Outcome::Busy,
            _ => Outcome::Settled(DeliverySettled::ClaimLost),
        }
    };
    Ok(ends.iter().map(outcome_of).collect())
}

const SETTLE: &str = "select token, outcome from docket.settle_deliveries($1, $2, $3, $4, $5, $6,
    $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
