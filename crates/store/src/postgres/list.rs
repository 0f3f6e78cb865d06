//! Lists of an account's jobs, in Postgres.
//!
//! A list without a filter is one run of `jobs_owner`. A filtered one is put together from a run of
//! `jobs_listed` for each pair of a type and a state's word, so that a filter that few rows meet
//! reads only these.

use super::PostgresStore;
use super::rows::PgQuery;
use crate::error::Error;
use crate::interface::{JobPage, JobQuery};
use crate::rows::{job_columns, listed_runs, read_job, run_sql};

/// What a page may hold, with $1 and $2 as the place that it begins behind.
macro_rules! within {
    () => {
        " (created_at, seq) < (coalesce($1::timestamptz, 'infinity'), $2::bigint)
            and created_at >= coalesce($3::timestamptz, '-infinity')
            and created_at <= coalesce($4::timestamptz, 'infinity')"
    };
}

const LIST: &str = concat!(
    "select ",
    job_columns!(),
    " from docket.jobs where user_id = $7 and",
    within!(),
    " order by created_at desc, seq desc limit $5::bigint offset $6::bigint"
);

const LIST_FILTERED: &str = concat!(
    "select ",
    job_columns!(),
    " from docket.jobs join (
        select found.seq
        from unnest($7::text[]) wanted (run) cross join lateral (
            select created_at, seq from docket.jobs where ",
    run_sql!(),
    " = wanted.run and",
    within!(),
    "
            order by created_at desc, seq desc limit $5::bigint + $6::bigint) found
        order by found.created_at desc, found.seq desc limit $5::bigint offset $6::bigint) page
     using (seq) order by created_at desc, seq desc"
);

impl PostgresStore {
    pub(super) async fn list(&self, query: &JobQuery) -> Result<JobPage, Error> {
        let mut jobs = self.connections.all(|| list_query(query), read_job).await?;
        let more = jobs.len() > query.limit;
        jobs.truncate(query.limit);
        Ok(JobPage { jobs, more })
    }
}

fn list_query(query: &JobQuery) -> PgQuery<'_> {
    match is_filtered(query) {
        true => bind(sqlx::query(LIST_FILTERED), query),
        false => bind(sqlx::query(LIST), query),
    }
}

fn is_filtered(query: &JobQuery) -> bool {
    query.status.is_some() || query.job_type.is_some()
}

fn bind<'q>(statement: PgQuery<'q>, query: &'q JobQuery) -> PgQuery<'q> {
    let limit = i64::try_from(query.limit).unwrap_or(i64::MAX - 1);
    let statement = statement
        .bind(query.before.map(|place| place.created_at))
        .bind(query.before.map_or(i64::MAX, |place| place.seq))
        .bind(query.created_from)
        .bind(query.created_until)
        .bind(limit.saturating_add(1))
        .bind(i64::try_from(query.offset).unwrap_or(i64::MAX / 2));
    if !is_filtered(query) {
        return statement.bind(&query.user_id.0);
    }
    let runs = listed_runs(query).into_iter();
    statement.bind(runs.map(|run| run + &query.user_id.0).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests;
