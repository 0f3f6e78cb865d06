//! What an execution proves that it still holds its job with.

use crate::claim::Claim;

/// What an execution may write with.
pub(super) struct Guard {
    pub(super) id: [u8; 16],
    pub(super) attempt: i32,
    pub(super) token: [u8; 16],
}

impl Guard {
    pub(super) fn of(claim: &Claim) -> Self {
        Self {
            id: *claim.job().id.uuid().as_bytes(),
            attempt: claim.job().attempt,
            token: *claim.token().uuid().as_bytes(),
        }
    }
}
