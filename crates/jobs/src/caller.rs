//! Who asks.

use docket_contract::UserId;

/// The caller: the account of a live key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub user_id: UserId,
}
