//! The settings of webhooks, checked.

use std::time::Duration;

use docket_jobs::{Tolerance, WebhookPolicy};
use docket_worker::WebhookSettings;

use super::{RETENTION_DAYS_MAX, ServeOptions};

impl ServeOptions {
    /// The numbers of the domain.
    pub(super) fn webhook_policy(&self) -> WebhookPolicy {
        let defaults = WebhookPolicy::default();
        let seconds = |waits: &Vec<u64>| waits.iter().copied().map(Duration::from_secs).collect();
        let timeout = self.webhook_timeout_s.map_or(defaults.timeout, Duration::from_secs);
        WebhookPolicy {
            backoff: self.webhook_backoff_s.as_ref().map_or(defaults.backoff, seconds),
            timeout: timeout.clamp(Duration::from_secs(1), Duration::from_secs(300)),
            per_endpoint_max: self.webhook_parallel.unwrap_or(defaults.per_endpoint_max).max(1),
            per_account_max: self
                .webhook_account_parallel
                .unwrap_or(defaults.per_account_max)
                .max(1),
            tolerance: Tolerance {
                failures_max: self
                    .webhook_failures_max
                    .unwrap_or(defaults.tolerance.failures_max)
                    .max(1),
                failing_max: self
                    .webhook_disable_after_h
                    .map_or(defaults.tolerance.failing_max, |hours| {
                        Duration::from_secs(hours.min(RETENTION_DAYS_MAX * 24) * 60 * 60)
                    }),
                ..defaults.tolerance
            },
            retention: self.webhook_retention_days.map_or(defaults.retention, |days| {
                Duration::from_secs(days.min(RETENTION_DAYS_MAX) * 24 * 60 * 60)
            }),
            allow_private_hosts: self.allow_private_hosts.unwrap_or(false),
        }
    }

    /// What the process that delivers is started with.
    pub(super) fn webhooks(&self) -> WebhookSettings {
        let defaults = WebhookSettings::default();
        let public_url = self.public_url.as_deref().map(str::trim).unwrap_or_default();
        WebhookSettings {
            poll: self.poll_ms.map_or(defaults.poll, |ms| Duration::from_millis(ms.max(10))),
            allow_private_hosts: self.allow_private_hosts.unwrap_or(false),
            base_url: public_url.to_owned(),
            ..defaults
        }
    }
}
