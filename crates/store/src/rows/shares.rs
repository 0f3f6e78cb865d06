//! Reads accounts and waiting jobs for the shares, for both drivers.

use docket_contract::UserId;
use docket_contract::timestamp::Timestamp;

use super::Columns;
use crate::error::Error;
use crate::shares::{Look, Waiting, WaitingJob};

/// The instant, the next due instant, and an account, if any waits.
type LookRow = (Timestamp, Option<Timestamp>, Option<Waiting>);

pub(crate) fn read_look(row: &mut dyn Columns) -> Result<LookRow, Error> {
    let (at, next_due) = (row.time()?, row.time_or_null()?);
    let user = row.text_or_null()?.map(UserId);
    let (weight, running_max) = (row.int()?, row.int_or_null()?);
    let (running, claimed_elsewhere) = (row.long()?, row.long()?);
    let waiting =
        user.map(|user| Waiting { user, weight, running_max, running, claimed_elsewhere });
    Ok((at, next_due, waiting))
}

/// The look of its rows; there is always one.
pub(crate) fn look_of(rows: Vec<LookRow>) -> Result<Look, Error> {
    let (at, next_due, _) = rows.first().ok_or(Error::NotFound("instant"))?;
    let (at, next_due) = (*at, *next_due);
    let waiting = rows.into_iter().filter_map(|(_, _, waiting)| waiting).collect();
    Ok(Look { waiting, next_due, at })
}

pub(crate) fn read_waiting_job(row: &mut dyn Columns) -> Result<WaitingJob, Error> {
    Ok(WaitingJob {
        user: UserId(row.text()?),
        weight: row.int()?,
        priority: row.int()?,
        seq: row.long()?,
    })
}
