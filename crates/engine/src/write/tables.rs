//! Tables to text, markdown and html.

use std::borrow::Cow;

use super::inline::{cell_html, cell_markdown};
use super::markup::Forms;
use crate::model::{Cell, Table, Text};

/// Writes a table: pipes in markdown, unless cells span, for which markdown has only html.
pub(crate) fn write_table(table: &Table) -> Forms {
    let spans = table.cells.iter().any(|cell| cell.row_span > 1 || cell.column_span > 1);
    let markdown = if spans { html(table, &|cell| plain_html(&cell.text)) } else { pipes(table) };
    let html = html(table, &|cell| cell_html(&looks(cell)));
    Forms { content: table.text(), markdown, html, ..Forms::default() }
}

/// The text of a cell; a head cell is bold anyway.
fn looks(cell: &Cell) -> Cow<'_, Text> {
    if cell.header { cell.text.without_whole_bold() } else { Cow::Borrowed(&cell.text) }
}

/// HTML within Markdown: without marks of raised and lowered text.
fn plain_html(text: &Text) -> String {
    cell_html(&Text { scripts: Vec::new(), ..text.clone() })
}

fn pipes(table: &Table) -> String {
    let mut out = String::new();
    for (index, row) in table.by_row().enumerate() {
        out.push('|');
        for cell in row {
            out.push(' ');
            out.push_str(&cell_markdown(&looks(cell)).replace('|', "\\|"));
            out.push_str(" |");
        }
        out.push('\n');
        if index == 0 {
            out.push('|');
            out.push_str(&" --- |".repeat(table.columns));
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// With the texts of cells as `text` writes them.
fn html(table: &Table, text: &dyn Fn(&Cell) -> String) -> String {
    let mut out = String::from("<table>");
    for row in table.by_row() {
        out.push_str("<tr>");
        for cell in row {
            let tag = if cell.header { "th" } else { "td" };
            out.push('<');
            out.push_str(tag);
            for (name, span) in [("rowspan", cell.row_span), ("colspan", cell.column_span)] {
                if span > 1 {
                    out.push_str(&format!(" {name}=\"{span}\""));
                }
            }
            out.push('>');
            out.push_str(&text(cell));
            out.push_str("</");
            out.push_str(tag);
            out.push('>');
        }
        out.push_str("</tr>");
    }
    out.push_str("</table>");
    out
}
