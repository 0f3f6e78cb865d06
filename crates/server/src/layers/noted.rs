//! What becomes known of a request while it is answered, for its line in the log: account and job.

use std::cell::RefCell;

use docket_contract::{JobId, UserId};
use docket_jobs::{Jobs, RequestOfJob};

tokio::task_local! {
    static NOTED: RefCell<Noted>;
}

/// What is known of a request in addition to its head.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noted {
    request: Option<RequestOfJob>,
    pub(crate) account: Option<UserId>,
    /// The job or batch that a submit made.
    pub(crate) job: Option<String>,
}

impl Noted {
    /// Answers a request, and returns what was noted meanwhile.
    pub(crate) async fn during<T>(
        request: RequestOfJob,
        answering: impl Future<Output = T>,
    ) -> (T, Self) {
        let noted = Self { request: Some(request), ..Self::default() };
        let whole = async {
            let answer = answering.await;
            (answer, NOTED.with(RefCell::take))
        };
        NOTED.scope(RefCell::new(noted), whole).await
    }
}

/// Notes whose request it is.
pub(crate) fn account(user: &UserId) {
    let _ = NOTED.try_with(|noted| noted.borrow_mut().account = Some(user.clone()));
}

/// Notes the job that it has made, also for the lines that the job itself will write.
pub(crate) fn job(jobs: &Jobs, id: JobId) {
    let _ = NOTED.try_with(|noted| {
        let mut noted = noted.borrow_mut();
        if let Some(request) = noted.request.take() {
            jobs.note_request(id, request);
        }
        noted.job = Some(id.to_string());
    });
}

/// Notes the batch that it has made.
pub(crate) fn batch(id: String) {
    let _ = NOTED.try_with(|noted| noted.borrow_mut().job = Some(id));
}
