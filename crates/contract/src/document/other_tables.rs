//! Tables over several pages in the form that was not requested.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::segment::Segment;

/// One table in the form that was not requested.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OtherTables {
    /// The segments of the result that it replaces, in reading order.
    pub instead_of: Vec<Uuid>,
    /// The joined table, or its parts page by page.
    pub segments: Vec<Segment>,
}
