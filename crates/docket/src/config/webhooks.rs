//! The settings of webhooks, checked.

use std::time::Duration;

use docket_jobs::WebhookPolicy;
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
            failures_max: self.webhook_failures_max.unwrap_or(defaults.failures_max).max(1),
            retention: self.webhook_retention_days.map_or(defaults.retention, |days| {
                Duration::from_secs(days.min(RETENTION_DAYS_MAX) * 24 * 60 * 60)
            }),
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
