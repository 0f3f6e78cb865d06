//! A document as all that comes after analysis knows it.

use super::bibliography::Bibliography;
use super::block::Block;
use super::field::{Checkbox, Field, Note};
use super::page::{Link, OutlineEntry};
use super::table::Table;

/// A document that was read.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Pages of the whole file, also those that were not read.
    pub page_count: usize,
    /// The pages that were read, ascending.
    pub pages: Vec<Page>,
    /// Its blocks in reading order, pages ascending.
    pub blocks: Vec<Block>,
    /// Tables that continue over the end of a page.
    pub continued_tables: Vec<ContinuedTable>,
    /// The titles that the file itself lists.
    pub outline: Vec<OutlineEntry>,
    /// Its sources, if the request asked for them.
    pub bibliography: Option<Bibliography>,
}

/// A page that was read.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Its number, from 1.
    pub number: usize,
    /// Width and height in points, as displayed. `None` where the file does not say.
    pub size: Option<(f32, f32)>,
    /// Areas that lead to addresses.
    pub links: Vec<Link>,
    /// Its form fields, and the texts that were typed onto it.
    pub fields: Vec<Field>,
    /// Comments on it; they are blocks as well.
    pub notes: Vec<Note>,
    /// Its checkboxes: form fields and drawn squares.
    pub checkboxes: Vec<Checkbox>,
}

/// A table that continues over the end of a page, once more as one table.
#[derive(Clone, Debug)]
pub struct ContinuedTable {
    /// Its parts by their places in `Document::blocks`, ascending.
    pub parts: Vec<usize>,
    /// The rows of all parts; a head that is repeated stands in it once.
    pub whole: Table,
}

impl Document {
    /// The page with this number, if it was read.
    pub(crate) fn page(&self, number: usize) -> Option<&Page> {
        let at = self.pages.binary_search_by_key(&number, |page| page.number).ok()?;
        self.pages.get(at)
    }

    /// The blocks of every page, in reading order; pages without blocks have none.
    pub(crate) fn blocks_by_page(&self) -> Vec<Vec<&Block>> {
        let last = self.blocks.iter().map(|block| block.page).max().unwrap_or(0);
        let mut pages = vec![Vec::new(); self.page_count.max(last)];
        for block in &self.blocks {
            if let Some(page) = block.page.checked_sub(1) {
                pages[page].push(block);
            }
        }
        pages
    }
}
