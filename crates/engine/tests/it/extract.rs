//! Extraction through the public face: papers drawn for the purpose, schemas, values, boxes.

use docket_contract::results::{ExtractResult, Extracted, ExtractedField, ExtractedValue};
use docket_contract::spec::{ExtractSpec, ModelTier};
use docket_engine::extract;
use docket_testkit::pdf::{Font, Page, PdfBuilder};
use serde_json::{Value, json};

use crate::support::{page, read_whole};

/// What a schema finds in a document.
pub(crate) fn extracted(document: Vec<u8>, properties: &Value) -> ExtractResult {
    let schema = json!({ "type": "object", "properties": properties });
    extracted_by(document, &schema)
}

fn extracted_by(document: Vec<u8>, schema: &Value) -> ExtractResult {
    let spec = ExtractSpec {
        schema: schema.as_object().cloned().expect("a schema is an object"),
        schema_name: None,
        model: ModelTier::Gamma,
        citations: true,
        scored: false,
        warnings: Vec::new(),
    };
    extract(&read_whole(document), &spec)
}

/// The bare value, as a client would see it.
fn plain(found: &Extracted) -> Value {
    match &found.value {
        ExtractedValue::Missing => Value::Null,
        ExtractedValue::Scalar(value) => value.clone(),
        ExtractedValue::Scalars(items) => items.iter().map(plain).collect(),
        ExtractedValue::Object(fields) => object(fields),
        ExtractedValue::Rows(rows) => rows.iter().map(|row| object(row)).collect(),
    }
}

pub(crate) fn object(fields: &[ExtractedField]) -> Value {
    Value::Object(fields.iter().map(|field| (field.name.clone(), plain(&field.found))).collect())
}

/// Every property has the expected value.
fn check(document: Vec<u8>, properties: &Value, expected: &Value) {
    let found = extracted(document, properties);
    assert_eq!(&object(&found.fields), expected);
    for field in &found.fields {
        check_grounding(&field.found);
    }
}

/// A value has boxes on its page and a score; nothing has neither.
fn check_grounding(found: &Extracted) {
    assert!((0.0..=1.0).contains(&found.score), "{found:?}");
    match &found.value {
        ExtractedValue::Missing => {
            assert!(found.boxes.is_empty() && found.page.is_none() && found.score == 0.0);
        }
        ExtractedValue::Scalar(_) => {
            let first = found.boxes.first().expect("a value without a box");
            assert_eq!(found.page, Some(first.page));
            assert!(found.score >= 0.3, "{found:?}");
            for grounded in &found.boxes {
                let [left, top, right, bottom] = grounded.bbox;
                assert!(0.0 <= left && left < right && right <= grounded.page_width);
                assert!(0.0 <= top && top < bottom && bottom <= grounded.page_height);
                assert!(!grounded.text.is_empty());
            }
        }
        ExtractedValue::Scalars(items) => items.iter().for_each(check_grounding),
        ExtractedValue::Object(fields) => {
            fields.iter().for_each(|field| check_grounding(&field.found));
        }
        ExtractedValue::Rows(rows) => {
            rows.iter().flatten().for_each(|field| check_grounding(&field.found));
        }
    }
}

fn write(page: Page, lines: &[(f64, f64, &str)]) -> Page {
    lines.iter().fold(page, |page, (x, y, text)| page.text(*x, *y, 10.0, Font::Helvetica, text))
}

fn drawn(lines: &[(f64, f64, &str)]) -> Vec<u8> {
    page(|page| write(page, lines))
}

fn invoice() -> Vec<u8> {
    drawn(&[
        (72.0, 60.0, "Northwind Trading GmbH"),
        (380.0, 60.0, "Invoice No.:"),
        (470.0, 60.0, "INV-2024-0117"),
        (380.0, 76.0, "Invoice Date:"),
        (470.0, 76.0, "17 March 2024"),
        (380.0, 92.0, "Due Date:"),
        (470.0, 92.0, "16 April 2024"),
        (72.0, 110.0, "Customer No: 4711"),
        (72.0, 160.0, "Description"),
        (300.0, 160.0, "Qty"),
        (380.0, 160.0, "Unit Price"),
        (500.0, 160.0, "Amount"),
        (72.0, 180.0, "Blue widget"),
        (300.0, 180.0, "2"),
        (390.0, 180.0, "$10.50"),
        (500.0, 180.0, "$21.00"),
        (72.0, 194.0, "with a long handle"),
        (72.0, 214.0, "Red widget"),
        (300.0, 214.0, "10"),
        (390.0, 214.0, "$3.00"),
        (500.0, 214.0, "$30.00"),
        (380.0, 240.0, "Subtotal"),
        (500.0, 240.0, "$51.00"),
        (380.0, 256.0, "VAT 19%"),
        (500.0, 256.0, "$9.69"),
        (380.0, 272.0, "Total"),
        (500.0, 272.0, "$60.69"),
        (72.0, 700.0, "Pay to IBAN NL50 INGB 0683 2513 09, questions to billing@example.com"),
    ])
}

#[test]
fn an_invoice() {
    check(
        invoice(),
        &json!({
            "invoice_number": { "type": "string" },
            "date": { "type": "string", "format": "date", "description": "Date of the document" },
            "dueDate": { "type": ["string", "null"], "format": "date" },
            "customer_number": { "type": "integer" },
            "total": { "type": "number", "description": "Total amount due" },
            "amount_untaxed": { "type": "number", "description": "Amount before tax" },
            "tax_amount": { "type": "string" },
            "iban": { "type": "string" },
            "contact_email": { "type": "string" },
            "purchase_order": { "type": "string" },
            "fax": { "type": "string" }
        }),
        &json!({
            "invoice_number": "INV-2024-0117",
            "date": "2024-03-17",
            "dueDate": "2024-04-16",
            "customer_number": 4711,
            "total": 60.69,
            "amount_untaxed": 51.0,
            "tax_amount": "$9.69",
            "iban": "NL50 INGB 0683 2513 09",
            "contact_email": "billing@example.com",
            "purchase_order": null,
            "fax": null
        }),
    );
}

#[test]
fn rows_of_a_table_with_joined_lines() {
    check(
        invoice(),
        &json!({
            "line_items": { "type": "array", "items": { "type": "object", "properties": {
                "description": { "type": "string" },
                "quantity": { "type": "integer" },
                "unit_price": { "type": "number" },
                "amount": { "type": "number" },
                "discount": { "type": "number" }
            } } }
        }),
        &json!({ "line_items": [
            { "description": "Blue widget with a long handle", "quantity": 2, "unit_price": 10.5,
              "amount": 21.0, "discount": null },
            { "description": "Red widget", "quantity": 10, "unit_price": 3.0, "amount": 30.0,
              "discount": null }
        ] }),
    );
}

#[test]
fn rows_of_a_table_over_two_pages() {
    let mut all = docket_testkit::pdf::fixtures::tables().into_iter();
    let (_, pdf) = all.find(|(name, _)| name.ends_with("two_pages.pdf")).expect("the fixture");
    check(
        pdf,
        &json!({
            "months": { "type": "array", "items": { "type": "object", "properties": {
                "month": { "type": "string" },
                "hours": { "type": "integer" },
                "litres": { "type": "integer" }
            } } }
        }),
        &json!({ "months": [
            { "month": "January", "hours": 420, "litres": 110 },
            { "month": "February", "hours": 380, "litres": 98 },
            { "month": "March", "hours": 331, "litres": 84 },
            { "month": "April", "hours": 260, "litres": 70 },
            { "month": "May", "hours": 210, "litres": 55 }
        ] }),
    );
}

#[test]
fn a_cell_over_several_rows_belongs_to_each() {
    let web_page = "<!doctype html><html><body><table>\
        <tr><th>Kind</th><th>Item</th><th>Price</th></tr>\
        <tr><td rowspan=\"2\">Fruit</td><td>Apple</td><td>1.20</td></tr>\
        <tr><td>Pear</td><td>1.50</td></tr>\
        <tr><td>Bread</td><td>Rye loaf</td><td>3.10</td></tr>\
        </table></body></html>";
    let found = extracted(
        web_page.as_bytes().to_vec(),
        &json!({
            "goods": { "type": "array", "items": { "type": "object", "properties": {
                "kind": { "type": "string" },
                "item": { "type": "string" },
                "price": { "type": "number" }
            } } }
        }),
    );
    assert_eq!(
        object(&found.fields),
        json!({ "goods": [
            { "kind": "Fruit", "item": "Apple", "price": 1.2 },
            { "kind": "Fruit", "item": "Pear", "price": 1.5 },
            { "kind": "Bread", "item": "Rye loaf", "price": 3.1 }
        ] }),
    );
}

#[test]
fn a_form_with_labels_above_the_values() {
    let form = drawn(&[
        (72.0, 80.0, "1. Name"),
        (320.0, 80.0, "2. Registration No."),
        (84.0, 94.0, "Katharine Example"),
        (332.0, 94.0, "6371"),
        (72.0, 120.0, "3. Residence Address"),
        (320.0, 120.0, "4. Date of Birth"),
        (84.0, 134.0, "8190 Strawberry Lane, Apt 121"),
        (332.0, 134.0, "05/06/1985"),
        (84.0, 146.0, "Falls Church, VA 22042"),
        (72.0, 180.0, "5. Married"),
        (84.0, 194.0, "Yes"),
    ]);
    check(
        form,
        &json!({
            "name": { "type": "string" },
            "registration_number": { "type": "string" },
            "residence_address": { "type": "string" },
            "date_of_birth": { "type": "string", "format": "date" },
            "married": { "type": "boolean" }
        }),
        &json!({
            "name": "Katharine Example",
            "registration_number": "6371",
            "residence_address": "8190 Strawberry Lane, Apt 121 Falls Church, VA 22042",
            "date_of_birth": "1985-05-06",
            "married": true
        }),
    );
}

fn contract() -> Vec<u8> {
    let text = [
        "MUTUAL NONDISCLOSURE AGREEMENT",
        "",
        "This Agreement is made and entered into as of the 17th day of September, 2001, by and",
        "between Harbour Software, Inc., a Delaware corporation (\"Harbour\"), and Starling",
        "Systems LLC, a Texas company (the \"Recipient\").",
        "",
        "1. Notices. Either party may end talks with thirty (30) days notice to the other.",
        "",
        "2. Term. This Agreement shall remain in effect for five (5) years from its date.",
        "",
        "3. Governing Law. This Agreement shall be governed by and construed in accordance with",
        "the laws of the State of New York, without regard to conflicts of law rules.",
    ];
    let lines: Vec<String> = text.iter().map(|line| (*line).to_owned()).collect();
    page(|page| page.lines(72.0, 90.0, 14.0, 11.0, Font::Times, &lines))
}

#[test]
fn a_contract() {
    check(
        contract(),
        &json!({
            "effective_date": { "type": "string", "format": "date" },
            "jurisdiction": { "type": "string", "description": "State whose law governs" },
            "party": { "type": "array", "items": { "type": "string" },
                       "description": "Names of all parties to the agreement" },
            "term": { "type": "string", "description": "Length of time the agreement lasts" },
            "monthly_rent": { "type": "number" }
        }),
        &json!({
            "effective_date": "2001-09-17",
            "jurisdiction": "New York",
            "party": ["Harbour Software, Inc.", "Starling Systems LLC"],
            "term": "5 years",
            "monthly_rent": null
        }),
    );
}

#[test]
fn both_ends_of_a_range() {
    let order = drawn(&[
        (72.0, 80.0, "Contract #"),
        (160.0, 80.0, "553015"),
        (72.0, 96.0, "Schedule Dates"),
        (160.0, 96.0, "01/27/20-02/02/20"),
        (72.0, 112.0, "Advertiser"),
        (160.0, 112.0, "Larkin for Mayor"),
        (72.0, 128.0, "Advertiser Code"),
        (160.0, 128.0, "MBLM"),
    ]);
    check(
        order,
        &json!({
            "contract_num": { "type": "string", "description": "Contract, order or invoice number" },
            "advertiser": { "type": "string" },
            "flight_from": { "type": "string", "description": "First date of the flight" },
            "flight_to": { "type": "string", "description": "Last date of the flight" }
        }),
        &json!({
            "contract_num": "553015",
            "advertiser": "Larkin for Mayor",
            "flight_from": "01/27/20",
            "flight_to": "02/02/20"
        }),
    );
}

#[test]
fn schemas_with_references_alternatives_and_choices() {
    let schema = json!({
        "type": "object",
        "properties": {
            "invoice": { "$ref": "#/$defs/Head" },
            "currency": { "enum": ["EUR", "USD", null] },
            "status": { "anyOf": [{ "type": "null" }, { "enum": ["draft", "final"] }] }
        },
        "$defs": { "Head": { "type": "object", "properties": {
            "number": { "type": ["null", "string"] },
            "date": { "anyOf": [{ "type": "string", "format": "date" }, { "type": "null" }] }
        } } }
    });
    let found = extracted_by(invoice(), &schema);
    let expected = json!({
        "invoice": { "number": "INV-2024-0117", "date": "2024-03-17" },
        "currency": "USD",
        "status": null
    });
    assert_eq!(object(&found.fields), expected);
    let names: Vec<&str> = found.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["invoice", "currency", "status"], "the order of the schema");
}

#[test]
fn a_label_that_fits_better_is_more_certain() {
    let document =
        || drawn(&[(72.0, 80.0, "Policy number: 12-345"), (72.0, 100.0, "File: 99-876")]);
    let score = |name: &str| {
        let found = extracted(document(), &json!({ name: { "type": "string" } }));
        found.fields[0].found.score
    };
    let (exact, near, none) =
        (score("policy_number"), score("policy_id_code"), score("vehicle_number"));
    assert!(exact > near && near > none, "{exact} {near} {none}");
    assert!(exact > 0.9 && none == 0.0, "{exact} {none}");
}

#[test]
fn a_box_for_each_line_of_a_value() {
    let document = drawn(&[
        (72.0, 80.0, "Delivery address:"),
        (180.0, 80.0, "12 High Street"),
        (180.0, 93.0, "London SW1A 1AA"),
        (72.0, 120.0, "Remarks:"),
        (180.0, 120.0, "none"),
    ]);
    let found = extracted(document, &json!({ "delivery_address": { "type": "string" } }));
    let found = &found.fields[0].found;
    assert_eq!(plain(found), json!("12 High Street London SW1A 1AA"));
    let texts: Vec<&str> = found.boxes.iter().map(|grounded| grounded.text.as_str()).collect();
    assert_eq!(texts, ["12 High Street", "London SW1A 1AA"]);
    let first = &found.boxes[0];
    assert!((first.bbox[0] - 180.0).abs() < 1.0 && first.page_width == 595.0, "{first:?}");
}

#[test]
fn nothing_is_made_up() {
    let empty = page(|page| page.text(72.0, 80.0, 10.0, Font::Helvetica, "Hello there"));
    check(
        empty,
        &json!({
            "total": { "type": "number" },
            "date": { "type": "string" },
            "seller": { "type": "object", "properties": { "vat_id": { "type": "string" } } },
            "items": { "type": "array", "items": { "type": "object", "properties": {
                "name": { "type": "string" }, "price": { "type": "number" } } } },
            "tags": { "type": "array", "items": { "type": "string" } },
            "paid": { "type": "boolean" }
        }),
        &json!({
            "total": null, "date": null, "seller": { "vat_id": null }, "items": null, "tags": null,
            "paid": null
        }),
    );
}

#[test]
fn a_long_document_and_odd_schemas_end() {
    let many = (0..120).fold(PdfBuilder::new(), |pdf, number| {
        pdf.page(|page| {
            let total = format!("Total: ${number}.00");
            (0..40).fold(page, |page, line| {
                page.text(72.0, 60.0 + 18.0 * f64::from(line), 10.0, Font::Helvetica, &total)
            })
        })
    });
    let schema = json!({
        "type": "object",
        "properties": {
            "total": { "type": "number" },
            "itself": { "$ref": "#" },
            "": {},
            "nothing": { "type": [] },
            "lists": { "type": "array", "items": { "type": "array", "items": { "type": "number" } } }
        }
    });
    let found = extracted_by(many.build(), &schema);
    assert_eq!(found.fields.len(), 5);
    assert!(plain(&found.fields[0].found).is_number());
}
