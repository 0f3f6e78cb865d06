//! Every line of `docs/formats.md`: a document of each kind with all that the line says is kept.

use std::path::Path;

use docket_contract::format::FORMATS;
use docket_contract::{ParseResult, ParseSpec, WarningCode};
use docket_engine::{ParseRequest, parse};
use uuid::Uuid;

use crate::guard::cases;
use crate::support::{markdown, segments};

/// A file, and what has to be found: in Markdown, and what must not be there.
struct Sample {
    kind: &'static str,
    media_type: &'static str,
    bytes: Vec<u8>,
    kept: &'static [&'static str],
    not_kept: &'static [&'static str],
}

/// Kinds whose lines tests of their own hold, with binary or packaged files: `forms.rs`, `office.rs`,
/// `mail.rs` and the documents of `python/documents.py`.
const HELD_ELSEWHERE: [&str; 13] = [
    "PDF", "DOCX", "DOCM", "PPTX", "PPTM", "XLSX", "XLSM", "ODT", "ODP", "ODS", "EML", "MSG",
    "EPUB",
];

/// Kinds of which no library writes a file for tests.
const WITHOUT_WRITER: [&str; 3] = ["DOC", "PPT", "XLS"];

fn read(bytes: &[u8], media_type: &str) -> ParseResult {
    let spec = ParseSpec { strikethrough: true, ..ParseSpec::default() };
    let request =
        ParseRequest { media_type: Some(media_type), ..ParseRequest::new(&spec, Uuid::nil()) };
    parse(bytes.to_vec(), &request, &mut |_| {})
        .unwrap_or_else(|error| panic!("{media_type}: {error}"))
}

fn sample(
    kind: &'static str,
    media_type: &'static str,
    text: &str,
    kept: &'static [&'static str],
    not_kept: &'static [&'static str],
) -> Sample {
    Sample { kind, media_type, bytes: text.as_bytes().to_vec(), kept, not_kept }
}

fn samples() -> Vec<Sample> {
    vec![
        sample(
            "HTML",
            "text/html",
            "<html><head><script>var gone = 1</script></head><body><h1>Fees</h1><ul><li>one</li></ul>\
             <table><tr><th>Kit</th><th>Parts</th></tr><tr><td>Lamp</td><td><table><tr><td>Wick</td>\
             <td>12</td></tr></table></td></tr><tr><td>Box</td><td>Of:<ul><li>Brass</li><li>Glass</li></ul></td></tr>\
             <tfoot><tr><td>Sum</td><td>13</td></tr></tfoot></table><p><b>bold</b> <i>lean</i> <s>old</s> m<sup>2</sup> \
             <a href='https://example.org/x'>terms</a></p><pre>a\n  b</pre>\
             <p><input type=checkbox checked> Motor</p><p style='display: none'>unseen</p></body></html>",
            &[
                "# Fees",
                "- one",
                "| Kit | Parts |",
                "Wick: 12",
                "Of:<br>\u{2022} Brass<br>\u{2022} Glass",
                "| Sum | 13 |",
                "**bold** *lean* ~~old~~ m2 [terms](https://example.org/x)",
                "```\na\n  b\n```",
                "- [x] Motor",
            ],
            &["gone", "unseen"],
        ),
        sample(
            "Markdown",
            "text/markdown",
            "# Fees\n\n- one\n\n**bold** and *lean*, see [it](https://example.org/g).\n\n```\na\n  b\n```\n\n\
             | A | B |\n|---|---|\n| 1 | 2*3*4 |\n",
            &[
                "# Fees",
                "- one",
                "**bold** and *lean*, see [it](https://example.org/g).",
                "```\na\n  b\n```",
                "| 1 | 2*3*4 |",
            ],
            &[],
        ),
        sample("plain text", "text/plain", "One\n\n* Two\nlines\n", &["One", "* Two lines"], &[]),
        Sample {
            kind: "plain text",
            media_type: "text/plain",
            bytes: b"\xff\xfec\0a\0f\0\xe9\0".to_vec(),
            kept: &["caf\u{E9}"],
            not_kept: &[],
        },
        sample("CSV", "text/csv", "A,B\n\"1,5\",x\n", &["| A | B |", "| 1,5 | x |"], &[]),
        sample("TSV", "text/csv", "A\tB\n1,5\tx\n", &["| A | B |", "| 1,5 | x |"], &[]),
        sample(
            "RTF",
            "application/rtf",
            "{\\rtf1\\ansi {\\b Notice} of {\\i all}.\\par \\trowd\\cellx2000\\cellx4000 \
             Berth\\cell Boat\\cell\\row \\trowd\\cellx2000\\cellx4000 12\\cell Marrow\\cell\\row \
             \\pard End\\par}",
            &["**Notice** of *all*.", "| Berth | Boat |", "| 12 | Marrow |", "End"],
            &[],
        ),
        sample("XML", "application/xml", "<a>\n  <b>c</b>\n</a>", &["<a>\n  <b>c</b>\n</a>"], &[]),
        sample("JSON", "application/json", "{\n  \"a\": 1\n}", &["{\n  \"a\": 1\n}"], &[]),
        sample(
            "AsciiDoc",
            "text/asciidoc",
            "= Guide\n\n* one\n\n|===\n|A |B\n\n|1 |2\n|===\n\n----\nx = 1\n----\n",
            &["Guide", "- one", "| A | B |", "| 1 | 2 |", "x = 1"],
            &[],
        ),
    ]
}

#[test]
fn files_keep_what_the_page_about_formats_says() {
    for Sample { kind, media_type, bytes, kept, not_kept } in samples() {
        let result = read(&bytes, media_type);
        let text = markdown(&result);
        for want in kept {
            assert!(text.contains(want), "{kind} keeps no {want:?}\n{text}");
        }
        for gone in not_kept {
            assert!(!text.contains(gone), "{kind} has {gone:?}\n{text}");
        }
        let dropped = result.warnings.iter().find(|one| one.code == WarningCode::ContentDropped);
        assert_eq!(dropped, None, "{kind}");
    }
}

#[test]
fn what_formats_do_not_keep_is_warned_of() {
    let cases = cases("9");
    for (file, message) in [
        ("xlsx-formula.xlsx", "cells"),
        ("xlsx-chart-name.xlsx", "words"),
        ("odt-picture.odt", "1 of 1 pictures"),
        ("odp-picture.odp", "1 of 1 pictures"),
        ("ods-picture-in-sheet.ods", "1 of 1 pictures"),
        ("docx-picture-in-cell.docx", "1 of 1 pictures"),
    ] {
        let case = cases.iter().find(|case| case.file == file).unwrap();
        let result = read(&case.bytes, &case.media_type);
        let warned = |one: &docket_contract::Warning| {
            one.code == WarningCode::ContentDropped && one.message.contains(message)
        };
        assert!(result.warnings.iter().any(warned), "{file}: {:?}", result.warnings);
        assert!(!segments(&result).is_empty(), "{file}");
    }
}

#[test]
fn the_page_about_formats_names_every_kind_and_no_other() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats.md");
    let page = std::fs::read_to_string(page).unwrap();
    let lines = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| kind"));
    let named: Vec<&str> =
        lines.flat_map(|line| line[2..].split(" |").next().unwrap().split(", ")).collect();
    let samples = samples();
    let held = |kind: &str| {
        samples.iter().any(|sample| sample.kind == kind)
            || HELD_ELSEWHERE.contains(&kind)
            || WITHOUT_WRITER.contains(&kind)
    };
    for kind in &named {
        assert!(held(kind), "no test holds the line of {kind}");
    }
    for facts in FORMATS.iter().filter(|facts| !facts.has_coordinates) {
        assert!(named.contains(&facts.name), "docs/formats.md does not name {}", facts.name);
    }
}
