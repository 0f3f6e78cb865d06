//! The cost of a list: that of its page, whatever the account has.

use docket_contract::UserId;
use docket_contract::job::JobType;
use docket_contract::state::JobsWord;
use docket_contract::timestamp::Timestamp;
use rusqlite::StatementStatus;

use super::*;
use crate::clock::Clock;
use crate::interface::ListPlace;
use crate::sqlite::SqliteStore;

/// An account with 200,000 jobs: all of them succeeded parses but a few among the oldest.
const FILL: &str = "
    insert into accounts (user_id, cycle_started_at, created_at) values ('owner', 0, 0);
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 200000),
        made (n, f, at) as (select n, n % 50000 = 3, 1893456000000000 + n * 1000000 from numbers)
    insert into jobs (id, user_id, type, status, document_name, document_bytes,
        document_media_type, pages_done, pages_failed, credits, priority, run_at, created_at,
        updated_at, started_at, deadline_at, finished_at, expires_at, error_code, error_message,
        result_key)
    select randomblob(16), 'owner', iif(n % 40000 = 7, 'splitting', 'parsing'),
        iif(f, 'failed', 'succeeded'), 'a.pdf', 1, 'application/pdf', 0, 0, 0, 0, at, at, at, at, at,
        at, at + 1, iif(f, 'internal', null), iif(f, 'x', null), iif(f, null, 'r')
    from made;
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 6),
        made (n, at) as (select n, 1861920000000000 + n * 1000000 from numbers)
    insert into jobs (id, user_id, type, status, document_name, document_bytes,
        document_media_type, pages_done, pages_failed, credits, priority, run_at, created_at,
        updated_at, started_at, deadline_at)
    select randomblob(16), 'owner', 'parsing', 'queued', 'a.pdf', 1, 'application/pdf', 0, 0, 0, 0, at,
        at, at, iif(n % 2 = 0, at, null), iif(n % 2 = 0, at, null)
    from made;";

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

/// Steps of SQLite's virtual machine that the list takes; a row costs some tens of them.
fn steps(connection: &Connection, query: &JobQuery) -> i32 {
    let statement = connection.prepare_cached(&statement(query)).unwrap();
    statement.reset_status(StatementStatus::VmStep);
    drop(statement);
    list(connection, query).unwrap();
    let statement = connection.prepare_cached(&super::statement(query)).unwrap();
    statement.get_status(StatementStatus::VmStep)
}

#[tokio::test]
async fn lists_take_the_work_of_their_page() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("docket.db");
    SqliteStore::open(path.clone(), Clock::database(), true).await.unwrap();
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(FILL).unwrap();
    let at = |second: i64| Timestamp::from_timestamp(1_893_456_000 + second, 0);
    let (failed, splitting) = (Some(JobsWord::Failed), Some(JobType::Splitting));
    let parses = query(None, Some(JobType::Parsing));
    let before = at(100_000).map(|created_at| ListPlace { created_at, seq: 0 });
    for (name, query, found) in [
        ("all", query(None, None), 20),
        ("failed", query(failed, None), 4),
        ("splitting", query(None, splitting), 5),
        ("failed and splitting", query(failed, splitting), 0),
        ("queued", query(Some(JobsWord::Queued), None), 3),
        ("started", query(Some(JobsWord::Processing), None), 3),
        ("of long ago", JobQuery { created_until: at(90), ..parses.clone() }, 20),
        (
            "of ten seconds",
            JobQuery { created_from: at(70_000), created_until: at(70_009), ..parses.clone() },
            10,
        ),
        ("the next page", JobQuery { before, ..parses.clone() }, 20),
        ("far back", JobQuery { offset: 1_000, ..parses }, 20),
    ] {
        assert_eq!(list(&connection, &query).unwrap().jobs.len(), found, "{name}");
        let steps = steps(&connection, &query);
        let rows = i32::try_from(6 * (query.limit + 1) + 2 * query.offset).unwrap();
        assert!(steps <= 100 * rows, "{name}: {steps} steps for {found} jobs");
        let explain = format!("explain query plan {}", super::statement(&query));
        let mut plan = connection.prepare(&explain).unwrap();
        let unbound = rusqlite::params_from_iter([rusqlite::types::Null; 6]);
        let lines = plan.query_map(unbound, |row| row.get::<_, String>(3)).unwrap();
        let lines: Vec<String> = lines.map(Result::unwrap).collect();
        assert!(lines.iter().all(|line| !line.starts_with("SCAN jobs")), "{name}: {lines:#?}");
    }
}
