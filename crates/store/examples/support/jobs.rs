//! Accounts and jobs that the measurements of this folder submit.

use std::time::Duration;

use docket_contract::job::{DocumentInfo, PageCounts};
use docket_contract::spec::{JobSpec, ParseSpec};
use docket_contract::{BlobKey, JobId, UserId};
use docket_store::NewJob;

/// How long a job of a measurement is kept.
pub(crate) const RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);

/// The account with this number.
pub(crate) fn user(number: u32) -> UserId {
    UserId(format!("bench-{number}"))
}

/// The pages of a job that has ended.
pub(crate) fn pages() -> PageCounts {
    PageCounts { total: Some(2), selected: Some(2), done: 2, failed: 0 }
}

/// A job of a document with two pages.
pub(crate) fn new_job(owner: &UserId) -> NewJob {
    NewJob {
        id: JobId::new(),
        user_id: owner.clone(),
        spec: JobSpec::Parse(ParseSpec::default()),
        document: DocumentInfo {
            name: "report.pdf".to_owned(),
            sha256: Some("ab".repeat(32)),
            size_bytes: 1234,
            media_type: "application/pdf".to_owned(),
            blob_key: Some(BlobKey::upload()),
            source_url: None,
            password: None,
        },
        upload_window: None,
        pages: PageCounts { done: 0, ..pages() },
        credits: 2,
        priority: 0,
        retention: RETENTION,
        idempotency: None,
    }
}
