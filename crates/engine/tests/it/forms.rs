//! Forms of PDFs: values that no appearance shows, checkboxes, texts typed onto pages, links and
//! looks of words.

use docket_contract::ParseSpec;
use docket_contract::spec::WordDetails;
use docket_engine::model::Document;
use docket_engine::{ParseRequest, read};
use docket_testkit::pdf::{Font, Page, RawPdf};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::extract::{extracted as found, object};
use crate::support::{markdown, page, parsed, result, segments};

/// A page of 400 x 400 points with texts at places from its lower left corner, and annotations.
fn form(texts: &[(u32, u32, &str)], annotations: &[String]) -> Vec<u8> {
    let content: String = texts
        .iter()
        .map(|(x, y, text)| format!("BT /F 10 Tf {x} {y} Td ({text}) Tj ET\n"))
        .collect();
    let numbers: Vec<String> = (0..annotations.len()).map(|n| format!("{} 0 R", 10 + n)).collect();
    let page = format!(
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Contents 4 0 R /Annots [{}] \
         /Resources << /Font << /F 5 0 R >> >> >>",
        numbers.join(" ")
    );
    let pdf = RawPdf::new()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, "<< /Type /Pages /Count 1 /Kids [3 0 R] >>")
        .object(3, &page)
        .stream(4, "", content.as_bytes())
        .object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>")
        .object(6, "<< /FT /Tx /T (owner) /V (Wick & Sons) /DA (/Helv 0 Tf) >>")
        .object(7, "<< /FT /Btn /Ff 49152 /T (engine) /V /motor >>")
        .stream(
            8,
            "/Type /XObject /Subtype /Form /BBox [0 0 200 60] /Resources << /Font << /F 5 0 R >> >>",
            b"/Tx BMC BT /F 10 Tf 2 44 Td (First lineSecond line) Tj ET EMC",
        )
        .stream(9, "/Type /XObject /Subtype /Form /BBox [0 0 200 60]", b"/Tx BMC EMC");
    let objects = annotations.iter().enumerate();
    objects.fold(pdf, |pdf, (n, body)| pdf.object(10 + n, body)).build(1)
}

fn widget(rect: &str, more: &str) -> String {
    format!("<< /Type /Annot /Subtype /Widget /F 4 /Rect [{rect}] {more} >>")
}

fn check(texts: &[(u32, u32, &str)], annotations: &[String], expected: &str) {
    assert_eq!(markdown(&result(form(texts, annotations))).trim_end(), expected);
}

#[test]
fn values_without_appearance_stand_beside_their_labels() {
    let field = |y: u32, more: &str| widget(&format!("120 {y} 300 {}", y + 16), more);
    check(
        &[(40, 304, "Lamp keeper:"), (40, 264, "Port:"), (40, 224, "Oil \\(kg\\):")],
        &[
            field(300, "/FT /Tx /T (a) /V <FEFF005A006F00EB0020004D00610072006C> /DA (/F 10 Tf)"),
            field(260, "/FT /Ch /T (b) /Opt [[(1) (Odle)] [(2) (Fernwick)]] /V (2)"),
            field(220, "/FT /Tx /T (c) /V (7.45) /AP << /N 9 0 R >>"),
        ],
        "Lamp keeper: Zo\u{EB} Marl\n\nPort: Fernwick\n\nOil (kg): 7.45",
    );
}

#[test]
fn fields_inherit_their_values() {
    check(
        &[(40, 304, "Owner:")],
        &[widget("120 300 300 316", "/Parent 6 0 R")],
        "Owner: Wick & Sons",
    );
}

#[test]
fn values_below_and_in_several_lines_are_read() {
    let note = "/FT /Tx /Ff 4096 /T (n) /DA (/F 10 Tf) /V (Two wicks.\\rOne glass.\\nNo oil.)";
    let text = markdown(&result(form(
        &[(40, 304, "Name"), (40, 254, "Remarks:")],
        &[
            widget("40 284 300 300", "/FT /Tx /T (m) /V (Odile) /DA (/F 10 Tf)"),
            widget("120 200 300 265", note),
        ],
    )));
    let places: Vec<Option<usize>> =
        ["Name", "Odile", "Remarks:", "Two wicks.", "One glass.", "No oil."]
            .iter()
            .map(|part| text.find(part))
            .collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{text}");
    assert!(!text.contains("wicks.One") && !text.contains("glass.No"), "{text}");
}

#[test]
fn a_value_comes_once() {
    let shown = widget(
        "120 300 320 360",
        "/FT /Tx /Ff 4096 /V (First line\\nSecond line) /AP << /N 8 0 R >>",
    );
    let text = markdown(&result(form(&[(40, 340, "Lines:")], &[shown])));
    assert_eq!(text.matches("First line").count(), 1, "{text}");
    assert!(text.contains("First line Second line"), "lines were run together: {text}");
    // The page shows the value itself.
    let flat = widget("120 300 300 316", "/FT /Tx /V (Marrow)");
    check(&[(40, 304, "Name:"), (122, 304, "Marrow")], &[flat], "Name: Marrow");
}

#[test]
fn what_is_hidden_or_secret_stays_so() {
    let annotations = [
        widget("120 300 300 316", "/FT /Tx /V (HIDDEN) /F 2"),
        widget("120 260 300 276", "/FT /Tx /Ff 8192 /V (SECRET)"),
        widget("120 220 300 236", "/FT /Btn /Ff 65536 /V (PUSH)"),
    ];
    check(&[(40, 304, "Name:")], &annotations, "Name:");
}

#[test]
fn texts_typed_onto_a_page_replace_the_dots_that_they_stand_on() {
    let typed = "<< /Type /Annot /Subtype /FreeText /F 4 /Rect [100 299 220 315] /DA (/Helv 10 Tf) \
                 /Contents (PN-88231) >>";
    let row = (40, 304, "Policy number: ................................");
    check(&[row], &[typed.to_owned()], "Policy number: PN-88231");
}

#[test]
fn fields_are_part_of_the_document() {
    let spec = ParseSpec::default();
    let request = ParseRequest::new(&spec, Uuid::nil());
    let file = form(
        &[(60, 304, "Oil")],
        &[
            widget("40 300 52 312", "/FT /Btn /T (oil) /TU (Oil wanted) /AS /On"),
            widget("120 300 300 316", "/Parent 6 0 R"),
        ],
    );
    let document: Document = read(file, &request, &mut |_| {}).unwrap().document;
    let fields = &document.pages[0].fields;
    let seen: Vec<(&str, &str, &str)> = fields
        .iter()
        .map(|field| (field.name.as_str(), field.label.as_str(), field.value.as_str()))
        .collect();
    assert_eq!(seen, [("oil", "Oil wanted", "On"), ("owner", "", "Wick & Sons")]);
    assert!(document.pages[0].checkboxes[0].ticked);
}

/// What a schema finds in a document.
fn extracted(document: Vec<u8>, properties: &Value) -> Value {
    object(&found(document, properties).fields)
}

fn question() -> Value {
    json!({
        "engine": { "enum": ["Sail", "Motor"], "description": "Engine chosen" },
        "rules": { "type": "boolean", "description": "I accept the harbour rules" },
        "newsletter": { "type": "boolean", "description": "Send me the newsletter" },
    })
}

const TEXTS: [(u32, u32, &str); 5] = [
    (40, 304, "Engine:"),
    (120, 304, "Sail"),
    (200, 304, "Motor"),
    (120, 264, "I accept the harbour rules"),
    (120, 244, "Send me the newsletter"),
];

#[test]
fn checked_fields_answer_and_the_labels_of_others_do_not() {
    let document = form(
        &TEXTS,
        &[
            widget("104 302 114 312", "/Parent 7 0 R /AS /Off /AP << /N << /sail 9 0 R >> >>"),
            widget("184 302 194 312", "/Parent 7 0 R /AP << /N << /motor 9 0 R /Off 9 0 R >> >>"),
            widget("104 262 114 272", "/FT /Btn /T (rules) /AS /Yes"),
            widget("104 242 114 252", "/FT /Btn /T (news) /AS /Off"),
        ],
    );
    let expected = json!({ "engine": "Motor", "rules": true, "newsletter": false });
    assert_eq!(extracted(document, &question()), expected);
}

/// Squares drawn before the options; the second and the third of them crossed.
fn drawn(page: Page) -> Page {
    let page = TEXTS.iter().fold(page, |page, (x, y, text)| {
        page.text(f64::from(*x), 842.0 - f64::from(*y), 10.0, Font::Times, text)
    });
    page.raw("0.7 w 104 302 10 10 re S 184 302 10 10 re S 104 262 10 10 re S 104 242 10 10 re S")
        .raw("185 303 m 193 311 l 185 311 m 193 303 l S 105 263 m 113 271 l 105 271 m 113 263 l S")
}

#[test]
fn drawn_boxes_answer() {
    let expected = json!({ "engine": "Motor", "rules": true, "newsletter": false });
    assert_eq!(extracted(page(drawn), &question()), expected);
    let text = json!({ "engine": { "type": "string" } });
    assert_eq!(extracted(page(drawn), &text), json!({ "engine": "Motor" }));
}

#[test]
fn yes_and_no_answer_the_question_before_them() {
    let row = |y: u32, yes: &str, no: &str| {
        [
            widget(&format!("200 {y} 210 {}", y + 10), &format!("/FT /Btn /AS /{yes}")),
            widget(&format!("260 {y} 270 {}", y + 10), &format!("/FT /Btn /AS /{no}")),
        ]
    };
    let texts = [
        (40, 304, "Has the boat an engine?"),
        (176, 304, "Yes"),
        (242, 304, "No"),
        (40, 274, "Is the boat insured?"),
        (176, 274, "Yes"),
        (242, 274, "No"),
    ];
    let document = form(&texts, &[row(302, "Off", "On"), row(272, "1", "Off")].concat());
    let wanted = json!({
        "has_engine": { "type": "boolean" },
        "insured": { "type": "boolean" },
        "insurance": { "enum": ["Yes", "No"], "description": "Is the boat insured" },
    });
    let expected = json!({ "has_engine": false, "insured": true, "insurance": "Yes" });
    assert_eq!(extracted(document, &wanted), expected);
}

#[test]
fn boxes_under_the_heads_of_their_columns_answer() {
    let boxed = |x: u32, y: u32, state: &str| {
        widget(&format!("{x} {y} {} {}", x + 10, y + 10), &format!("/FT /Btn /AS /{state}"))
    };
    let texts = [(200, 330, "Good"), (280, 330, "Poor"), (40, 304, "Hull"), (40, 284, "Sails")];
    let boxes = [
        boxed(205, 302, "On"),
        boxed(285, 302, "Off"),
        boxed(205, 282, "Off"),
        boxed(285, 282, "On"),
    ];
    let wanted =
        json!({ "hull": { "enum": ["good", "poor"] }, "sails": { "enum": ["good", "poor"] } });
    assert_eq!(
        extracted(form(&texts, &boxes), &wanted),
        json!({ "hull": "good", "sails": "poor" })
    );
}

#[test]
fn a_field_is_found_under_the_name_that_only_the_file_knows() {
    let fields = [
        widget("40 300 200 316", "/FT /Tx /T (f1_01) /TU (Registration number) /V (HB-20417)"),
        widget("220 300 380 316", "/FT /Tx /T (owner_email) /V (a@b.example)"),
    ];
    let wanted =
        json!({ "registration_number": {}, "email": { "description": "E-mail of the owner" } });
    let expected = json!({ "registration_number": "HB-20417", "email": "a@b.example" });
    assert_eq!(extracted(form(&[(40, 360, "Boat")], &fields), &wanted), expected);
}

#[test]
fn several_boxes_of_a_question_are_a_list() {
    let texts = [(40, 304, "Wanted:"), (120, 304, "Water"), (200, 304, "Power"), (280, 304, "Oil")];
    let boxed = |x: u32, state: &str| {
        widget(&format!("{x} 302 {} 312", x + 10), &format!("/FT /Btn /AS /{state}"))
    };
    let boxes = [boxed(106, "On"), boxed(186, "Off"), boxed(266, "On")];
    let wanted = json!({ "wanted": {
        "type": "array", "items": { "enum": ["water", "power", "oil"] }
    }});
    let expected = json!({ "wanted": ["water", "oil"] });
    assert_eq!(extracted(form(&texts, &boxes), &wanted), expected);
}

fn linked(rect: &str, more: &str) -> String {
    format!(
        "<< /Type /Annot /Subtype /Link /Rect [{rect}] /A << /S /URI /URI (https://x.org/a) >> {more} >>"
    )
}

#[test]
fn links_are_marked_where_they_lie() {
    let texts = [(40, 304, "Read the harbour guide before you sail.")];
    let from = 40.0 + Font::Times.width("Read the ", 10.0);
    let to = 40.0 + Font::Times.width("Read the harbour guide", 10.0);
    let document = form(&texts, &[linked(&format!("{from} 300 {to} 315"), "")]);
    let found = result(document.clone());
    assert_eq!(
        markdown(&found).trim_end(),
        "Read the [harbour guide](https://x.org/a) before you sail."
    );
    let html = segments(&found)[0].html.clone().unwrap();
    assert!(html.contains("<a href=\"https://x.org/a\">harbour guide</a>"), "{html}");
    let spec = ParseSpec {
        word_details: WordDetails { links: true, ..WordDetails::default() },
        ..ParseSpec::default()
    };
    let words = parsed(document.clone(), &spec).unwrap();
    let links = |result: &docket_contract::ParseResult| {
        let words = segments(result)[0].ocr.clone().unwrap_or_default();
        words.iter().filter(|word| word.link.is_some()).count()
    };
    assert_eq!((links(&words), links(&result(document))), (2, 0));
    // A link over two lines has a box for each.
    let quads = "/QuadPoints [40 312 200 312 40 302 200 302 40 300 90 300 40 290 90 290]";
    let two = form(
        &[
            (40, 304, "The rules of the harbour and the"),
            (40, 292, "fees of all moorings are there."),
        ],
        &[linked("40 290 200 312", quads)],
    );
    assert_eq!(
        markdown(&result(two)).trim_end(),
        "[The rules of the harbour and the fees of all](https://x.org/a) moorings are there."
    );
}

#[test]
fn bold_and_italic_words_are_marked_in_running_text() {
    let line = |page: Page, y: f64, parts: &[(Font, &str)]| {
        let mut x = 72.0;
        parts.iter().fold(page, |page, (font, text)| {
            let page = page.text(x, y, 11.0, *font, text);
            x += font.width(text, 11.0);
            page
        })
    };
    let document = page(|page| {
        let page = page.text(72.0, 80.0, 18.0, Font::TimesBold, "Terms of hire");
        let page = line(
            page,
            120.0,
            &[
                (Font::Times, "The boat is returned "),
                (Font::TimesBold, "by noon"),
                (Font::Times, ", and "),
                (Font::TimesItalic, "with a full tank"),
                (Font::Times, ". The fee is EUR 95 for each day of hire."),
            ],
        );
        line(
            page,
            170.0,
            &[(
                Font::TimesBold,
                "This paragraph is all in bold type and needs no marks at all, as it is long and set so.",
            )],
        )
    });
    let text = markdown(&result(document));
    assert!(text.contains("# Terms of hire\n"), "{text}");
    assert!(
        text.contains("returned **by noon**, and *with a full tank*. The fee is EUR 95"),
        "{text}"
    );
    assert!(!text.contains("**This") && !text.contains("**Terms"), "{text}");
}

#[test]
fn a_letter_in_a_drawn_box_checks_it() {
    let draw = |page: Page| {
        let page = TEXTS.iter().fold(page, |page, (x, y, text)| {
            page.text(f64::from(*x), 842.0 - f64::from(*y), 10.0, Font::Times, text)
        });
        page.text(185.5, 842.0 - 304.0, 10.0, Font::Helvetica, "X")
            .text(106.0, 842.0 - 264.0, 10.0, Font::Helvetica, "x")
            .raw(
                "0.7 w 104 302 10 10 re S 184 302 10 10 re S 104 262 10 10 re S 104 242 10 10 re S",
            )
    };
    let expected = json!({ "engine": "Motor", "rules": true, "newsletter": false });
    assert_eq!(extracted(page(draw), &question()), expected);
    let text = json!({ "engine": { "type": "string" } });
    assert_eq!(extracted(page(draw), &text), json!({ "engine": "Motor" }));
}

#[test]
fn comments_are_notes_of_their_page() {
    let comment = |subtype: &str, more: &str| {
        format!("<< /Type /Annot /Subtype /{subtype} /Rect [300 300 320 320] {more} >>")
    };
    let annotations = [
        comment("Text", "/F 4 /Contents (Ask the skipper)"),
        comment("Highlight", "/Contents (Too\nshort)"),
        comment("Text", "/F 2 /Contents (Hidden)"),
        comment("Popup", "/Contents (Popup)"),
    ];
    let found = result(form(&[(40, 304, "Two weeks.")], &annotations));
    let seen: Vec<(String, String)> = crate::support::outline(&found);
    let seen: Vec<(&str, &str)> =
        seen.iter().map(|(kind, text)| (kind.as_str(), text.as_str())).collect();
    let expected =
        [("Text", "Two weeks."), ("Footnote", "Ask the skipper"), ("Footnote", "Too short")];
    assert_eq!(seen, expected);
}

/// A document with a form in XML; `fields` are those of its pages.
fn xml_form(fields: &str, widgets: &[String]) -> Vec<u8> {
    let template =
        b"<template xmlns='http://www.xfa.org/schema/xfa-template/3.3/'><subform name='form1'>\
        <field name='keeper'><caption><value><text>Lamp keeper</text></value></caption></field>\
        <field name='oil'><caption><value><text>Oil (kg)</text></value></caption></field>\
        </subform></template>";
    let data =
        b"<xfa:datasets xmlns:xfa='http://www.xfa.org/schema/xfa-data/1.0/'><xfa:data><form1>\
        <keeper>Zo&#xEB; Marl</keeper><oil>7.45</oil></form1></xfa:data></xfa:datasets>";
    let numbers: Vec<String> = (0..widgets.len()).map(|n| format!("{} 0 R", 10 + n)).collect();
    let pdf = RawPdf::new()
        .object(
            1,
            &format!(
                "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{fields}] \
             /XFA [(template) 6 0 R (datasets) 7 0 R] >> >>"
            ),
        )
        .object(2, "<< /Type /Pages /Count 1 /Kids [3 0 R] >>")
        .object(
            3,
            &format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Contents 4 0 R /Annots [{}] \
             /Resources << /Font << /F 5 0 R >> >> >>",
                numbers.join(" ")
            ),
        )
        .stream(4, "", b"BT /F 10 Tf 40 304 Td (Keeper:) Tj ET")
        .object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>")
        .stream(6, "", template)
        .stream(7, "", data);
    let objects = widgets.iter().enumerate();
    objects.fold(pdf, |pdf, (n, body)| pdf.object(10 + n, body)).build(1)
}

#[test]
fn values_of_forms_in_xml_are_read() {
    let shown = widget("120 300 300 316", "/FT /Tx /T (form1[0].keeper[0])");
    let text = markdown(&result(xml_form("10 0 R", &[shown])));
    assert_eq!(text.trim_end(), "Keeper: Zo\u{EB} Marl");
    let text = markdown(&result(xml_form("", &[])));
    for line in ["Lamp keeper: Zo\u{EB} Marl", "Oil (kg): 7.45"] {
        assert!(text.contains(line), "{text}");
    }
}
