//! A claim in both drivers: looks at the queue when it must, picks accounts, takes their jobs.

use std::time::Duration;

use docket_contract::WorkerId;

use super::state::{Look, Looking, Pick, Shares};
use crate::claim::Claim;
use crate::clock::Clock;
use crate::error::Error;

/// Picks of a claim that found nothing, at most: others may be quicker again and again.
const FRUITLESS_MAX: usize = 8;

/// For whom and for how long jobs are claimed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) worker: WorkerId,
    pub(crate) lease: Duration,
    pub(crate) deadline: Duration,
    /// Running jobs of an account without a limit of its own.
    pub(crate) running_max: Option<i32>,
}

/// What a driver adds to a claim.
pub(crate) trait ClaimSource: Sync {
    fn shares(&self) -> &Shares;

    fn clock(&self) -> &Clock;

    /// The accounts with ready jobs. Makes due jobs ready first.
    fn look(&self, looking: &Looking) -> impl Future<Output = Result<Look, Error>> + Send;

    /// Claims what is there of the picks, within the accounts' limits of running jobs. A job that
    /// cannot be read is claimed and left out: its lease runs out.
    fn take(
        &self,
        picks: &[Pick],
        terms: Terms,
    ) -> impl Future<Output = Result<Vec<Claim>, Error>> + Send;
}

/// Claims at most `limit` jobs in the order of the accounts' turns.
pub(crate) async fn claim(
    source: &impl ClaimSource,
    limit: usize,
    terms: Terms,
) -> Result<Vec<Claim>, Error> {
    let shares = source.shares();
    let mut claims: Vec<Claim> = Vec::new();
    let mut looked = false;
    let mut fruitless = 0;
    while claims.len() < limit && fruitless < FRUITLESS_MAX {
        if !looked && shares.must_look(source.clock()) {
            look(source, terms.worker).await?;
            looked = true;
        }
        let (epoch, picks) = shares.pick(limit - claims.len());
        if picks.is_empty() {
            if looked {
                break;
            }
            look(source, terms.worker).await?;
            looked = true;
            continue;
        }
        let taken = source.take(&picks, terms).await;
        let jobs = taken.as_deref().unwrap_or_default();
        shares.taken(epoch, &picks, |user| {
            jobs.iter().filter(|claim| claim.job().user_id == *user).count()
        });
        let mut taken = match taken {
            Ok(taken) => taken,
            // What is claimed already is not lost for the fault of another claim.
            Err(_) if !claims.is_empty() => break,
            Err(error) => return Err(error),
        };
        fruitless += usize::from(taken.is_empty());
        let place = |claim: &Claim| picks.iter().position(|pick| pick.user == claim.job().user_id);
        taken.sort_by_key(place);
        claims.append(&mut taken);
    }
    Ok(claims)
}

async fn look(source: &impl ClaimSource, worker: WorkerId) -> Result<(), Error> {
    let looking = source.shares().begin_look(worker);
    let look = source.look(&looking).await?;
    source.shares().end_look(&looking, look);
    Ok(())
}
