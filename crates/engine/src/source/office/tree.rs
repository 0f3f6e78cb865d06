//! The library's tree of items to elements: every text as the file has it.

use std::collections::HashMap;

use docling::{ContentLayer, Node};
use docling_core::Script as LibraryScript;
use docling_core::tree::{Formatting, ItemTree, TreeItem, TreeKind};

use super::characters::Characters;
use super::elements::{Elements, Kind, labeled, page_size, table_cell};
use super::runs::joined;
use super::styled::{Look, Styled};
use crate::model::{FormField, Mark, Role, Script};

/// Lists and groups that are nested deeper are left as they are.
const DEPTH_MAX: usize = 200;

/// Reads all items. The nodes tell the sizes of the pages.
pub(super) fn read(tree: &ItemTree, nodes: &[Node], characters: Characters, to: &mut Elements<'_>) {
    let size = |node: &Node| match node {
        Node::PageInfo { page_no, width, height } => Some((*page_no, page_size(*width, *height))),
        _ => None,
    };
    let sizes: Vec<(usize, Option<(f32, f32)>)> = nodes.iter().filter_map(size).collect();
    if let Some(last) = sizes.iter().map(|(page, _)| *page).max() {
        to.pages = to.pages.max(last);
    }
    let captions = tree.items.iter().flat_map(|item| match &item.kind {
        TreeKind::Table { captions, .. }
        | TreeKind::Picture { captions, .. }
        | TreeKind::Code { captions, .. } => captions.as_slice(),
        _ => &[],
    });
    let captions = captions.copied().collect();
    let mut reading = Reading { tree, sizes, captions, characters, ticked: None, to };
    reading.items(&tree.body, Place::default());
}

/// Where an item stands.
#[derive(Clone, Copy, Default)]
struct Place {
    /// How many lists it is in.
    lists: u8,
    /// The number of the item in its list, from 1.
    number: usize,
    depth: usize,
    /// The role of all text here.
    role: Option<Role>,
}

struct Reading<'t, 'e, 'l> {
    tree: &'t ItemTree,
    sizes: Vec<(usize, Option<(f32, f32)>)>,
    /// Captions stand with what they belong to.
    captions: Vec<usize>,
    characters: Characters,
    /// A box to tick that waits for its label.
    ticked: Option<&'static str>,
    to: &'e mut Elements<'l>,
}

impl<'t> Reading<'t, '_, '_> {
    fn items(&mut self, ids: &[usize], place: Place) {
        let mut number = 0;
        for id in ids {
            let Some(item) = self.tree.items.get(*id) else { continue };
            number += usize::from(is_list_item(item));
            let stands_here = !item.deleted && !self.captions.contains(id);
            if stands_here && !self.to.is_full() && place.depth < DEPTH_MAX {
                self.item(item, Place { number, depth: place.depth + 1, ..place });
            }
        }
    }

    fn item(&mut self, item: &'t TreeItem, place: Place) {
        if item.layer == Some(ContentLayer::Invisible) {
            return;
        }
        let place = match item.layer {
            Some(ContentLayer::Notes) => Place { role: Some(Role::Footnote), ..place },
            _ => place,
        };
        if let Some(prov) = &item.prov {
            self.page(prov.page_no);
        }
        match &item.kind {
            TreeKind::Group { label, name } => self.group(item, (label, name), place),
            TreeKind::Text { label, .. } => self.text(item, label, place),
            TreeKind::Code { text, .. } => {
                self.to.push(Kind::Code, text.as_str().into());
                self.items(&item.children, place);
            }
            TreeKind::Table { table, rich_cells, captions } => {
                self.caption_items(captions);
                self.table(table, rich_cells);
            }
            TreeKind::Picture { captions, chart, .. } => match chart {
                Some(chart) => {
                    self.caption_items(captions);
                    self.table(chart, &[]);
                }
                None => {
                    self.to.push(Kind::Picture, Styled::default());
                    self.caption_items(captions);
                    self.items(&item.children, place);
                }
            },
            TreeKind::FieldRegion { items } => {
                for field in items {
                    let label = [&field.marker, &field.key].into_iter().flatten();
                    let label: Vec<&str> = label.map(String::as_str).collect();
                    let value = field.value.clone().unwrap_or_default();
                    self.to.push_field(FormField { label: label.join(" "), value });
                }
            }
            TreeKind::KeyValueGraph { .. } => {}
        }
    }

    fn page(&mut self, number: usize) {
        let size = self.sizes.iter().find(|(page, _)| *page == number).and_then(|(_, size)| *size);
        self.to.page(number, size);
    }

    fn group(&mut self, item: &'t TreeItem, (label, name): (&str, &str), place: Place) {
        match label {
            "inline" => {
                let text = self.inline(item);
                let own = match begins_with_box(&text.text) {
                    true => Role::ListItem(0),
                    false => Role::Paragraph,
                };
                self.to.push(Kind::Text(place.role.unwrap_or(own)), text);
            }
            "list" | "ordered_list" => {
                self.items(&item.children, Place { lists: place.lists.saturating_add(1), ..place });
            }
            _ => {
                let slide = name.strip_prefix("slide-").and_then(|number| number.parse().ok());
                if let Some(slide) = slide.filter(|_: &usize| label == "chapter") {
                    self.page(slide + 1);
                }
                if let Some(sheet) = name.strip_prefix("sheet: ") {
                    let first = item.children.first().and_then(|id| self.tree.items.get(*id));
                    if let Some(prov) = first.and_then(|first| first.prov.as_ref()) {
                        self.page(prov.page_no);
                    }
                    self.to.push(Kind::Heading(2), sheet.into());
                }
                let role = match name {
                    "page header" => Some(Role::PageHeader),
                    "page footer" => Some(Role::PageFooter),
                    _ => place.role,
                };
                self.items(&item.children, Place { role, ..place });
            }
        }
    }

    /// A text, and what stands below it: the text of some items is their first group.
    fn text(&mut self, item: &'t TreeItem, label: &str, place: Place) {
        if item.layer == Some(ContentLayer::Furniture) && label == "title" {
            // The name in a browser's title bar, which no page shows.
            return self.items(&item.children, place);
        }
        let (text, below) = self.own_text(item);
        let boxed = match label {
            "checkbox_selected" => Some("\u{2611} "),
            "checkbox_unselected" => Some("\u{2610} "),
            _ => None,
        };
        if boxed.is_some() && text.is_blank() {
            self.ticked = boxed;
        } else if let Some(sign) = boxed.or_else(|| self.ticked.take()) {
            self.to.push(Kind::Text(Role::ListItem(0)), text.after(sign));
        } else {
            let (kind, text) = self.kind(item, label, text, place);
            self.to.push(kind, text);
        }
        self.items(&item.children[below..], place);
    }

    fn kind(&self, item: &TreeItem, label: &str, text: Styled, place: Place) -> (Kind, Styled) {
        let TreeKind::Text { level, list, .. } = &item.kind else {
            return (Kind::Text(Role::Paragraph), text);
        };
        match (label, place.role) {
            ("list_item", _) if !text.is_blank() => {
                let marker = match list {
                    Some(list) if list.enumerated && list.marker.is_empty() => {
                        format!("{}. ", place.number)
                    }
                    Some(list) if list.enumerated => format!("{} ", list.marker),
                    _ => "\u{2022} ".to_owned(),
                };
                (Kind::Text(Role::ListItem(place.lists.saturating_sub(1))), text.after(&marker))
            }
            ("footnote", _) => {
                let sign = self.characters.note_sign(&text.text);
                let signed = sign.map(|sign| text.after(&format!("[{sign}] ")));
                (Kind::Text(Role::Footnote), signed.unwrap_or(text))
            }
            (_, Some(role)) => (Kind::Text(role), text),
            ("title", _) => (Kind::Heading(1), text),
            ("section_header", _) => (Kind::Heading(level.unwrap_or(1).saturating_add(1)), text),
            ("formula", _) => (Kind::Formula, text),
            ("code", _) => (Kind::Code, text),
            (_, None) if begins_with_box(&text.text) => (Kind::Text(Role::ListItem(0)), text),
            (label, _) => (labeled(label), text),
        }
    }

    /// The text of an item, and how many of its children it is made of.
    fn own_text(&mut self, item: &'t TreeItem) -> (Styled, usize) {
        let TreeKind::Text { text, formatting, hyperlink, .. } = &item.kind else {
            return (Styled::default(), 0);
        };
        if text.trim().is_empty() {
            let first = item.children.first().and_then(|id| self.tree.items.get(*id));
            return match first.map(|first| (first, &first.kind)) {
                Some((first, TreeKind::Group { label, .. })) if label == "inline" => {
                    (self.inline(first), 1)
                }
                _ => (Styled::default(), 0),
            };
        }
        let numbered = item.number.as_deref().and_then(|number| {
            let rest = text.strip_prefix(number)?.trim_start();
            Some(self.characters.find(rest)?.after(&format!("{number} ")))
        });
        let found = numbered.or_else(|| self.characters.find(text));
        (found.unwrap_or_else(|| run(text, formatting.as_ref(), hyperlink.as_deref())), 0)
    }

    /// The text of a group of runs.
    fn inline(&mut self, group: &'t TreeItem) -> Styled {
        let runs = self.runs(group);
        let letters: String = runs.iter().map(|run| run.text.as_str()).collect();
        self.characters.find(&letters).unwrap_or_else(|| joined(runs.into_iter()))
    }

    fn runs(&self, group: &TreeItem) -> Vec<Styled> {
        let children = group.children.iter().filter_map(|id| self.tree.items.get(*id));
        let runs = children.filter(|child| !child.deleted).flat_map(|child| match &child.kind {
            TreeKind::Text { text, formatting, hyperlink, .. } => {
                vec![run(text, formatting.as_ref(), hyperlink.as_deref())]
            }
            TreeKind::Code { text, .. } => vec![text.as_str().into()],
            TreeKind::Group { label, .. } if label == "inline" => self.runs(child),
            _ => Vec::new(),
        });
        runs.collect()
    }

    fn caption_items(&mut self, ids: &[usize]) {
        for id in ids {
            if let Some(item) = self.tree.items.get(*id) {
                let (text, _) = self.own_text(item);
                self.to.push(Kind::Text(Role::Caption), text);
            }
        }
    }

    fn table(&mut self, table: &docling::Table, rich: &[(usize, usize, usize)]) {
        let groups: HashMap<(usize, usize), usize> =
            rich.iter().map(|(row, column, id)| ((*row, *column), *id)).collect();
        let cells = table.cells.clone().unwrap_or_else(|| table.derive_cells());
        if !self.to.has_room_for(table) {
            return;
        }
        let cells = cells.iter().map(|cell| {
            let id = groups.get(&(cell.start_row, cell.start_col));
            let text = match id.and_then(|id| self.tree.items.get(*id)) {
                Some(group) => self.rich_cell(group, 0),
                None => self.cell(&cell.text),
            };
            table_cell(cell, text)
        });
        let cells = cells.collect();
        self.to.push_table(cells);
    }

    /// A cell without more than text: a paragraph a line.
    fn cell(&mut self, text: &str) -> Styled {
        if let Some(found) = self.characters.find(text) {
            return found;
        }
        let mut whole = Styled::default();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let line = self.characters.find(line).unwrap_or_else(|| line.into());
            add_line(&mut whole, &line);
        }
        whole
    }

    /// A cell that holds paragraphs, lists or tables: each paragraph, item and row is a line.
    fn rich_cell(&mut self, group: &'t TreeItem, depth: usize) -> Styled {
        let mut whole = Styled::default();
        for id in &group.children {
            let Some(item) = self.tree.items.get(*id).filter(|_| depth < DEPTH_MAX) else {
                continue;
            };
            let line = match &item.kind {
                _ if item.deleted || item.layer == Some(ContentLayer::Invisible) => continue,
                TreeKind::Group { label, .. } if label == "inline" => self.inline(item),
                TreeKind::Text { label, list, .. } => {
                    let (text, below) = self.own_text(item);
                    let marker = match (label.as_str(), list) {
                        ("list_item", Some(list)) if list.marker.is_empty() => "\u{2022} ".into(),
                        ("list_item", Some(list)) => format!("{} ", list.marker),
                        ("checkbox_selected", _) => "\u{2611} ".to_owned(),
                        ("checkbox_unselected", _) => "\u{2610} ".to_owned(),
                        _ => String::new(),
                    };
                    let mut text = text.after(&marker);
                    if item.children.len() > below {
                        add_line(&mut text, &self.rich_cell(item, depth + 1));
                    }
                    text
                }
                TreeKind::Code { text, .. } => text.as_str().into(),
                TreeKind::Table { table, rich_cells, .. } => {
                    self.nested_table(table, rich_cells, depth)
                }
                _ => self.rich_cell(item, depth + 1),
            };
            add_line(&mut whole, &line);
        }
        whole
    }

    /// A table within a cell: a line a row, its cells apart.
    fn nested_table(
        &mut self,
        table: &docling::Table,
        rich: &[(usize, usize, usize)],
        depth: usize,
    ) -> Styled {
        let mut whole = Styled::default();
        for (row, texts) in table.rows.iter().enumerate() {
            let mut line = Styled::default();
            for (column, text) in texts.iter().enumerate() {
                let group = rich.iter().find(|(r, c, _)| (*r, *c) == (row, column));
                let group = group.and_then(|(_, _, id)| self.tree.items.get(*id));
                let text = match group {
                    Some(group) => self.rich_cell(group, depth + 1),
                    None => self.cell(text),
                };
                let text = Styled { text: text.text.replace('\n', " "), ..text };
                if column > 0 {
                    line.push(": ", []);
                }
                line.append(&text);
            }
            add_line(&mut whole, &line);
        }
        whole
    }
}

/// True for text that is the label of a box to tick: it begins with a box and has no other.
fn begins_with_box(text: &str) -> bool {
    let is_box = |c: char| matches!(c, '\u{2610}' | '\u{2611}' | '\u{2612}');
    let mut characters = text.trim_start().chars();
    let begins = characters.next().is_some_and(is_box);
    begins && characters.next() == Some(' ') && !characters.any(is_box)
}

fn add_line(whole: &mut Styled, line: &Styled) {
    if line.is_blank() {
        return;
    }
    if !whole.text.is_empty() {
        whole.push("\n", []);
    }
    whole.append(line);
}

fn is_list_item(item: &TreeItem) -> bool {
    matches!(&item.kind, TreeKind::Text { label, .. } if label == "list_item") && !item.deleted
}

fn run(text: &str, formatting: Option<&Formatting>, hyperlink: Option<&str>) -> Styled {
    let looks = formatting.copied().unwrap_or_default();
    let address = hyperlink.filter(|address| !address.starts_with('#'));
    let marks = [
        address.map(|address| Mark::Link(address.to_owned())),
        looks.bold.then_some(Mark::Bold),
        looks.italic.then_some(Mark::Italic),
        looks.strikethrough.then_some(Mark::Struck),
    ];
    let script = match looks.script {
        LibraryScript::Baseline => None,
        LibraryScript::Super => Some(Script::Raised),
        LibraryScript::Sub => Some(Script::Lowered),
    };
    let mut styled = Styled::default();
    let marks = marks.into_iter().flatten().map(Look::Mark);
    styled.push(text, marks.chain(script.map(Look::Script)));
    styled
}
