//! The whole of it: real router, worker, engine children and databases, over HTTP.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod admission;
mod app;
mod auth;
mod backup;
mod batches;
mod buckets;
mod children;
mod cli;
mod crashes;
mod dashboard;
mod described;
mod documents;
mod edge;
mod events;
mod execution;
mod expiry;
mod fairness;
mod first_hour;
mod idempotency;
mod inspections;
mod jobs;
mod late_uploads;
mod metrics;
mod nodes;
mod ocr;
mod office;
mod openapi;
mod operations;
mod outages;
mod parse;
mod parse_options;
mod pictures;
mod processes;
mod quickstart;
mod recognition;
mod spec_limits;
mod status;
mod storage;
mod stored_results;
mod tasks;
mod uploads;
mod watched;
mod webhooks;
mod wire;
mod wire_options;
mod workbooks;

/// Makes two tests of each function: one on SQLite, one on a real Postgres.
macro_rules! on_both_databases {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::app::Database::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::app::Database::postgres().await).await;
            })*
        }
    };
}
pub(crate) use on_both_databases;
