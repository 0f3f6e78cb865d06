//! The tables of all settings.

use super::accounts::AccountSettings;
use super::connections::ConnectionSettings;
use super::jobs::JobSettings;
use super::ocr::OcrSettings;
use super::serving::ServingSettings;
use super::setting::Setting;
use super::storage::StorageSettings;
use super::webhooks::WebhookSettings;
use super::workers::WorkSettings;

/// Every setting, by group.
pub(super) const GROUPS: &[&[Setting]] = &[
    ServingSettings::SETTINGS,
    StorageSettings::SETTINGS,
    WorkSettings::SETTINGS,
    OcrSettings::SETTINGS,
    JobSettings::SETTINGS,
    AccountSettings::SETTINGS,
    ConnectionSettings::SETTINGS,
    WebhookSettings::SETTINGS,
];
