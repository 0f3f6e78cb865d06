//! Tables to text, markdown and html.

use super::html::{escape, marked};
use super::markup::Forms;
use crate::model::{Cell, Table};

/// Writes a table: pipes in markdown, unless cells span, for which markdown has only html.
pub(crate) fn write_table(table: &Table) -> Forms {
    let spans = table.cells.iter().any(|cell| cell.row_span > 1 || cell.column_span > 1);
    let markdown =
        if spans { html(table, &|cell| escape(&cell.text.content)) } else { pipes(table) };
    let html = html(table, &|cell| marked(&cell.text));
    Forms { content: table.text(), markdown, html, ..Forms::default() }
}

fn pipes(table: &Table) -> String {
    let mut out = String::new();
    for (index, row) in table.by_row().enumerate() {
        out.push('|');
        for cell in row {
            out.push(' ');
            out.push_str(&cell.text.content.replace('|', "\\|"));
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
