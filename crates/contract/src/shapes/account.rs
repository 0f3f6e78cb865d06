//! The shapes of answers about the account and the server.

use schemars::JsonSchema;

/// Liveness.
#[derive(JsonSchema)]
pub struct Health {
    /// `ok`
    pub status: String,
    /// The server's version.
    pub version: String,
}

/// Readiness.
#[derive(JsonSchema)]
pub struct Ready {
    /// `ready`
    pub status: String,
    /// How the engine processes are sandboxed on this node.
    pub sandbox: SandboxState,
}

/// How the engine processes are sandboxed.
#[derive(JsonSchema)]
pub struct SandboxState {
    /// Sandbox features that this machine lacks; empty if it has all.
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
    /// When it was created.
    pub created_at: String,
    /// False once it was revoked or has expired.
    pub active: bool,
    /// When it expires, if it does.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// A new key. Its text is never shown again.
#[derive(JsonSchema)]
pub struct ApiKeyCreated {
    /// The key.
    pub key: String,
    /// When it was created.
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

/// An endpoint is deleted.
#[derive(JsonSchema)]
pub struct WebhookDeleted {
    /// Its id.
    pub id: String,
    /// The result of the operation.
    pub message: String,
}

/// Deliveries are sent again.
#[derive(JsonSchema)]
pub struct Replayed {
    /// The number of messages.
    pub replayed: u64,
}
