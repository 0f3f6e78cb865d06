//! What is read one after the other on a page: lines, and what stands among them as a whole.

use crate::analyse::table::FoundTable;
use crate::model::{Line, Rect};

/// One of the things that a page is read as.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Line(Line),
    Table(FoundTable),
    Panel(PanelPlace),
}

/// The place of a box that holds text of its own.
#[derive(Clone, Debug)]
pub(crate) struct PanelPlace {
    /// The number of the panel on its page.
    pub panel: usize,
    pub rect: Rect,
    /// Place in the content stream: that of its first line.
    pub order: usize,
    /// The font size of its first line.
    pub size: f32,
}

impl Item {
    pub(crate) fn rect(&self) -> &Rect {
        match self {
            Self::Line(line) => &line.rect,
            Self::Table(found) => &found.table.rect,
            Self::Panel(place) => &place.rect,
        }
    }

    /// The height of its last baseline; the lower edge of what has none.
    pub(crate) fn baseline(&self) -> f32 {
        match self {
            Self::Line(line) => line.baseline,
            Self::Table(_) | Self::Panel(_) => self.rect().y1,
        }
    }

    /// Font size.
    pub(crate) fn size(&self) -> f32 {
        match self {
            Self::Line(line) => line.size,
            Self::Table(found) => found.size,
            Self::Panel(place) => place.size,
        }
    }

    /// Place in the content stream.
    pub(crate) fn order(&self) -> usize {
        match self {
            Self::Line(line) => line.order,
            Self::Table(found) => found.order,
            Self::Panel(place) => place.order,
        }
    }

    /// Characters of a line; tables and panels are weighed by themselves.
    pub(crate) fn characters(&self) -> usize {
        self.line().map_or(0, Line::characters)
    }

    pub(crate) fn line(&self) -> Option<&Line> {
        match self {
            Self::Line(line) => Some(line),
            Self::Table(_) | Self::Panel(_) => None,
        }
    }

    pub(crate) fn is_panel(&self) -> bool {
        matches!(self, Self::Panel(_))
    }
}

/// Lines and tables in the order of the content stream.
pub(crate) fn in_stream_order(
    lines: impl IntoIterator<Item = Line>,
    tables: impl IntoIterator<Item = FoundTable>,
) -> Vec<Item> {
    let tables = tables.into_iter().map(Item::Table);
    let mut items: Vec<Item> = tables.chain(lines.into_iter().map(Item::Line)).collect();
    items.sort_by_key(Item::order);
    items
}
