//! Settings of the queue and of what one account may use.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts that people read")]

use docket_jobs::Policy;

use super::setting::Unit;
use super::table::settings;
use super::units::{MEBIBYTE, mebibytes};

settings! {
    /// Limits of the queue, of accounts and of disks.
    pub(crate) struct AccountSettings in "Queue and accounts" {
        /// Jobs that may wait for a worker; more submits get 503.
        queue_jobs_max: u64 { default: "1000000" }

        /// Documents of one account whose pages are counted at submit at the same time.
        ///
        /// At most 4 documents are counted at the same time. A submit waits 5 s for its turn, and
        /// counting takes 5 s at most; after that, the worker counts the pages and charges for them.
        account_inspections_max: usize { default: "3" }

        /// Total size in MiB of the documents of one account; more submits get 429.
        ///
        /// Documents count until they expire or are deleted. `docket accounts set NAME --bytes-max N`
        /// sets the limit of one account, in bytes.
        account_documents_max_mb: Option<u64> {
            default_words: "no limit",
            example: "10000",
            unit: Unit::Mebibytes,
        }

        /// Free disk space in MiB below which submits get 503 (storage_full).
        ///
        /// This holds for the disks of the data folder and of the documents. Running jobs may use the
        /// space to finish.
        free_space_min_mb: u64 { default: "500", unit: Unit::Mebibytes }

        /// Jobs of one account that run at the same time, over all nodes; 0 for no limit.
        ///
        /// Use the same value for all workers. `docket accounts set NAME --running-max N` sets the
        /// limit of one account.
        account_running_max: i32 { default: "0" }
    }
}

impl AccountSettings {
    pub(super) fn policy(&self, policy: Policy) -> Policy {
        Policy {
            queue_jobs_max: self.queue_jobs_max,
            account_inspections_max: self.account_inspections_max,
            account_document_bytes_max: self
                .account_documents_max_mb
                .map(|count| i64::try_from(count.saturating_mul(MEBIBYTE)).unwrap_or(i64::MAX)),
            free_space_min_bytes: mebibytes(self.free_space_min_mb),
            running_max: Some(self.account_running_max).filter(|most| *most > 0),
            ..policy
        }
    }
}
