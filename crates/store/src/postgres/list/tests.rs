//! How many rows a list reads: those of its page, whatever the account has.

use docket_contract::UserId;
use docket_contract::job::JobType;
use docket_contract::state::JobsWord;
use docket_contract::timestamp::Timestamp;
use docket_testkit::postgres::TestPostgres;
use serde_json::Value;
use sqlx::{Connection, PgConnection, Row};

use super::*;
use crate::clock::Clock;

/// An account with 200,000 succeeded parses, for which the planner's statistics are made, and a few
/// others before them, of which these know nothing: all rows are alike to the planner.
const FILL: &str = "
    insert into docket.accounts (user_id, cycle_started_at, created_at) values ('owner', now(), now());
    insert into docket.jobs (id, user_id, type, status, document_name, document_bytes,
        document_media_type, pages_done, pages_failed, credits, priority, run_at, created_at,
        updated_at, started_at, deadline_at, finished_at, expires_at, result_key)
    select gen_random_uuid(), 'owner', 'parsing', 'succeeded', 'a.pdf', 1, 'application/pdf', 0, 0, 0,
        0, at, at, at, at, at, at, at + interval '7 days', 'r'
    from (select timestamptz '2030-01-01 00:00:00Z' + n * interval '1 second' as at
        from generate_series(1, 200000) n) made;
    analyze docket.jobs;
    insert into docket.jobs (id, user_id, type, status, document_name, document_bytes,
        document_media_type, pages_done, pages_failed, credits, priority, run_at, created_at,
        updated_at, started_at, deadline_at, finished_at, expires_at, error_code, error_message,
        result_key)
    select gen_random_uuid(), 'owner', case when f then 'parsing' else 'splitting' end,
        case when f then 'failed' else 'succeeded' end, 'a.pdf', 1, 'application/pdf', 0, 0, 0, 0,
        at, at, at, at, at, at, at + interval '7 days', case when f then 'internal' end,
        case when f then 'x' end, case when f then null else 'r' end
    from (select n <= 4 as f, timestamptz '2029-06-01 00:00:00Z' + n * interval '1 second' as at
        from generate_series(1, 9) n) made;
    insert into docket.jobs (id, user_id, type, status, document_name, document_bytes,
        document_media_type, pages_done, pages_failed, credits, priority, run_at, created_at,
        updated_at, started_at, deadline_at)
    select gen_random_uuid(), 'owner', 'parsing', 'queued', 'a.pdf', 1, 'application/pdf', 0, 0, 0, 0,
        at, at, at, case when n % 2 = 0 then at end, case when n % 2 = 0 then at end
    from (select n, timestamptz '2029-01-01 00:00:00Z' + n * interval '1 second' as at
        from generate_series(1, 6) n) made;";

fn query(status: Option<JobsWord>, job_type: Option<JobType>) -> JobQuery {
    JobQuery {
        user_id: UserId("owner".to_owned()),
        status,
        job_type,
        before: None,
        created_from: None,
        created_until: None,
        offset: 0,
        limit: 20,
    }
}

/// Jobs found, and rows of `jobs` that were read for them.
async fn cost(
    connection: &mut PgConnection,
    query: &JobQuery,
    generic: bool,
) -> (usize, u64, Value) {
    let mode = if generic { "force_generic_plan" } else { "force_custom_plan" };
    let set = sqlx::AssertSqlSafe(format!("set plan_cache_mode = {mode}"));
    sqlx::raw_sql(set).execute(&mut *connection).await.unwrap();
    let found = list_query(query).fetch_all(&mut *connection).await.unwrap().len();
    let sql = if is_filtered(query) { LIST_FILTERED } else { LIST };
    let explain = format!("explain (analyze, timing off, format json) {sql}");
    let bound = bind(sqlx::query(sqlx::AssertSqlSafe(explain)), query);
    let row = bound.fetch_one(connection).await.unwrap();
    let plan: Value = serde_json::from_str(&row.get_unchecked::<String, _>(0)).unwrap();
    (found.min(query.limit), rows_read(&plan[0]["Plan"]), plan)
}

/// Rows that scans of tables gave or threw away.
fn rows_read(node: &Value) -> u64 {
    let number = |name: &str| node[name].as_f64().unwrap_or_default();
    let below = node["Plans"].as_array().into_iter().flatten().map(rows_read).sum::<u64>();
    if node["Relation Name"].is_null() && node["Index Name"].is_null() {
        return below;
    }
    let per_loop = number("Actual Rows")
        + number("Rows Removed by Filter")
        + number("Rows Removed by Index Recheck");
    below + (per_loop * number("Actual Loops")).ceil() as u64
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_read_the_rows_of_their_page() {
    let database = TestPostgres::create().await;
    PostgresStore::open(database.url(), 1, Clock::database(), true).await.unwrap();
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    sqlx::raw_sql(FILL).execute(&mut connection).await.unwrap();
    let at = |second: i64| Timestamp::from_timestamp(1_893_456_000 + second, 0);
    let (failed, splitting) = (Some(JobsWord::Failed), Some(JobType::Splitting));
    let parses = query(None, Some(JobType::Parsing));
    for (name, query, found) in [
        ("all", query(None, None), 20),
        ("failed", query(failed, None), 4),
        ("splitting", query(None, splitting), 5),
        ("failed and splitting", query(failed, splitting), 0),
        ("queued", query(Some(JobsWord::Queued), None), 3),
        ("started", query(Some(JobsWord::Processing), None), 3),
        ("of long ago", JobQuery { created_until: at(90), ..parses.clone() }, 20),
        (
            "of a minute",
            JobQuery { created_from: at(70_000), created_until: at(70_009), ..parses.clone() },
            10,
        ),
        (
            "the next page",
            JobQuery {
                before: at(100_000)
                    .map(|created_at| crate::interface::ListPlace { created_at, seq: 0 }),
                ..parses.clone()
            },
            20,
        ),
        ("far back", JobQuery { offset: 1_000, ..parses }, 20),
    ] {
        for generic in [false, true] {
            let (count, rows, plan) = cost(&mut connection, &query, generic).await;
            assert_eq!(count, found, "{name}");
            // Each of at most five runs gives its page and one row more; the page is then read whole.
            let most = (6 * (query.limit + 1) + 2 * query.offset) as u64;
            assert!(
                rows <= most,
                "{name}, generic plan {generic}: {rows} rows for {found}: {plan:#}"
            );
        }
    }
    connection.close().await.unwrap();
}
