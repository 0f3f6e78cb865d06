//! The documents under `fixtures/`: made by code, read as their goldens say, or at least survived.

use std::path::{Path, PathBuf};

use docket_contract::{ParseSpec, WarningCode};
use docket_testkit::pdf::{Font, Page, PdfBuilder, fixtures};

use crate::support::{markdown, outline, parsed, result};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

#[test]
fn checked_in_documents_are_what_the_code_makes() {
    for (name, bytes) in fixtures::all() {
        let stored = std::fs::read(root().join(name)).unwrap_or_default();
        assert!(
            stored == bytes,
            "fixtures/{name} is out of date: run `cargo run -p docket-testkit --example make_fixtures`"
        );
    }
}

#[test]
fn the_sample_is_small() {
    assert!(fixtures::quickstart().len() < 40_000);
}

/// Every document with a place for a golden reads as the golden says. `UPDATE_GOLDENS=1` rewrites.
#[test]
fn goldens() {
    let update = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut wrong = Vec::new();
    for (name, bytes) in fixtures::all() {
        if name.starts_with("hostile/") {
            continue;
        }
        let golden = root().join(name).with_extension("md");
        let actual = markdown(&result(bytes));
        if update {
            std::fs::write(&golden, &actual).unwrap();
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != actual {
            wrong.push(format!("{name} reads:\n{actual}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n----\n"));
}

/// What the golden cannot show: which segments are furniture.
#[test]
fn the_edges_of_a_page_alone_are_furniture() {
    let (_, bytes) = fixtures::areas()
        .into_iter()
        .find(|(name, _)| name.ends_with("page_alone.pdf"))
        .expect("the fixture exists");
    let of_kind = |kind: &str| -> Vec<String> {
        let found = outline(&result(bytes.clone())).into_iter().filter(|(own, _)| own == kind);
        found.map(|(_, text)| text).collect()
    };
    assert_eq!(of_kind("PageHeader"), ["118", "A HISTORY OF THE LAMP"]);
    assert_eq!(
        of_kind("PageFooter"),
        ["Revision 2.4 Part 119-036 10 June 2019", "Taken from the archive on a Monday"]
    );
}

#[test]
fn a_long_running_line_may_stand_higher_on_one_page_and_a_short_one_may_not() {
    let document = |line: &str| {
        let page = |number: u32| {
            move |page: Page| {
                let y = if number == 1 { 790.0 } else { 809.0 };
                let page =
                    page.text(72.0, 400.0, 10.0, Font::Times, &format!("Sheet {number} here"));
                page.text(72.0, y, 8.0, Font::Times, &format!("{line} {number} of 5"))
            }
        };
        (1..=5).fold(PdfBuilder::new(), |pdf, number| pdf.page(page(number))).build()
    };
    let footers = |line: &str| {
        let outline = outline(&result(document(line)));
        outline.iter().filter(|(kind, _)| kind == "PageFooter").count()
    };
    assert_eq!(footers("Form 101-02, application for a certificate, sheet"), 5);
    assert_eq!(footers("Box"), 4);
}

#[test]
fn forms_that_multiply_are_cut_short() {
    let hostile = fixtures::hostile();
    let (_, bytes) = hostile.iter().find(|(name, _)| name.contains("multiply")).expect("it exists");
    let result = parsed(bytes.clone(), &ParseSpec::default()).expect("the page can be read");
    assert!(result.warnings.iter().any(|warning| warning.code == WarningCode::ContentTruncated));
}

/// The hostile ones end, with whatever outcome, and say the same when read again.
#[test]
fn hostile_documents_are_survived() {
    for (name, bytes) in fixtures::hostile() {
        let first = parsed(bytes.clone(), &ParseSpec::default());
        let again = parsed(bytes, &ParseSpec::default());
        assert_eq!(first, again, "{name}");
        if let Ok(result) = first {
            assert!(result.page_count >= 1, "{name}");
        }
    }
}
