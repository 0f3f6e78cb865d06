//! Word files (ECMA-376): headings, lists, tables and paragraphs with styles of their own.
//! Pictures are left out.

use std::fmt::Write;
use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::model::{Block, Cell, Content, Marker, Role, Table, marker};
use crate::write::continued::Shown;
use crate::write::html::escape;

const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";

/// Rows times columns of a table that is written as one; bigger ones go row by row as text.
const CELLS_MAX: usize = 200_000;
/// Twentieths of a point by which a list is moved in for each level.
const INDENT: usize = 360;

/// Writes the file; `None` if it would be larger than the format allows.
pub(super) fn write(shown: &[Shown<'_>]) -> Option<Vec<u8>> {
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("[Content_Types].xml", content_types()),
        ("_rels/.rels", relations(&[("officeDocument", "word/document.xml")])),
        (
            "word/_rels/document.xml.rels",
            relations(&[("styles", "styles.xml"), ("numbering", "numbering.xml")]),
        ),
        ("word/styles.xml", styles()),
        ("word/numbering.xml", numbering()),
        ("word/document.xml", document(shown)),
    ] {
        package.start_file(name, SimpleFileOptions::default()).ok()?;
        package.write_all(text.as_bytes()).ok()?;
    }
    Some(package.finish().ok()?.into_inner())
}

fn content_types() -> String {
    let part = |name: &str, kind: &str| {
        format!("<Override PartName=\"/word/{name}.xml\" ContentType=\"{TYPE}.{kind}+xml\"/>")
    };
    format!(
        "{HEAD}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
         ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>{}{}{}</Types>",
        part("document", "document.main"),
        part("styles", "styles"),
        part("numbering", "numbering")
    )
}

fn relations(targets: &[(&str, &str)]) -> String {
    let mut out = format!("{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\">");
    for (index, (kind, target)) in targets.iter().enumerate() {
        let _ = write!(
            out,
            "<Relationship Id=\"rId{}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>",
            index + 1
        );
    }
    out + "</Relationships>"
}

fn styles() -> String {
    let style = |id: &str, name: &str, looks: &str| {
        format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/>\
             <w:basedOn w:val=\"Normal\"/><w:qFormat/>{looks}</w:style>"
        )
    };
    let sized =
        |half_points: usize| format!("<w:rPr><w:b/><w:sz w:val=\"{half_points}\"/></w:rPr>");
    let mut out = format!(
        "{HEAD}<w:styles xmlns:w=\"{MAIN}\"><w:style w:type=\"paragraph\" w:default=\"1\" \
         w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>"
    );
    out += &style("Title", "Title", &sized(40));
    for level in 1..=6 {
        let outline = format!("<w:pPr><w:outlineLvl w:val=\"{}\"/></w:pPr>", level - 1);
        let looks = outline + &sized(34 - 2 * level);
        out += &style(&format!("Heading{level}"), &format!("heading {level}"), &looks);
    }
    out += &style("ListParagraph", "List Paragraph", "");
    out += &style("Caption", "caption", "<w:rPr><w:i/></w:rPr>");
    out += &style("FootnoteText", "footnote text", "<w:rPr><w:sz w:val=\"18\"/></w:rPr>");
    out + "</w:styles>"
}

/// One list of dots with six levels; numbers are kept as the document has them.
fn numbering() -> String {
    let mut out = format!(
        "{HEAD}<w:numbering xmlns:w=\"{MAIN}\"><w:abstractNum w:abstractNumId=\"0\">\
         <w:multiLevelType w:val=\"hybridMultilevel\"/>"
    );
    for level in 0..6 {
        let left = INDENT * (level + 1);
        let _ = write!(
            out,
            "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"bullet\"/>\
             <w:lvlText w:val=\"\u{2022}\"/><w:lvlJc w:val=\"left\"/>\
             <w:pPr><w:ind w:left=\"{left}\" w:hanging=\"{INDENT}\"/></w:pPr></w:lvl>"
        );
    }
    out + "</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"
}

fn document(shown: &[Shown<'_>]) -> String {
    let mut out = format!("{HEAD}<w:document xmlns:w=\"{MAIN}\"><w:body>");
    for Shown { block, whole, .. } in shown {
        match (&block.content, *whole) {
            (Content::Picture, _) => {}
            (_, Some(table)) | (Content::Table(table), None) => {
                if table.rows * table.columns <= CELLS_MAX {
                    write_table(&mut out, table);
                } else {
                    paragraph(&mut out, "", &table.text().replace(['\t', '\n'], " "));
                }
            }
            _ => write_text(&mut out, block),
        }
    }
    out + "<w:sectPr/></w:body></w:document>"
}

fn write_text(out: &mut String, block: &Block) {
    let text = block.text();
    match block.role() {
        Some(Role::Title) => paragraph(out, &styled("Title"), &text),
        Some(Role::Heading(level)) => {
            paragraph(out, &styled(&format!("Heading{}", level.clamp(1, 6))), &text);
        }
        Some(Role::Caption) => paragraph(out, &styled("Caption"), &text),
        Some(Role::Footnote) => paragraph(out, &styled("FootnoteText"), &text),
        Some(Role::ListItem(depth)) => write_item(out, usize::from(depth), &text),
        _ => paragraph(out, "", &text),
    }
}

fn write_item(out: &mut String, depth: usize, text: &str) {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let is_box = first.starts_with(['\u{2610}', '\u{2611}', '\u{2612}']);
    if marker(first) == Some(Marker::Bullet) && !is_box {
        let list = format!("<w:numPr><w:ilvl w:val=\"{depth}\"/><w:numId w:val=\"1\"/></w:numPr>");
        paragraph(out, &(styled("ListParagraph") + &list), rest);
    } else {
        let indent = format!("<w:ind w:left=\"{}\"/>", INDENT * (depth + 1));
        paragraph(out, &(styled("ListParagraph") + &indent), text);
    }
}

fn styled(style: &str) -> String {
    format!("<w:pStyle w:val=\"{style}\"/>")
}

fn paragraph(out: &mut String, properties: &str, text: &str) {
    out.push_str("<w:p>");
    if !properties.is_empty() {
        let _ = write!(out, "<w:pPr>{properties}</w:pPr>");
    }
    let _ = write!(
        out,
        "<w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
        escape(&allowed(text))
    );
}

/// Without the characters that XML 1.0 (section 2.2) has no place for.
fn allowed(text: &str) -> String {
    let fits = |c: &char| matches!(c, '\t' | '\n' | ' '..='\u{FFFD}' | '\u{10000}'..);
    text.chars().filter(fits).collect()
}

/// What stands at a place of a table's grid.
#[derive(Clone, Copy)]
enum Place<'t> {
    Empty,
    Start(&'t Cell),
    /// Covered by a cell of a row above, which starts in this column.
    Below(&'t Cell),
    /// Covered by a cell that starts further left.
    Beside,
}

fn write_table(out: &mut String, table: &Table) {
    out.push_str("<w:tbl><w:tblPr><w:tblW w:w=\"0\" w:type=\"auto\"/><w:tblBorders>");
    for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        let _ = write!(out, "<w:{side} w:val=\"single\" w:sz=\"4\"/>");
    }
    out.push_str("</w:tblBorders></w:tblPr><w:tblGrid>");
    out.push_str(&"<w:gridCol/>".repeat(table.columns));
    out.push_str("</w:tblGrid>");
    for (row, places) in places(table).chunks(table.columns.max(1)).enumerate() {
        out.push_str("<w:tr>");
        if is_head(table, row) {
            out.push_str("<w:trPr><w:tblHeader/></w:trPr>");
        }
        for place in places {
            write_cell(out, *place);
        }
        out.push_str("</w:tr>");
    }
    // Two tables without a paragraph between them would become one.
    out.push_str("</w:tbl><w:p/>");
}

fn is_head(table: &Table, row: usize) -> bool {
    let mut cells = table.cells.iter().filter(|cell| cell.row == row).peekable();
    cells.peek().is_some() && cells.all(|cell| cell.header)
}

fn write_cell(out: &mut String, place: Place<'_>) {
    let (cell, merge) = match place {
        Place::Beside => return,
        Place::Empty => {
            out.push_str("<w:tc><w:p/></w:tc>");
            return;
        }
        Place::Start(cell) if cell.row_span > 1 => (cell, "<w:vMerge w:val=\"restart\"/>"),
        Place::Start(cell) => (cell, ""),
        Place::Below(cell) => (cell, "<w:vMerge/>"),
    };
    let span = match cell.column_span {
        0 | 1 => String::new(),
        columns => format!("<w:gridSpan w:val=\"{columns}\"/>"),
    };
    let _ = write!(out, "<w:tc><w:tcPr>{span}{merge}</w:tcPr>");
    match place {
        Place::Start(cell) => paragraph(out, "", &cell.text.content),
        _ => out.push_str("<w:p/>"),
    }
    out.push_str("</w:tc>");
}

/// The grid row by row.
fn places(table: &Table) -> Vec<Place<'_>> {
    let mut places = vec![Place::Empty; table.rows * table.columns];
    for cell in &table.cells {
        let columns = cell.column..(cell.column + cell.column_span.max(1)).min(table.columns);
        for row in cell.row..(cell.row + cell.row_span.max(1)).min(table.rows) {
            for column in columns.clone() {
                places[row * table.columns + column] =
                    match (row == cell.row, column == cell.column) {
                        (true, true) => Place::Start(cell),
                        (false, true) => Place::Below(cell),
                        (_, false) => Place::Beside,
                    };
            }
        }
    }
    places
}
