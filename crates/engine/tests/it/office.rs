//! Office files, web pages, mail and plain text: every character stays, and so do looks, links and
//! shapes. Each line of `docs/formats.md` has its test here.

use std::io::{Cursor, Write};

use docket_contract::{ParseResult, ParseSpec};
use docket_engine::{Error, ParseRequest, parse};
use uuid::Uuid;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{markdown, outline, segments};

fn spec() -> ParseSpec {
    ParseSpec { strikethrough: true, ..ParseSpec::default() }
}

fn parsed(
    document: &[u8],
    media_type: Option<&str>,
    spec: &ParseSpec,
) -> Result<ParseResult, Error> {
    let request = ParseRequest { media_type, ..ParseRequest::new(spec, Uuid::nil()) };
    parse(document.to_vec(), &request, &mut |_| {})
}

fn read(document: &[u8], media_type: &str) -> ParseResult {
    parsed(document, Some(media_type), &spec()).expect("the document can be read")
}

fn html(result: &ParseResult) -> String {
    let html = segments(result).into_iter().filter_map(|segment| segment.html.clone());
    html.collect::<Vec<_>>().join("\n")
}

fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in parts {
        zip.start_file(*name, stored).expect("a part of the archive");
        zip.write_all(text.as_bytes()).expect("a part of the archive");
    }
    zip.finish().expect("the archive").into_inner()
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

fn relations(list: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        let mode = if target.contains(':') { " TargetMode=\"External\"" } else { "" };
        format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"{mode}/>")
    };
    let list: String = list.iter().map(one).collect();
    format!("<Relationships xmlns=\"{RELATIONS}\">{list}</Relationships>")
}

/// A Word file with this body, and a link `rId9`.
fn word(body: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let document = format!(
        "<w:document xmlns:w=\"{main}\" xmlns:r=\"{OFFICE}\"><w:body>{body}</w:body></w:document>"
    );
    package(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
             <Default Extension=\"rels\" ContentType=\
             \"application/vnd.openxmlformats-package.relationships+xml\"/></Types>",
        ),
        ("_rels/.rels", &relations(&[("rId1", "officeDocument", "word/document.xml")])),
        ("word/document.xml", &document),
        (
            "word/_rels/document.xml.rels",
            &relations(&[("rId9", "hyperlink", "https://example.org/a?b=1&amp;c=2")]),
        ),
    ])
}

fn run(looks: &str, text: &str) -> String {
    format!("<w:r><w:rPr>{looks}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[test]
fn no_character_of_a_word_file_is_read_as_a_mark() {
    for text in [
        "Crate 60*40*30 cm, 2 * 3 * 4 = 24",
        "snake_case_name, __init__ and C:\\temp\\new",
        "~~x~~ #7 [x](y) `z` * p < .05, ** p < .01",
        "1. is no list - and > no quote",
        "a dose of .5 mg , not ( 5 ) mg",
    ] {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        let body = format!("<w:p>{}</w:p><w:p>{}</w:p>", run("", &escaped), run("", "End"));
        let result = read(&word(&body), DOCX);
        let contents: Vec<String> = outline(&result).into_iter().map(|(_, text)| text).collect();
        assert_eq!(contents, [text, "End"]);
    }
}

#[test]
fn looks_and_links_of_word_files_are_marked_where_they_are() {
    let struck = run("<w:strike/>", "EUR 80");
    let link = format!("<w:hyperlink r:id=\"rId9\">{}</w:hyperlink>", run("", "the terms"));
    let field = "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> HYPERLINK \
                 \"https://example.org/f\" </w:instrText></w:r><w:r><w:fldChar \
                 w:fldCharType=\"separate\"/></w:r><w:r><w:t>a field</w:t></w:r><w:r>\
                 <w:fldChar w:fldCharType=\"end\"/></w:r>";
    let body = format!(
        "<w:p>{}{}{}{struck}</w:p><w:p>{}{link}{}{field}</w:p><w:p>{}{}{}{}{}</w:p>",
        run("", "Back "),
        run("<w:b/>", "by noon "),
        run("<w:i/>", "at once, "),
        run("", "See "),
        run("", " and "),
        run("", "40 m"),
        run("<w:vertAlign w:val=\"superscript\"/>", "2"),
        run("", " of CO"),
        run("<w:vertAlign w:val=\"subscript\"/>", "2"),
        run("<w:b w:val=\"0\"/>", " only"),
    );
    let result = read(&word(&body), DOCX);
    let text = markdown(&result);
    assert!(text.contains("Back **by noon** *at once,* ~~EUR 80~~"), "{text}");
    let links =
        "See [the terms](https://example.org/a?b=1&c=2) and [a field](https://example.org/f)";
    assert!(text.contains(links), "{text}");
    assert!(text.contains("40 m2 of CO2 only"), "{text}");
    assert!(html(&result).contains("40 m<sup>2</sup> of CO<sub>2</sub> only"));
    let plain = parsed(&word(&body), Some(DOCX), &ParseSpec::default()).unwrap();
    assert!(markdown(&plain).contains("at once,* EUR 80"), "struck text is marked on request only");
}

#[test]
fn web_pages_keep_looks_links_listings_boxes_and_shapes_in_cells() {
    let page = "<html><body><h1><b>Hire</b></h1>\
        <p>Back <strong>by noon</strong> and <em>full</em>, m<sup>2</sup>, 60*40*30 &lt;x&gt;.</p>\
        <p>See <a href='https://example.org/t?a=1&amp;b=2'>the terms</a>.</p>\
        <pre>if x:\n    *y* = 1\n\n    return</pre>\
        <input type=checkbox checked> Gift wrap\
        <table><tr><th>Kit</th><th>Parts</th></tr><tr><td>Lamp</td><td><table><tr><td>Wick</td>\
        <td>12</td></tr><tr><td>Oil</td><td>2</td></tr></table></td></tr>\
        <tr><td>Box</td><td>Of:<ul><li>Brass</li><li>Glass</li></ul></td></tr></table></body></html>";
    let result = read(page.as_bytes(), "text/html");
    let text = markdown(&result);
    for want in [
        "# Hire",
        "Back **by noon** and *full*, m2, 60*40*30 \\<x>.",
        "See [the terms](https://example.org/t?a=1&b=2).",
        "```\nif x:\n    *y* = 1\n\n    return\n```",
        "- [x] Gift wrap",
        "Wick: 12<br>Oil: 2",
        "Of:<br>\u{2022} Brass<br>\u{2022} Glass",
    ] {
        assert!(text.contains(want), "{want}\n{text}");
    }
    assert!(html(&result).contains("m<sup>2</sup>"));
}

#[test]
fn markdown_keeps_its_looks_and_links() {
    let text = "# Terms\n\nBack **by noon** and *full*, ~~80~~ 95, see [it](https://example.org/g).\n\n\
                ```python\ndef f(x):\n    return x\n```\n\n- [ ] call 3_4_5\n\n| a | b |\n|---|---|\n\
                | 2 *3* 4 | `x*y*z` |\n";
    let got = markdown(&read(text.as_bytes(), "text/markdown"));
    for want in [
        "Back **by noon** and *full*, ~~80~~ 95, see [it](https://example.org/g).",
        "def f(x):\n    return x",
        "[ ] call 3_4_5",
        "2 *3* 4",
        "x*y*z",
    ] {
        assert!(got.contains(want), "{want}\n{got}");
    }
}

/// A workbook of one sheet, with formats 1 to 5.
fn workbook(sheet: &str, properties: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let formats = ["#,##0", "0.00;(0.00)", "[h]:mm", "# ?/?", "d mmm yyyy"];
    let codes: String = formats
        .iter()
        .enumerate()
        .map(|(at, code)| format!("<numFmt numFmtId=\"{}\" formatCode=\"{code}\"/>", 170 + at))
        .collect();
    let styles: String = (0..5).map(|at| format!("<xf numFmtId=\"{}\"/>", 170 + at)).collect();
    let sheets = "<sheets><sheet name=\"Data\" sheetId=\"1\" r:id=\"rId1\"/></sheets>";
    package(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
             <Default Extension=\"rels\" ContentType=\
             \"application/vnd.openxmlformats-package.relationships+xml\"/></Types>",
        ),
        ("_rels/.rels", &relations(&[("rId1", "officeDocument", "xl/workbook.xml")])),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{OFFICE}\">{properties}{sheets}</workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &relations(&[
                ("rId1", "worksheet", "worksheets/sheet1.xml"),
                ("rId2", "styles", "styles.xml"),
            ]),
        ),
        (
            "xl/styles.xml",
            &format!(
                "<styleSheet xmlns=\"{main}\"><numFmts>{codes}</numFmts><cellXfs>\
                 <xf numFmtId=\"0\"/>{styles}</cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet xmlns=\"{main}\" xmlns:r=\"{OFFICE}\">{sheet}</worksheet>"),
        ),
        (
            "xl/worksheets/_rels/sheet1.xml.rels",
            &relations(&[("rId1", "hyperlink", "https://example.org/report")]),
        ),
    ])
}

fn sheet_row(number: usize, looks: &str, cells: &[(&str, &str, &str)]) -> String {
    let cell = |(column, attributes, value): &(&str, &str, &str)| match *attributes {
        "text" => {
            format!("<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{value}</t></is></c>")
        }
        _ => format!("<c r=\"{column}{number}\" {attributes}><v>{value}</v></c>"),
    };
    let cells: String = cells.iter().map(cell).collect();
    format!("<row r=\"{number}\" {looks}>{cells}</row>")
}

#[test]
fn workbooks_show_what_excel_shows() {
    let rows = [
        sheet_row(1, "", &[("A", "text", "Kind"), ("B", "text", "Value"), ("C", "text", "Note")]),
        sheet_row(
            2,
            "",
            &[("A", "text", "Units"), ("B", "s=\"1\"", "1231486.34"), ("C", "text", "6*4*3")],
        ),
        sheet_row(
            3,
            "",
            &[("A", "text", "Margin"), ("B", "s=\"2\"", "-12.5"), ("C", "", "3.3000000000000003")],
        ),
        sheet_row(
            4,
            "",
            &[("A", "text", "Hours"), ("B", "s=\"3\"", "1.5625"), ("C", "t=\"b\"", "1")],
        ),
        sheet_row(
            5,
            "",
            &[("A", "text", "Acres"), ("B", "s=\"4\"", "1.25"), ("C", "t=\"e\"", "#DIV/0!")],
        ),
        sheet_row(6, "", &[("A", "text", "Signed"), ("B", "s=\"5\"", "46096"), ("C", "", "0.1")]),
    ];
    let links = "<hyperlinks><hyperlink ref=\"A2\" r:id=\"rId1\"/></hyperlinks>";
    let sheet = format!("<sheetData>{}</sheetData>{links}", rows.concat());
    let got = markdown(&read(&workbook(&sheet, ""), XLSX));
    for want in [
        "| [Units](https://example.org/report) | 1,231,486 | 6*4*3 |",
        "| Margin | (12.50) | 3.3 |",
        "| Hours | 37:30 | TRUE |",
        "| Acres | 1 1/4 | #DIV/0! |",
        "| Signed | 15 Mar 2026 | 0.1 |",
    ] {
        assert!(got.contains(want), "{want}\n{got}");
    }
    let later = workbook(&sheet, "<workbookPr date1904=\"1\"/>");
    assert!(markdown(&read(&later, XLSX)).contains("| Signed | 16 Mar 2030 | 0.1 |"));
}

#[test]
fn hidden_rows_and_columns_are_left_out_unless_they_are_asked_for() {
    let cells = |a: &'static str, b: &'static str, c: &'static str| {
        [("A", "text", a), ("B", "text", b), ("C", "text", c)]
    };
    let rows = [
        sheet_row(1, "", &cells("Unit", "Secret", "Rent")),
        sheet_row(2, "hidden=\"1\"", &cells("Ghost", "x", "1")),
        sheet_row(3, "", &cells("Loft", "y", "1150")),
    ];
    let columns = "<cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols>";
    let file = workbook(&format!("{columns}<sheetData>{}</sheetData>", rows.concat()), "");
    let got = markdown(&read(&file, XLSX));
    assert!(got.contains("| Unit | Rent |") && got.contains("| Loft | 1150 |"), "{got}");
    assert!(!got.contains("Ghost") && !got.contains("Secret"), "{got}");
    let mut all = ParseSpec::default();
    (all.hidden_parts.rows, all.hidden_parts.columns) = (true, true);
    let got = markdown(&parsed(&file, Some(XLSX), &all).unwrap());
    assert!(got.contains("| Ghost | x | 1 |"), "{got}");
}

#[test]
fn plain_texts_and_values_are_read_as_they_are() {
    let text = read(b"Meeting notes\n\n* Order 60*40*30\nPay Bram\n", "text/plain");
    let contents: Vec<String> = outline(&text).into_iter().map(|(_, text)| text).collect();
    assert_eq!(contents, ["Meeting notes", "* Order 60*40*30 Pay Bram"]);
    for (values, want) in [
        ("Name,Amount\nOdile,\"1,200.50\"\n", "| Odile | 1,200.50 |"),
        ("Name;Amount\nOdile;1200,50\n", "| Odile | 1200,50 |"),
        ("Name\tAmount\nO*d*ile\t<5\n", "| O*d*ile | <5 |"),
    ] {
        assert!(markdown(&read(values.as_bytes(), "text/csv")).contains(want), "{want}");
    }
    let json = "{\n  \"a\": [1, 2]\n}";
    assert!(markdown(&read(json.as_bytes(), "application/json")).contains(json));
    let xml = "<a>\n  <b>c</b>\n</a>";
    assert!(markdown(&read(xml.as_bytes(), "application/xml")).contains(xml));
}

#[test]
fn mail_rich_text_and_asciidoc_are_read() {
    let mail = b"From: Odile <odile@example.org>\r\nTo: bram@example.org\r\nSubject: Invoice 5521\r\n\
                 Date: Mon, 5 Jan 2026 10:00:00 +0000\r\n\r\nPlease pay EUR 131.50 for 6*4*3 a_b.\r\n";
    let got = markdown(&parsed(mail, None, &spec()).unwrap());
    for want in ["Invoice 5521", "odile@example.org", "EUR 131.50 for 6*4*3 a_b."] {
        assert!(got.contains(want), "{want}\n{got}");
    }
    let rich = br"{\rtf1\ansi {\b Notice} of 60*40*30 and caf\'e9.\par Second_one\par}";
    let got = markdown(&parsed(rich, None, &spec()).unwrap());
    assert!(
        got.contains("**Notice** of 60*40*30 and caf\u{E9}.") && got.contains("Second_one"),
        "{got}"
    );
    let got =
        markdown(&read(b"= Guide\n\nShips *tie up* here.\n\n* one\n* two\n", "text/asciidoc"));
    assert!(got.contains("Guide") && got.contains("one"), "{got}");
}

#[test]
fn open_documents_and_books_are_read_by_their_content() {
    let content = |body: &str| {
        format!(
            "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
             xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
             xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\">\
             <office:body>{body}</office:body></office:document-content>"
        )
    };
    let text = content(
        "<office:text><text:h text:outline-level=\"1\">Notes</text:h>\
         <text:p>Present: a_b, 60*40*30.</text:p></office:text>",
    );
    let odt =
        package(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", &text)]);
    let got = markdown(&parsed(&odt, None, &spec()).unwrap());
    assert!(got.contains("Notes") && got.contains("Present: a_b, 60*40*30."), "{got}");
    let cell = |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
    let row =
        |a: &str, b: &str| format!("<table:table-row>{}{}</table:table-row>", cell(a), cell(b));
    let sheet = content(&format!(
        "<office:spreadsheet><table:table table:name=\"Stock\">{}{}</table:table></office:spreadsheet>",
        row("Article", "Count"),
        row("Buoy", "12")
    ));
    let ods = package(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &sheet),
    ]);
    let got = markdown(&parsed(&ods, None, &spec()).unwrap());
    assert!(got.contains("| Buoy | 12 |"), "{got}");
}

#[test]
fn boxes_of_web_pages_stay_with_their_labels() {
    for (page, want) in [
        (
            "<p><input type=checkbox checked> Motor</p><p><input type='checkbox'> Sail</p>",
            "- [x] Motor\n\n- [ ] Sail",
        ),
        (
            "<p>Kind: <input type=radio name=k> Day <input type=radio name=k checked> Night</p>",
            "Kind: \u{2610} Day \u{2611} Night",
        ),
        ("<label><input type=checkbox checked> Towed</label><p>End</p>", "- [x] Towed\n\nEnd"),
        (
            "<table><tr><td>Berth</td><td><input type=checkbox CHECKED> yes</td></tr></table>",
            "| Berth | \u{2611} yes |",
        ),
    ] {
        let got =
            markdown(&read(format!("<html><body>{page}</body></html>").as_bytes(), "text/html"));
        assert!(got.contains(want), "{page}\n{got}");
    }
}

#[test]
fn spans_of_open_documents_keep_their_spacing_looks_and_links() {
    let style = |name: &str, look: &str| {
        format!(
            "<style:style style:name=\"{name}\" style:family=\"text\">\
             <style:text-properties {look}/></style:style>"
        )
    };
    let styles = [
        style("B", "fo:font-weight=\"bold\""),
        style("I", "fo:font-style=\"italic\""),
        style("U", "style:text-position=\"super 58%\""),
    ];
    let span = |style: &str, text: &str| {
        format!("<text:span text:style-name=\"{style}\">{text}</text:span>")
    };
    let body = format!(
        "<text:p>Hel{}rld, 60{}40 m{} and <text:s text:c=\"2\"/>{}alic.</text:p>\
         <text:p>See <text:a xlink:href=\"https://example.org/x\">the terms</text:a>.</text:p>",
        span("B", "lo wo"),
        span("T", "*"),
        span("U", "2"),
        span("I", "it")
    );
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
         xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
         xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" \
         xmlns:xlink=\"http://www.w3.org/1999/xlink\"><office:automatic-styles>{}\
         </office:automatic-styles><office:body><office:text>{body}</office:text></office:body>\
         </office:document-content>",
        styles.concat()
    );
    let odt = package(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("content.xml", &content),
    ]);
    let result = parsed(&odt, None, &spec()).unwrap();
    let got = markdown(&result);
    assert!(got.contains("Hel**lo wo**rld, 60*40 m2 and *it*alic."), "{got}");
    assert!(got.contains("See [the terms](https://example.org/x)."), "{got}");
    assert!(html(&result).contains("m<sup>2</sup>"));
}

#[test]
fn cells_of_open_sheets_show_what_the_sheet_shows() {
    let cell = |attributes: &str, text: &str| {
        format!("<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>")
    };
    let float = |value: &str| format!("office:value-type=\"float\" office:value=\"{value}\"");
    let comment = "<office:annotation><dc:creator>Clerk</dc:creator><text:p>ask Bram</text:p>\
                   </office:annotation>";
    let rows = [
        cell("office:value-type=\"string\"", "Fee") + &cell(&float("1234.5"), "1,234.50 \u{20AC}"),
        cell("office:value-type=\"string\"", "Share")
            + &cell("office:value-type=\"percentage\" office:value=\"0.125\"", "12.5%"),
        cell("office:value-type=\"string\"", "Due")
            + &cell("office:value-type=\"date\" office:date-value=\"2031-07-04\"", "4 July 2031"),
        cell("office:value-type=\"string\"", "Paid")
            + &cell("office:value-type=\"boolean\" office:boolean-value=\"true\"", "TRUE")
                .replace("<text:p>", &format!("{comment}<text:p>")),
    ];
    let rows: String =
        rows.iter().map(|row| format!("<table:table-row>{row}</table:table-row>")).collect();
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\"><office:body>\
         <office:spreadsheet><table:table table:name=\"Fees\">{rows}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    let ods = package(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", &content),
    ]);
    let result = parsed(&ods, None, &spec()).unwrap();
    let got = markdown(&result);
    for want in [
        "| Fee | 1,234.50 \u{20AC} |",
        "| Share | 12.5% |",
        "| Due | 4 July 2031 |",
        "| Paid | TRUE |",
        "B4: ask Bram",
    ] {
        assert!(got.contains(want), "{want}\n{got}");
    }
    assert!(result.warnings.is_empty(), "{:?}", result.warnings);
}

/// The same package under the type of a file with macros.
fn with_macros(file: &[u8], kind: &str) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut parts = Vec::new();
    for index in 0..from.len() {
        let mut part = from.by_index(index).unwrap();
        let name = part.name().unwrap().to_string();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut part, &mut text).unwrap();
        if name == "[Content_Types].xml" {
            text = text.replace(
                "<Default Extension=\"xml\" ContentType=\"application/xml\"/>",
                &format!("<Default Extension=\"xml\" ContentType=\"application/vnd.{kind}\"/>"),
            );
        }
        parts.push((name, text));
    }
    let parts: Vec<(&str, &str)> =
        parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    package(&parts)
}

#[test]
fn files_with_macros_are_read_like_those_without() {
    let body = format!("<w:p>{}</w:p>", run("", "Text of a file with macros"));
    let docm = with_macros(&word(&body), "ms-word.document.macroEnabled.main+xml");
    let got = markdown(&parsed(&docm, Some("application/octet-stream"), &spec()).unwrap());
    assert!(got.contains("Text of a file with macros"), "{got}");
    let main = "http://schemas.openxmlformats.org/presentationml/2006/main";
    let drawing = "http://schemas.openxmlformats.org/drawingml/2006/main";
    let slide = format!(
        "<p:sld xmlns:p=\"{main}\" xmlns:a=\"{drawing}\"><p:cSld><p:spTree><p:nvGrpSpPr/><p:grpSpPr/>\
         <p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"t\"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>\
         <p:txBody><a:bodyPr/><a:p><a:r><a:t>Slide with macros</a:t></a:r></a:p></p:txBody></p:sp>\
         </p:spTree></p:cSld></p:sld>"
    );
    let pptm = package(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Default Extension=\"xml\" ContentType=\
             \"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml\"/>\
             <Default Extension=\"rels\" ContentType=\
             \"application/vnd.openxmlformats-package.relationships+xml\"/></Types>",
        ),
        ("_rels/.rels", &relations(&[("rId1", "officeDocument", "ppt/presentation.xml")])),
        (
            "ppt/presentation.xml",
            &format!(
                "<p:presentation xmlns:p=\"{main}\" xmlns:r=\"{OFFICE}\"><p:sldIdLst>\
                 <p:sldId id=\"256\" r:id=\"rId1\"/></p:sldIdLst></p:presentation>"
            ),
        ),
        ("ppt/_rels/presentation.xml.rels", &relations(&[("rId1", "slide", "slides/slide1.xml")])),
        ("ppt/slides/slide1.xml", &slide),
    ]);
    let got = markdown(&parsed(&pptm, None, &spec()).unwrap());
    assert!(got.contains("Slide with macros"), "{got}");
}

#[test]
fn what_is_no_text_or_repeats_without_end_is_refused() {
    assert!(parsed(b"a\0b", Some("text/plain"), &spec()).is_err());
    assert!(parsed(b"{\"a\": ", Some("application/json"), &spec()).is_err());
    assert!(parsed(&b"{\\rtf1 {".repeat(5_000), None, &spec()).is_err());
    let bomb = package(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "content.xml",
            "<d xmlns:table=\"t\" xmlns:text=\"x\"><table:table><table:table-row \
             table:number-rows-repeated=\"1000000\"><table:table-cell \
             table:number-columns-repeated=\"16000\"><text:p>x</text:p></table:table-cell>\
             </table:table-row></table:table></d>",
        ),
    ]);
    assert!(matches!(parsed(&bomb, None, &spec()), Err(Error::TooLarge(_))));
    let order = "<itemref idref=\"a\"/>".repeat(2_000);
    let list = format!(
        "<package><manifest><item id=\"a\" href=\"a.xhtml\"/></manifest><spine>{order}</spine></package>"
    );
    let chapter = format!("<html><body>{}</body></html>", "<p>x</p>".repeat(10_000));
    let book = package(&[
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", "<container/>"),
        ("b.opf", &list),
        ("a.xhtml", &chapter),
    ]);
    let error = parsed(&book, None, &spec()).unwrap_err().to_string();
    assert!(error.contains("the limit elements is"), "{error}");
}
