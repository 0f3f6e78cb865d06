//! Lists of an account's jobs, in SQLite.
//!
//! A list without a filter is one run of `jobs_owner`. A filtered one is put together from a run of
//! `jobs_listed` for each pair of a type and a state's word, so that a filter that few rows meet
//! reads only these.

use rusqlite::{Connection, ToSql};

use super::rows::{all, micros};
use crate::error::Error;
use crate::interface::{JobPage, JobQuery};
use crate::rows::{job_columns, listed_runs, read_job, run_sql};

/// What a page may hold, with ?2 and ?3 as the place that it begins behind.
macro_rules! within {
    () => {
        "(created_at, seq) < (?2, ?3) and created_at >= ?4"
    };
}

const LIST: &str = concat!(
    "select ",
    job_columns!(),
    " from jobs where user_id = ?1 and ",
    within!(),
    " order by created_at desc, seq desc limit ?5 offset ?6"
);

pub(super) fn list(connection: &Connection, query: &JobQuery) -> Result<JobPage, Error> {
    let limit = i64::try_from(query.limit).unwrap_or(i64::MAX - 1);
    // One bound: of two, SQLite would take the first for the index and pass over rows for the other.
    let before = query.before.map_or((i64::MAX, i64::MAX), |at| (micros(at.created_at), at.seq));
    let before = before.min((query.created_until.map_or(i64::MAX, micros), i64::MAX));
    let parameters: [&dyn ToSql; 6] = [
        &query.user_id.0,
        &before.0,
        &before.1,
        &query.created_from.map_or(i64::MIN, micros),
        &(limit + 1),
        &i64::try_from(query.offset).unwrap_or(i64::MAX),
    ];
    let mut jobs = all(connection, &statement(query), &parameters, read_job)?;
    let more = jobs.len() > query.limit;
    jobs.truncate(query.limit);
    Ok(JobPage { jobs, more })
}

fn statement(query: &JobQuery) -> String {
    if query.status.is_none() && query.job_type.is_none() {
        return LIST.to_owned();
    }
    let runs: Vec<String> = listed_runs(query)
        .iter()
        .map(|run| {
            format!(
                "select * from (select created_at, seq from jobs
                    where {} = '{run}' || ?1 and {}
                    order by created_at desc, seq desc limit ?5 + ?6)",
                run_sql!(),
                within!()
            )
        })
        .collect();
    format!(
        "select {} from jobs where seq in (
            select seq from ({}) order by created_at desc, seq desc limit ?5 offset ?6)
         order by created_at desc, seq desc",
        job_columns!(),
        runs.join(" union all ")
    )
}

#[cfg(test)]
mod tests;
