//! What Supabase's clients may see: their own jobs and nothing else, and each change once.

use docket_contract::job::{DocumentInfo, Stage};
use docket_contract::wire::jobs::JobDocument;
use docket_contract::{JobState, UserId, WorkerId};
use docket_store::{AccountLimits, NewJob, ProgressUpdate, Settlement};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use crate::fixture::{DEADLINE, Fixture, LEASE, new_job, pages, success, user};

/// The roles that a project comes with; another test may make them at the same time.
const ROLES: &str = "do $$
declare name text;
begin
    foreach name in array array['anon', 'authenticated', 'service_role'] loop
        begin
            execute format('create role %I nologin', name);
        exception when duplicate_object or unique_violation then null;
        end;
    end loop;
    alter role service_role bypassrls;
end $$";

/// A database that became a project after it was migrated.
async fn project() -> (Fixture, PgConnection) {
    let f = Fixture::postgres().await;
    let mut side = f.connect().await;
    // Roles belong to the whole server: two tests at once would update one row twice.
    run(&mut side, "select pg_advisory_lock(4711)").await.unwrap();
    run(&mut side, ROLES).await.unwrap();
    run(&mut side, "select pg_advisory_unlock(4711)").await.unwrap();
    run(&mut side, "create publication supabase_realtime").await.unwrap();
    run(&mut side, "alter default privileges in schema public grant all on tables to anon")
        .await
        .unwrap();
    for _ in 0..2 {
        run(&mut side, "select docket.open_to_supabase()").await.unwrap();
    }
    (f, side)
}

async fn run(side: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(side).await.map(drop)
}

/// What a role with these claims gets for a query of one text column, or the SQLSTATE.
async fn as_role(
    side: &mut PgConnection,
    role: &str,
    subject: Option<&str>,
    sql: &str,
) -> Result<Vec<String>, String> {
    let mut transaction = side.begin().await.unwrap();
    let claims = subject.map(|subject| format!(r#"{{"sub":"{subject}","role":"{role}"}}"#));
    sqlx::query("select set_config('request.jwt.claims', $1, true)")
        .bind(claims.unwrap_or_default())
        .execute(&mut *transaction)
        .await
        .unwrap();
    run(&mut transaction, &format!("set local role {role}")).await.unwrap();
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *transaction).await;
    let told = match rows {
        Ok(rows) => Ok(rows.iter().map(|row| row.get::<String, _>(0)).collect()),
        Err(error) => Err(error.as_database_error().unwrap().code().unwrap().into_owned()),
    };
    transaction.rollback().await.unwrap();
    told
}

const DENIED: &str = "42501";

#[tokio::test(flavor = "multi_thread")]
async fn a_user_sees_own_jobs_and_nobody_elses() {
    let (f, mut side) = project().await;
    let mine = f.insert(new_job()).await;
    let other = UserId("somebody".to_owned());
    f.store.ensure_account(&other, AccountLimits::default()).await.unwrap();
    let theirs = f.insert(NewJob { user_id: other.clone(), ..new_job() }).await;
    let subject = Some("owner");
    let ids = "select id::text from public.jobs order by version, id";
    let only_mine = Ok(vec![mine.id.to_string()]);
    assert_eq!(as_role(&mut side, "authenticated", subject, ids).await, only_mine);
    let by_hand = format!("select id::text from public.jobs where id = '{}'", theirs.id);
    assert_eq!(as_role(&mut side, "authenticated", subject, &by_hand).await, Ok(vec![]));
    let table = "select id::text from docket.jobs";
    assert_eq!(as_role(&mut side, "authenticated", subject, table).await, only_mine);
    assert_eq!(as_role(&mut side, "authenticated", None, ids).await, Ok(vec![]));
    assert_eq!(as_role(&mut side, "anon", None, ids).await, Err(DENIED.to_owned()));
    assert_eq!(as_role(&mut side, "anon", None, table).await, Err(DENIED.to_owned()));
    let all = as_role(&mut side, "service_role", None, ids).await.unwrap();
    assert_eq!(all.len(), 2, "{all:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_stay_and_nothing_is_written() {
    let (f, mut side) = project().await;
    f.insert(new_job()).await;
    for sql in [
        "select document_password from docket.jobs",
        "select spec from docket.job_specs",
        "select claim_token::text from docket.jobs",
        "select document_blob_key from docket.jobs",
        "select result_key from docket.jobs",
        "select last_four from docket.api_keys",
        "select user_id from docket.accounts",
        "select name from docket.secrets",
        "select job_id::text from docket.job_events",
        "update public.jobs set version = 9 returning id::text",
        "update docket.jobs set status = 'queued' returning id::text",
        "delete from public.jobs returning id::text",
        "insert into public.jobs (id) values (gen_random_uuid()) returning id::text",
        "select docket.open_to_supabase()::text",
    ] {
        for role in ["anon", "authenticated", "service_role"] {
            let told = as_role(&mut side, role, Some("owner"), sql).await;
            assert_eq!(told, Err(DENIED.to_owned()), "{role}: {sql}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_view_speaks_the_words_of_the_wire() {
    let (f, mut side) = project().await;
    let job = f.insert(new_job()).await;
    let mut seen = async |what: &str| {
        let sql = format!("select {what} from public.jobs");
        as_role(&mut side, "authenticated", Some("owner"), &sql).await.unwrap().remove(0)
    };
    assert_eq!(seen("status").await, "queued");
    let document = JobDocument::from(&job);
    assert_eq!(seen("pdf_name").await, document.pdf_name);
    assert_eq!(seen("pdf_hash").await, document.pdf_hash);
    assert_eq!(seen("type").await, document.job_type);
    let claim = f.claim_one().await;
    assert_eq!(seen("status").await, "PROCESSING");
    f.settle(claim, Settlement::released()).await;
    assert_eq!(f.find(job.id).await.state, JobState::Queued);
    assert_eq!(seen("status").await, "PROCESSING", "no client sees a job go back");
    let claim = f.claim_one().await;
    f.settle(claim, success()).await;
    assert_eq!(seen("status").await, "COMPLETED");
    assert_eq!(seen("coalesce(error, 'none')").await, "none");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jobs_table_of_somebody_else_stays() {
    let f = Fixture::postgres().await;
    let mut side = f.connect().await;
    run(&mut side, "drop view if exists public.jobs").await.unwrap();
    run(&mut side, "create table public.jobs (note text)").await.unwrap();
    run(&mut side, "insert into public.jobs values ('kept')").await.unwrap();
    run(&mut side, "select docket.open_to_supabase()").await.unwrap();
    let kept: String =
        sqlx::query_scalar("select note from public.jobs").fetch_one(&mut side).await.unwrap();
    assert_eq!(kept, "kept");
}

/// Messages of the replication stream since the last call, as their kind and bytes.
async fn changes(side: &mut PgConnection) -> Vec<(char, Vec<u8>)> {
    let sql = "select data from pg_logical_slot_get_binary_changes(
        current_database() || '_slot', null, null,
        'proto_version', '1', 'publication_names', 'supabase_realtime')";
    let rows = sqlx::query(sql).fetch_all(side).await.unwrap();
    let bytes = rows.iter().map(|row| row.get::<Vec<u8>, _>(0));
    bytes
        .map(|bytes| (char::from(bytes[0]), bytes))
        .filter(|(kind, _)| "IUDR".contains(*kind))
        .collect()
}

fn kinds(changes: &[(char, Vec<u8>)]) -> String {
    changes.iter().map(|(kind, _)| *kind).filter(|kind| *kind != 'R').collect()
}

fn holds(changes: &[(char, Vec<u8>)], text: &str) -> bool {
    changes.iter().any(|(_, bytes)| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_tells_each_change_and_no_heartbeat() {
    let (f, mut side) = project().await;
    run(
        &mut side,
        "select pg_create_logical_replication_slot(current_database() || '_slot', 'pgoutput')",
    )
    .await
    .unwrap();
    let plain = new_job();
    let password = Some("xyzzy-4711".to_owned());
    let secret = NewJob { document: DocumentInfo { password, ..plain.document }, ..plain };
    let job = f.insert(secret).await;
    let told = changes(&mut side).await;
    assert_eq!(kinds(&told), "I");
    for text in ["docket", "jobs", "status", "queued", &job.id.to_string()] {
        assert!(holds(&told, text), "{text} is not in the stream");
    }
    for text in ["xyzzy-4711", "document_password", "claim_token", "blob_key", "spec"] {
        assert!(!holds(&told, text), "{text} is in the stream");
    }

    let worker = WorkerId::new();
    let claim = f.store.claim(worker, 1, LEASE, DEADLINE).await.unwrap().remove(0);
    assert_eq!(kinds(&changes(&mut side).await), "U");
    for _ in 0..3 {
        f.clock.advance(LEASE / 3);
        assert_eq!(f.store.heartbeat(worker, &[claim.token()], LEASE).await.unwrap().len(), 1);
    }
    assert_eq!(kinds(&changes(&mut side).await), "", "heartbeats do not touch the row");
    let update = ProgressUpdate { stage: Stage::Reading, pages: pages(2, 1), document: None };
    f.store.progress(&claim, update.clone()).await.unwrap();
    f.store.progress(&claim, update).await.unwrap();
    assert_eq!(kinds(&changes(&mut side).await), "U", "the same progress is told once");
    f.settle(claim, success()).await;
    let told = changes(&mut side).await;
    assert_eq!(kinds(&told), "U");
    assert!(holds(&told, "succeeded"));
    f.store.delete_job(&user(), job.id).await.unwrap();
    assert_eq!(kinds(&changes(&mut side).await), "D");
    run(&mut side, "select pg_drop_replication_slot(current_database() || '_slot')").await.unwrap();
}
