//! Classification by words and looks, with lists of categories as people write them.

use docket_contract::SegmentType;
use docket_contract::results::ClassifyResult;
use docket_contract::spec::{Category, ClassifySpec};
use docket_engine::{ReadDocument, classify};

use crate::handmade::made;

use SegmentType::{ListItem, PageFooter, SectionHeader, Table, Text, Title};

fn categories(names: &[(&str, &str)]) -> ClassifySpec {
    let category = |(name, description): &(&str, &str)| Category {
        name: (*name).to_owned(),
        description: Some((*description).to_owned()).filter(|text| !text.is_empty()),
    };
    ClassifySpec { categories: names.iter().map(category).collect(), ..ClassifySpec::default() }
}

fn check(document: &ReadDocument, names: &[(&str, &str)], expected: &str) -> ClassifyResult {
    let result = classify(document, &categories(names));
    let all: Vec<_> = result.categories.iter().map(|one| (&one.name, one.score)).collect();
    assert_eq!(result.classification, expected, "{all:?}");
    let sum: f64 = result.categories.iter().map(|one| one.score).sum();
    assert!((sum - 1.0).abs() < 1e-9, "shares add up to {sum}");
    assert!(result.categories.is_sorted_by(|a, b| a.score >= b.score));
    assert_eq!(result.pages.len(), document.document.page_count);
    assert!(result.pages.iter().all(|page| (0.0..=1.0).contains(&page.confidence)));
    result
}

fn invoice() -> ReadDocument {
    made(
        1,
        &[
            (1, Title, "# Invoice"),
            (1, Text, "Invoice number: 2025-17"),
            (1, Text, "Bill to: Northgate Supplies"),
            (1, Table, "Item Quantity Price Pens 12 24.00 Paper 3 13.50"),
            (1, Text, "Total due: 37.50"),
        ],
    )
}

fn contract() -> ReadDocument {
    made(
        2,
        &[
            (1, Title, "# Services agreement"),
            (1, Text, "This agreement is entered into by and between the parties named below."),
            (1, ListItem, "1. Term. The term of this agreement is one year."),
            (2, ListItem, "9. Governing law. This agreement is governed by the law of Utopia."),
            (2, Text, "In witness whereof the parties have signed. Signature: ____"),
        ],
    )
}

fn article() -> ReadDocument {
    made(
        1,
        &[
            (1, SectionHeader, "# On the growth of crystals"),
            (1, SectionHeader, "## Abstract"),
            (1, Text, "We study how crystals grow, after Doe et al. [1], and prove a theorem [2]."),
            (1, SectionHeader, "## 1 Introduction"),
            (1, Text, "The function is a solution of the equation, see the references [3, 4]."),
        ],
    )
}

const PLAIN: [(&str, &str); 4] =
    [("Invoice", ""), ("Contract", ""), ("Letter", ""), ("Scientific paper", "")];

#[test]
fn names_alone_are_enough() {
    check(&invoice(), &PLAIN, "Invoice");
    check(&contract(), &PLAIN, "Contract");
    check(&article(), &PLAIN, "Scientific paper");
}

#[test]
fn names_in_other_words_other_languages_and_code_style() {
    let others = [("Bills", ""), ("legal_agreements", ""), ("academicPublication", "")];
    check(&invoice(), &others, "Bills");
    check(&contract(), &others, "legal_agreements");
    check(&article(), &others, "academicPublication");
    check(&invoice(), &[("Vertrag", ""), ("Rechnung", ""), ("Lebenslauf", "")], "Rechnung");
}

#[test]
fn a_description_stands_in_for_a_name_that_says_nothing() {
    let coded = [
        ("Type A", "papers about crystals and minerals"),
        ("Type B", "agreements between parties"),
        ("Type C", "bills with an amount due"),
    ];
    check(&article(), &coded, "Type A");
    check(&contract(), &coded, "Type B");
    check(&invoice(), &coded, "Type C");
}

#[test]
fn initials_and_codes_of_forms_are_understood() {
    let notice = made(1, &[(1, Title, "# Notice of Decommissioning"), (1, Text, "Plant 4 stops.")]);
    check(&notice, &[("NOD", ""), ("NOP", ""), ("XYZ", "")], "NOD");
    let form = |code: &str| made(1, &[(1, Title, code), (1, Text, "Certificate of status")]);
    let codes = [("w8ben", ""), ("w8bene", ""), ("w9", ""), ("form_10k", "")];
    check(&form("Form W-8BEN-E"), &codes, "w8bene");
    check(&form("Form W-8BEN"), &codes, "w8ben");
    check(&form("FORM 10-K"), &codes, "form_10k");
}

#[test]
fn what_a_document_says_of_its_own_kind_counts_and_empty_fields_do_not() {
    let sheet = made(
        1,
        &[
            (1, Text, "SHORT FORM NAME=N/A"),
            (1, Text, "SHORT FORM DATE=N/A"),
            (1, Text, "DOCUMENT TYPE=Amendment"),
        ],
    );
    check(&sheet, &[("short_form", ""), ("amendment", "")], "amendment");
}

#[test]
fn a_till_slip_shows_by_its_shape() {
    let mut slip = made(1, &[(1, SegmentType::Picture, "")]);
    slip.document.pages[0].size = Some((250.0, 600.0));
    let result = check(&slip, &[("letter", ""), ("receipt", ""), ("novel", "")], "receipt");
    assert_eq!(result.pages[0].classification, None, "no page is classified without text");
}

#[test]
fn the_first_page_weighs_most_and_every_page_has_an_entry() {
    let mixed = made(
        4,
        &[
            (1, Title, "# Invoice"),
            (1, Text, "Invoice number 4, amount due 12.00"),
            (3, Text, "Dear Sir, thank you for your order. Yours sincerely, Jo"),
            (3, PageFooter, "3"),
        ],
    );
    let result = check(&mixed, &PLAIN, "Invoice");
    let pages: Vec<_> = result.pages.iter().map(|page| page.classification.as_deref()).collect();
    assert_eq!(pages, [Some("Invoice"), None, Some("Letter"), None]);
    assert_eq!(result.pages.iter().map(|page| page.page).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn odd_lists_of_categories_do_no_harm() {
    let names =
        ["", "A & B / ü", "的", "🙂", "the", "Invoice", "Invoice", "x".repeat(5000).as_str()]
            .map(str::to_owned);
    let odd: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "of the")).collect();
    check(&invoice(), &odd, "Invoice");
    check(&invoice(), &[("的", "")], "的");
    let alone = check(&invoice(), &[("anything", "")], "anything");
    assert!((alone.confidence - 1.0).abs() < 1e-9);
    let none = classify(&invoice(), &categories(&[]));
    assert_eq!((none.classification.as_str(), none.categories.len()), ("", 0));
    let unknown = check(&invoice(), &[("zebra", ""), ("giraffe", "")], "zebra");
    assert!(unknown.confidence < 0.6, "nothing speaks for either");
}

#[test]
fn a_document_without_text_is_not_made_up() {
    let blank = check(&made(2, &[]), &PLAIN, "Invoice");
    assert!((blank.confidence - 0.25).abs() < 1e-9);
    assert!(blank.pages.iter().all(|page| page.classification.is_none()));
}
