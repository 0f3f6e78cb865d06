//! A column of a list of objects.

use crate::task::extract::schema::Property;
use crate::task::extract::wish::Wish;

/// A column that is looked for.
pub(crate) struct Column<'p> {
    pub property: &'p Property,
    pub wish: Option<Wish>,
}
