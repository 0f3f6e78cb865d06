//! Tables to text, markdown and html.

use super::markup::{Forms, escape};
use super::text::{Vocabulary, flow, flow_html};
use crate::model::Table;

/// Writes a table: pipes in markdown, unless cells span, for which markdown has only html.
pub(crate) fn write_table(table: &Table, vocabulary: &Vocabulary) -> Forms {
    let texts: Vec<String> =
        table.cells.iter().map(|cell| flow(cell.lines.iter(), vocabulary)).collect();
    let spans = table.cells.iter().any(|cell| cell.row_span > 1 || cell.column_span > 1);
    let marked: Vec<String> =
        table.cells.iter().map(|cell| flow_html(cell.lines.iter(), vocabulary)).collect();
    let markdown = if spans {
        let escaped: Vec<String> = texts.iter().map(|text| escape(text)).collect();
        html(table, &escaped)
    } else {
        pipes(table, &texts)
    };
    let html = html(table, &marked);
    Forms { content: lines(table, &texts), markdown, html, ..Forms::default() }
}

fn by_row<'t>(
    table: &'t Table,
    texts: &'t [String],
) -> impl Iterator<Item = Vec<(&'t crate::model::Cell, &'t String)>> {
    (0..table.rows).map(move |row| {
        // Cells come row by row.
        let start = table.cells.partition_point(|cell| cell.row < row);
        let end = table.cells.partition_point(|cell| cell.row <= row);
        table.cells[start..end].iter().zip(&texts[start..end]).collect()
    })
}

fn lines(table: &Table, texts: &[String]) -> String {
    let rows = by_row(table, texts).map(|row| {
        row.iter()
            .map(|(_, text)| text.as_str())
            .collect::<Vec<_>>()
            .join("\t")
            .trim_end()
            .to_owned()
    });
    rows.filter(|row| !row.is_empty()).collect::<Vec<_>>().join("\n")
}

fn pipes(table: &Table, texts: &[String]) -> String {
    let mut out = String::new();
    for (index, row) in by_row(table, texts).enumerate() {
        out.push('|');
        for (_, text) in &row {
            out.push(' ');
            out.push_str(&text.replace('|', "\\|"));
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

/// With texts that are escaped.
fn html(table: &Table, texts: &[String]) -> String {
    let mut out = String::from("<table>");
    for row in by_row(table, texts) {
        out.push_str("<tr>");
        for (cell, text) in row {
            let tag = if cell.header { "th" } else { "td" };
            out.push('<');
            out.push_str(tag);
            for (name, span) in [("rowspan", cell.row_span), ("colspan", cell.column_span)] {
                if span > 1 {
                    out.push_str(&format!(" {name}=\"{span}\""));
                }
            }
            out.push('>');
            out.push_str(text);
            out.push_str("</");
            out.push_str(tag);
            out.push('>');
        }
        out.push_str("</tr>");
    }
    out.push_str("</table>");
    out
}
