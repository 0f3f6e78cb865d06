//! The columns of a list of objects, and what a row has in them.

use crate::task::extract::candidate::Source;
use crate::task::extract::kinds::Kind;
use crate::task::extract::run::Run;
use crate::task::extract::schema::{Property, Shape};
use crate::task::extract::values::read;
use crate::task::extract::wish::Wish;

/// A column that is looked for.
pub(super) struct Column<'p> {
    pub property: &'p Property,
    pub wish: Option<Wish>,
}

impl<'p> Column<'p> {
    pub(super) fn new(property: &'p Property) -> Self {
        let flat = matches!(property.shape, Shape::Scalar(_) | Shape::Choice(_));
        Self { property, wish: flat.then(|| Wish::of_column(property)) }
    }
}

/// The words of one row by column.
pub(super) type Row = Vec<Vec<usize>>;

/// A row, and how well the name of each column fits its property; `None` where no column does.
pub(super) struct FoundRow {
    pub words: Row,
    pub qualities: Vec<Option<f64>>,
}

/// Words begin a row if there is a value in a column of numbers or dates; where there is no such
/// column, every line is a row.
pub(super) fn begins(source: Source<'_>, columns: &[Column<'_>], cells: &Row) -> bool {
    let typed = |column: &Column<'_>| {
        column.wish.as_ref().is_some_and(|wish| {
            !matches!(wish.kind, Kind::Text | Kind::Name | Kind::Address | Kind::Choice(_))
        })
    };
    if !columns.iter().any(typed) {
        return true;
    }
    columns.iter().zip(cells).any(|(column, words)| {
        let filled = typed(column) && !words.is_empty();
        let text = || Run::new(source.index, words.iter().copied()).text;
        let wish = column.wish.as_ref().filter(|_| filled);
        wish.is_some_and(|wish| !read(wish, &text(), source.day_first).is_empty())
    })
}
