//! Settings of webhooks.
#![expect(clippy::doc_markdown, reason = "these comments are the help texts that people read")]

use std::time::Duration;

use docket_jobs::{Tolerance, WebhookPolicy};
use docket_worker::WebhookSettings as DeliverySettings;

use super::setting::Unit;
use super::table::settings;
use super::units::{RETENTION_DAYS_MAX, days};
use super::workers::WorkSettings;

settings! {
    /// How webhooks are delivered.
    pub(crate) struct WebhookSettings in "Webhooks" {
        /// Seconds before the second, third, ... attempt at a delivery.
        ///
        /// After the last attempt the delivery fails.
        webhook_backoff_s: Vec<u64> {
            default: "5,300,1800,7200,18000,36000,50400,72000,86400",
            unit: Unit::Seconds,
        }

        /// Seconds that one attempt may take.
        webhook_timeout_s: u64 { default: "15", min: 1, max: 300, unit: Unit::Seconds }

        /// Attempts at one endpoint at the same time, over all processes.
        webhook_parallel: usize { default: "4", min: 1 }

        /// Attempts at all endpoints of one account at the same time, over all processes.
        webhook_account_parallel: usize { default: "32", min: 1 }

        /// Hours of failed attempts after which an endpoint is disabled.
        ///
        /// Every attempt in this time must have failed, and at least webhook_failures_max of them. A
        /// short outage never disables an endpoint. Deliveries to a disabled endpoint wait until its
        /// owner enables it.
        webhook_disable_after_h: u64 { default: "24", max: RETENTION_DAYS_MAX * 24, unit: Unit::Hours }

        /// Failed attempts in a row that an endpoint needs at least to be disabled.
        webhook_failures_max: i32 { default: "20", min: 1 }

        /// Days for which the log of deliveries is kept, and deliveries to disabled endpoints.
        webhook_retention_days: u64 { default: "7", max: RETENTION_DAYS_MAX, unit: Unit::Days }
    }
}

impl WebhookSettings {
    pub(super) fn policy(&self, allow_private_hosts: bool) -> WebhookPolicy {
        let defaults = WebhookPolicy::default();
        WebhookPolicy {
            backoff: self.webhook_backoff_s.iter().copied().map(Duration::from_secs).collect(),
            timeout: Duration::from_secs(self.webhook_timeout_s),
            per_endpoint_max: self.webhook_parallel,
            per_account_max: self.webhook_account_parallel,
            tolerance: Tolerance {
                failures_max: self.webhook_failures_max,
                failing_max: Duration::from_secs(self.webhook_disable_after_h * 60 * 60),
                ..defaults.tolerance
            },
            retention: days(self.webhook_retention_days),
            allow_private_hosts,
        }
    }
}

/// What the process that delivers is started with.
pub(super) fn delivery(work: &WorkSettings, public_url: Option<&str>) -> DeliverySettings {
    DeliverySettings {
        poll: Duration::from_millis(work.poll_ms),
        allow_private_hosts: work.allow_private_hosts,
        base_url: public_url.unwrap_or_default().to_owned(),
        ..DeliverySettings::default()
    }
}
