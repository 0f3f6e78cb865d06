//! The end of attempts at deliveries in SQLite.

use rusqlite::params;
use uuid::Uuid;

use super::rows::{duration_us, micros, one};
use super::writer::Turn;
use crate::error::Error;
use crate::interface::{AttemptEnd, DeliveryClaim, DeliverySettled, Tolerance, VerdictColumns};

/// Ends the attempt if it is still this one.
pub(super) fn settle(
    turn: &Turn<'_>,
    claim: &DeliveryClaim,
    end: &AttemptEnd,
) -> Result<DeliverySettled, Error> {
    let now = micros(turn.now());
    let delivery = &claim.delivery;
    let verdict = end.verdict.columns();
    let held = turn
        .prepare_cached(
            "update webhook_deliveries set status = ?4, claim_token = null,
                next_attempt_at = case when ?4 = 'pending' then ?1 + ?5 end,
                ended_at = case when ?4 <> 'pending' then ?1 end,
                last_status_code = ?6, last_error = ?7
             where id = ?2 and claim_token = ?3",
        )?
        .execute(params![
            now,
            delivery.id.0.as_bytes(),
            claim.token.as_bytes(),
            verdict.status.as_str(),
            verdict.delay_us,
            end.status_code,
            verdict.error,
        ])?;
    if held == 0 {
        return Ok(DeliverySettled::ClaimLost);
    }
    turn.prepare_cached(
        "update webhook_attempts set duration_ms = ?3, status_code = ?4, error = ?5
         where delivery_id = ?1 and attempt = ?2",
    )?
    .execute(params![
        delivery.id.0.as_bytes(),
        delivery.attempts,
        i64::try_from(end.duration.as_millis()).unwrap_or(i64::MAX),
        end.status_code,
        verdict.error,
    ])?;
    let disabled = judge_endpoint(turn, delivery.endpoint_id, &verdict, &end.tolerance)?;
    Ok(DeliverySettled::Settled { disabled })
}

/// Counts the attempt for or against its endpoint; answers whether it was disabled by it.
fn judge_endpoint(
    turn: &Turn<'_>,
    endpoint: Uuid,
    verdict: &VerdictColumns<'_>,
    tolerance: &Tolerance,
) -> Result<bool, Error> {
    let now = micros(turn.now());
    if verdict.error.is_none() {
        turn.prepare_cached(
            "update webhook_endpoints
             set failures_in_a_row = 0, failing_since = null, resting_until = null
             where id = ?1 and failures_in_a_row > 0",
        )?
        .execute([endpoint.as_bytes()])?;
        return Ok(false);
    }
    let failed = one(
        turn,
        "update webhook_endpoints set
            failures_in_a_row = failures_in_a_row + 1,
            failing_since = coalesce(failing_since, ?2),
            resting_until = case when failures_in_a_row >= 1
                then ?2 + min(?4, ?3 << min(failures_in_a_row - 1, 30)) end
         where id = ?1 returning failures_in_a_row, failing_since, disabled_at",
        &[
            endpoint.as_bytes(),
            &now,
            &duration_us(tolerance.pause),
            &duration_us(tolerance.pause_max),
        ],
        |row| Ok((row.int()?, row.time()?, row.time_or_null()?)),
    )?;
    let Some((failures, since, None)) = failed else { return Ok(false) };
    let failing_us = now - micros(since);
    let too_long =
        failures >= tolerance.failures_max && failing_us >= duration_us(tolerance.failing_max);
    let reason = match (verdict.gone, too_long) {
        (true, _) => "gone",
        (false, true) => "failures",
        (false, false) => return Ok(false),
    };
    turn.prepare_cached(
        "update webhook_endpoints set disabled_at = ?2, disabled_reason = ?3 where id = ?1",
    )?
    .execute(params![endpoint.as_bytes(), now, reason])?;
    Ok(true)
}
