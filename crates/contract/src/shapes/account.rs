//! The shapes of answers about the account and the server.

use schemars::JsonSchema;

/// The process answers.
#[derive(JsonSchema)]
pub struct Health {
    /// `ok`
    pub status: String,
    /// The server's version.
    pub version: String,
}

/// The node can work.
#[derive(JsonSchema)]
pub struct Ready {
    /// `ready`
    pub status: String,
    /// How readers of documents are confined on this node.
    pub sandbox: SandboxState,
}

/// How readers of documents are confined.
#[derive(JsonSchema)]
pub struct SandboxState {
    /// Walls that this machine does not have; empty if all stand.
    pub missing: Vec<String>,
}

/// The account's credits.
#[derive(JsonSchema)]
pub struct Usage {
    /// The account.
    pub org_id: String,
    /// The account.
    pub org_name: String,
    /// Credits used in this cycle: one per page read.
    pub current_usage: i64,
    /// Credits per cycle.
    pub usage_limit: i64,
    /// Credits left.
    pub remaining_quota: i64,
    /// The day on which the cycle began.
    #[schemars(extend("format" = "date"))]
    pub last_billed_date: String,
}

/// The keys of an account.
#[derive(JsonSchema)]
pub struct ApiKeys {
    /// Every key, also revoked ones.
    pub api_keys: Vec<ApiKeyEntry>,
}

/// A key without its text.
#[derive(JsonSchema)]
pub struct ApiKeyEntry {
    /// `****` and the last four characters.
    pub key_preview: String,
    /// Its name; empty if it has none.
    pub name: String,
    /// When it was made.
    pub created_at: String,
    /// False once it was revoked or has expired.
    pub active: bool,
    /// When it expires, if it does.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// A fresh key. Its text is never shown again.
#[derive(JsonSchema)]
pub struct ApiKeyCreated {
    /// The key.
    pub key: String,
    /// When it was made.
    pub created_at: String,
    /// A reminder to keep it.
    pub warning: String,
    /// When it expires, if it does.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// A key was revoked.
#[derive(JsonSchema)]
pub struct ApiKeyRevoked {
    /// True.
    pub success: bool,
    /// A text for people.
    pub message: String,
}

/// An endpoint is gone.
#[derive(JsonSchema)]
pub struct WebhookDeleted {
    /// Its id.
    pub id: String,
    /// What was done.
    pub message: String,
}

/// Deliveries are sent once more.
#[derive(JsonSchema)]
pub struct Replayed {
    /// How many.
    pub replayed: u64,
}
