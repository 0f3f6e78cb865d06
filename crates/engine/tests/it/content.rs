//! What the interpreter reads from pages: fonts, forms, annotations, layers, replacement text.

use docket_contract::ParseSpec;
use docket_testkit::pdf::{Font, Page, RawPdf};

use crate::support::{outline, page, parsed, result, segments, text};

/// A page with a font `F`, and whatever else its dictionary and resources are to hold.
fn raw_page(font: &str, content: &str, entries: &str, resources: &str) -> RawPdf {
    RawPdf::new()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, "<< /Type /Pages /Count 1 /Kids [3 0 R] >>")
        .object(
            3,
            &format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R {entries} \
                 /Resources << /Font << /F 5 0 R >> {resources} >> >>"
            ),
        )
        .stream(4, "", content.as_bytes())
        .object(5, font)
}

const TIMES: &str =
    "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>";

fn form(number: usize, content: &str) -> impl Fn(RawPdf) -> RawPdf {
    let content = content.to_owned();
    move |pdf| {
        let entries = "/Type /XObject /Subtype /Form /BBox [0 0 400 400] /Matrix [1 0 0 1 50 60]";
        pdf.stream(number, entries, content.as_bytes())
    }
}

#[test]
fn all_ways_to_show_text() {
    let content = "BT /F 12 Tf 14 TL 72 700 Td (one) Tj T* (two) Tj (three) ' 1 0 (four) \" \
                   [(fi) -20 (ve) -600 (six)] TJ ET";
    assert_eq!(
        text(&result(raw_page(TIMES, content, "", "").build(1))),
        "one two three fourfive six"
    );
}

#[test]
fn to_unicode_maps_win_over_the_encoding() {
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /ToUnicode 6 0 R >>";
    let map = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> \
                endcodespacerange 2 beginbfchar <41> <00DF> <42> <0066006600690020> endbfchar endcmap";
    let pdf = raw_page(font, "BT /F 12 Tf 72 700 Td (AB) Tj ET", "", "").stream(6, "", map);
    assert_eq!(text(&result(pdf.build(1))), "\u{DF}ffi");
}

#[test]
fn type3_glyphs_named_by_their_codes_are_characters_unless_counted_out() {
    let font = |differences: &str| {
        format!(
            "<< /Type /Font /Subtype /Type3 /FontMatrix [0.001 0 0 0.001 0 0] /FontBBox [0 0 700 900] \
             /FirstChar 1 /LastChar 232 /CharProcs << >> /Encoding << /Differences [{differences}] >> >>"
        )
    };
    let read = |differences: &str, string: &str| {
        let content = format!("BT /F 20 Tf 72 700 Td {string} Tj ET");
        let page = raw_page(&font(differences), &content, "", "").build(1);
        parsed(page, &ParseSpec::default()).map(|result| text(&result)).unwrap_or_default()
    };
    assert_eq!(read("32 /32 72 /72 232 /232", "<48E8>"), "H\u{E8}");
    assert_eq!(read("40 /40 /41 /42", "<2829>"), "");
}

#[test]
fn shapes_of_arabic_letters_are_letters() {
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /ToUnicode 6 0 R >>";
    let map = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> \
                endcodespacerange 2 beginbfchar <41> <FEFB> <42> <FE91> endbfchar endcmap";
    let pdf = raw_page(font, "BT /F 12 Tf 72 700 Td (AB) Tj ET", "", "").stream(6, "", map);
    assert_eq!(text(&result(pdf.build(1))), "\u{628}\u{644}\u{627}");
}

#[test]
fn type3_glyphs_are_read_by_their_names() {
    let font = "<< /Type /Font /Subtype /Type3 /FontMatrix [0.001 0 0 0.001 0 0] /FontBBox [0 0 700 900] \
                /FirstChar 1 /LastChar 2 /Widths [700 700] /CharProcs << /H 6 0 R /i 6 0 R >> \
                /Encoding << /Differences [1 /H /i] >> >>";
    let pdf = raw_page(font, "BT /F 20 Tf 72 700 Td <0102> Tj ET", "", "");
    assert_eq!(text(&result(pdf.stream(6, "", b"700 0 d0 0 0 500 500 re f").build(1))), "Hi");
}

#[test]
fn forms_are_drawn_with_their_matrix_and_the_pages_fonts() {
    let pdf = raw_page(TIMES, "q /Form Do Q", "", "/XObject << /Form 6 0 R >>");
    let pdf = form(6, "BT /F 12 Tf 10 20 Td (within) Tj ET")(pdf);
    let result = result(pdf.build(1));
    assert_eq!(text(&result), "within");
    let bbox = result.chunks[0].segments[0].bbox.unwrap();
    assert!((bbox.left - 120.0).abs() < 0.5, "{bbox:?}");
    assert!((bbox.top + bbox.height - (842.0 - 80.0) * 2.0).abs() < 12.0, "{bbox:?}");
}

#[test]
fn annotations_show_their_appearance_unless_hidden() {
    let annotation = |flags: u32| {
        let entries = format!(
            "/Annots [<< /Type /Annot /Subtype /Widget /F {flags} /Rect [100 100 500 500] \
             /AP << /N 6 0 R >> >>]"
        );
        let pdf = raw_page(TIMES, "BT /F 12 Tf 72 700 Td (page) Tj ET", &entries, "");
        let pdf = form(6, "BT /F 12 Tf 10 20 Td (filled) Tj ET")(pdf);
        text(&result(pdf.build(1)))
    };
    assert_eq!(annotation(4), "page\nfilled");
    assert_eq!(annotation(2), "page");
}

#[test]
fn layers_that_are_off_are_not_read() {
    let content = "/OC /Off BDC BT /F 12 Tf 72 700 Td (hidden) Tj ET EMC \
                   /OC /On BDC BT /F 12 Tf 72 650 Td (shown) Tj ET EMC";
    let pdf = raw_page(TIMES, content, "", "/Properties << /Off 6 0 R /On 7 0 R >>")
        .object(
            1,
            "<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [6 0 R 7 0 R] /D << /OFF [6 0 R] >> >> >>",
        )
        .object(6, "<< /Type /OCG /Name (a) >>")
        .object(7, "<< /Type /OCG /Name (b) >>");
    assert_eq!(text(&result(pdf.build(1))), "shown");
}

#[test]
fn replacement_text_stands_for_what_is_drawn() {
    let content =
        "BT /F 12 Tf 72 700 Td (a ) Tj /Span << /ActualText (real) >> BDC (xyz) Tj EMC ET";
    assert_eq!(text(&result(raw_page(TIMES, content, "", "").build(1))), "a real");
}

#[test]
fn accents_that_are_drawn_over_letters_become_one_character() {
    let content = "BT /F 12 Tf 72 700 Td (caf) Tj 1 0 0 1 87.3 700 Tm <B4> Tj \
                   1 0 0 1 86.65 700 Tm (e) Tj ET";
    assert_eq!(text(&result(raw_page(TIMES, content, "", "").build(1))), "caf\u{E9}");
}

#[test]
fn words_are_parted_by_gaps_and_not_by_kerning() {
    let content = "BT /F 10 Tf 72 700 Td [(W) 80 (ords) -300 (ar) -30 (e) -280 (parted)] TJ ET";
    assert_eq!(text(&result(raw_page(TIMES, content, "", "").build(1))), "Words are parted");
    let spaced = "BT /F 10 Tf 3 Tc 72 700 Td [(SPACED) -600 (OUT)] TJ ET";
    assert_eq!(text(&result(raw_page(TIMES, spaced, "", "").build(1))), "SPACED OUT");
}

#[test]
fn scripts_stay_in_their_line() {
    let content = "BT /F 12 Tf 72 700 Td (x) Tj /F 7 Tf 4 Ts (2) Tj /F 12 Tf 0 Ts ( and H) Tj \
                   /F 7 Tf -3 Ts (2) Tj /F 12 Tf 0 Ts (O) Tj ET";
    assert_eq!(text(&result(raw_page(TIMES, content, "", "").build(1))), "x2 and H2O");
}

#[test]
fn scripts_are_marked_in_html() {
    let script = |size: u8, rise: i8, text: &str| {
        format!("/F {size} Tf {rise} Ts ({text}) Tj /F 12 Tf 0 Ts")
    };
    // In one go, in pieces that were placed one by one, and of the size of its line.
    let content = format!(
        "BT /F 12 Tf 72 700 Td (H) Tj {} (O & 10) Tj {} ( by Smith) Tj {} (.) Tj ET \
         BT /F 12 Tf 72 660 Td (with x) Tj ET BT /F 7 Tf 102.4 657 Td (ij) Tj ET \
         BT /F 12 Tf 112 660 Td (and more of it, as before) Tj ET",
        script(8, -3, "2"),
        script(8, 5, "12"),
        script(12, 5, "1,2"),
    );
    let result = result(raw_page(TIMES, &content, "", "").build(1));
    let html: Vec<&str> = segments(&result).iter().filter_map(|one| one.html.as_deref()).collect();
    assert_eq!(
        html,
        [
            "<p>H<sub>2</sub>O &amp; 10<sup>12</sup> by Smith<sup>1,2</sup>.</p>",
            "<p>with x<sub>ij</sub> and more of it, as before</p>",
        ]
    );
    assert!(text(&result).starts_with("H2O & 1012 by Smith1,2."), "plain where it is plain");
}

#[test]
fn raised_marks_of_notes_are_words_of_their_own() {
    for mark in ["/F 8 Tf 3 Ts (2) Tj 0 Ts", "/F 6 Tf 3 Ts (2) Tj 0 Ts /F 8 Tf"] {
        let content = format!("BT /F 8 Tf 72 90 Td {mark} (See the report of that year.) Tj ET");
        let read = text(&result(raw_page(TIMES, &content, "", "").build(1)));
        assert_eq!(read, "2 See the report of that year.");
    }
}

#[test]
fn ligatures_fall_into_their_letters() {
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding << /Type /Encoding \
                /Differences [128 /fi /ff /ffl /T_h /uniFB03] >> >>";
    let content = "BT /F 12 Tf 72 700 Td (A\\200 o\\201er ba\\202es o\\204ces) Tj \
                   0 -14 Td (\\203e e\\201ect) Tj ET";
    // Without widths all letters of one stand at the same place, and are no bold print.
    assert_eq!(
        text(&result(raw_page(font, content, "", "").build(1))),
        "Afi offer baffles offices The effect"
    );
}

/// As Ghostscript writes them.
#[test]
fn maps_that_tell_the_last_letter_of_a_ligature_are_completed() {
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /ToUnicode 6 0 R /Encoding \
                << /Type /Encoding /BaseEncoding /WinAnsiEncoding \
                /Differences [27 /f_f /fi /T_h.alt /a_b /f_i] >> >>";
    let map = b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange 6 beginbfrange \
                <1B> <1B> <0066> <1C> <1C> <0069> <1D> <1D> <0068> <1E> <1E> <0078> \
                <1F> <1F> <FB01> <20> <7E> <0020> endbfrange endcmap";
    let content = "BT /F 12 Tf 72 700 Td (\\035e signi\\034cant di\\033erence \\036 \\037) Tj ET";
    let pdf = raw_page(font, content, "", "").stream(6, "", map);
    assert_eq!(text(&result(pdf.build(1))), "The significant difference x fi");
}

/// The same in a composite font, whose glyphs have no names: widths tell.
#[test]
fn ligatures_of_composite_fonts_are_told_by_their_widths() {
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /Arial /Encoding /Identity-H \
                /DescendantFonts [6 0 R] /ToUnicode 7 0 R >>";
    let descendant = "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Arial /DW 556 \
                      /W [1 [278 222 500 778 222]] \
                      /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>";
    let map = b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 8 beginbfchar \
                <0001> <0066> <0002> <0069> <0003> <0069> <0004> <0069> <0005> <006C> \
                <0006> <006E> <0007> <0061> <0008> <006F> endbfchar endcmap";
    // final, info, offi, fin: the ligatures are codes 3 and 4.
    let content = "BT /F 12 Tf 72 700 Td <0003000600070005> Tj 60 0 Td <0002000600010008> Tj \
                   60 0 Td <00080004> Tj 60 0 Td <000100020006> Tj ET";
    let pdf = raw_page(font, content, "", "").object(6, descendant).stream(7, "", map);
    assert_eq!(text(&result(pdf.build(1))).replace('\n', " "), "final info offi fin");
}

#[test]
fn text_at_an_angle_is_read_run_by_run() {
    let label = |x: f64, text: &'static str| {
        move |page: Page| page.text_turned(x, 400.0, 45.0, 9.0, Font::Helvetica, text)
    };
    let document = page(|page| {
        let page = page.text(72.0, 100.0, 12.0, Font::Times, "A plain line of the page under it.");
        let page = page.text_turned(150.0, 700.0, 52.0, 64.0, Font::HelveticaBold, "DRAFT COPY");
        label(160.0, "Other")(label(120.0, "North Sea")(page))
    });
    let read = outline(&result(document));
    let texts: Vec<&str> = read.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["A plain line of the page under it.", "DRAFT COPY", "North Sea", "Other"]);
    assert!(read.iter().all(|(kind, _)| kind == "Text"), "{read:?}");
}

#[test]
fn right_to_left_scripts_come_out_in_reading_order() {
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /ToUnicode 6 0 R >>";
    let map = b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange \
                <61> <7A> <05D0> endbfrange endcmap";
    // Drawn from left to right, as most programs do: the last word first, backwards.
    let pdf = raw_page(font, "BT /F 12 Tf 72 700 Td (fed 12 cba) Tj ET", "", "").stream(6, "", map);
    let read = text(&result(pdf.build(1)));
    assert_eq!(read, "\u{5D0}\u{5D1}\u{5D2} 12 \u{5D3}\u{5D4}\u{5D5}");
}

#[test]
fn a_heading_and_its_text() {
    let document = page(|page| {
        page.text(72.0, 80.0, 20.0, Font::HelveticaBold, "Tides")
            .text(72.0, 130.0, 13.0, Font::HelveticaBold, "2.1 Spring tides")
            .text(
                72.0,
                150.0,
                10.0,
                Font::Times,
                "They come twice a month, when the sun and the moon pull",
            )
            .text(72.0, 162.0, 10.0, Font::Times, "in one line.")
            .text(72.0, 200.0, 10.0, Font::Times, "Table 3. Heights of the tide in metres")
    });
    let wanted = [
        ("Title", "Tides"),
        ("SectionHeader", "2.1 Spring tides"),
        ("Text", "They come twice a month, when the sun and the moon pull in one line."),
        ("Caption", "Table 3. Heights of the tide in metres"),
    ];
    let outline = outline(&result(document));
    let outline: Vec<(&str, &str)> =
        outline.iter().map(|(kind, text)| (kind.as_str(), text.as_str())).collect();
    assert_eq!(outline, wanted);
}

#[test]
fn what_is_clipped_away_is_not_there() {
    let clipped = |operators: &str| text(&result(page(|page| page.raw(operators))));
    let word = "BT /Ti 12 Tf 72 700 Td (unseen) Tj ET";
    assert_eq!(clipped(&format!("q 300 300 50 50 re W n {word} Q")), "");
    assert_eq!(clipped(&format!("q 70 690 200 30 re W* n {word} Q")), "unseen");
    let partly = format!("q 72 690 20 30 re W n {word} Q");
    assert_eq!(clipped(&partly), "unse", "letters that are cut in two can be seen");
    let after = format!("q 300 300 50 50 re W n Q {word}");
    assert_eq!(clipped(&after), "unseen", "the path ends with its state");
    let twice = format!("q 60 600 300 300 re W n 300 300 50 50 re W n {word} Q");
    assert_eq!(clipped(&twice), "");
}

/// A page whose lines all look alike: only the tree tells which of them are headings.
fn tagged(tree: bool) -> Vec<u8> {
    let lines = [
        ("H1", "Of lamps"),
        ("P", "A lamp is lit at dusk and put out at dawn, on every day of the year."),
        ("H2", "Their oil"),
        ("P", "Oil is carried up the stair in cans, four of them on a winter day."),
        ("H2", "Their wicks"),
        ("P", "A wick is trimmed by hand, and never by two keepers of one name."),
    ];
    let mut content =
        String::from("/Artifact BMC BT /F 11 Tf 72 800 Td (Harbour board) Tj ET EMC ");
    let mut elements = String::new();
    for (piece, (role, text)) in lines.iter().enumerate() {
        let y = 700 - 30 * piece;
        content +=
            &format!("/{role} << /MCID {piece} >> BDC BT /F 11 Tf 72 {y} Td ({text}) Tj ET EMC ");
        elements += &format!("<< /S /{role} /Pg 3 0 R /K {piece} >> ");
    }
    let root = if tree { "/StructTreeRoot 6 0 R" } else { "" };
    let last = "BT /F 11 Tf 72 700 Td (The end of it.) Tj ET";
    let page = |contents: usize| {
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {contents} 0 R \
             /Resources << /Font << /F 5 0 R >> >> >>"
        )
    };
    RawPdf::new()
        .object(1, &format!("<< /Type /Catalog /Pages 2 0 R {root} >>"))
        .object(2, "<< /Type /Pages /Count 2 /Kids [3 0 R 7 0 R] >>")
        .object(3, &page(4))
        .stream(4, "", content.as_bytes())
        .object(7, &page(8))
        .stream(8, "", last.as_bytes())
        .object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>")
        .object(6, &format!("<< /Type /StructTreeRoot /K [<< /S /Document /K [{elements}] >>] >>"))
        .build(1)
}

#[test]
fn the_structure_tree_tells_headings_and_running_lines() {
    let kinds = |tree: bool| -> Vec<String> {
        outline(&result(tagged(tree))).into_iter().map(|(kind, _)| kind).collect()
    };
    assert_eq!(
        kinds(true),
        ["PageHeader", "Title", "Text", "SectionHeader", "Text", "SectionHeader", "Text", "Text"]
    );
    assert!(!kinds(false).contains(&"SectionHeader".to_owned()));
    let markdown = crate::support::markdown(&result(tagged(true)));
    assert!(markdown.contains("# Of lamps\n") && markdown.contains("## Their oil\n"), "{markdown}");
}

/// The same lines with an outline that names them, numbers and all.
fn outlined(outline: bool) -> Vec<u8> {
    let lines =
        ["Lamps", "A lamp is lit at dusk.", "2 Oil", "It is carried up.", "2.1 Cans", "Four."];
    let mut content = String::new();
    for (index, text) in lines.iter().enumerate() {
        let y = 700 - 30 * index;
        content += &format!("BT /F 11 Tf 72 {y} Td ({text}) Tj ET ");
    }
    let root = if outline { "/Outlines 6 0 R" } else { "" };
    RawPdf::new()
        .object(1, &format!("<< /Type /Catalog /Pages 2 0 R {root} >>"))
        .object(2, "<< /Type /Pages /Count 1 /Kids [3 0 R] >>")
        .object(
            3,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
             /Resources << /Font << /F 5 0 R >> >> >>",
        )
        .stream(4, "", content.as_bytes())
        .object(5, "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>")
        .object(6, "<< /First 7 0 R /Last 8 0 R /Count 2 >>")
        .object(7, "<< /Title (Lamps) /Parent 6 0 R /Next 8 0 R >>")
        // The next entry after the last is the first again: a circle that has to end.
        .object(8, "<< /Title (Oil) /Parent 6 0 R /First 9 0 R /Next 7 0 R >>")
        .object(9, "<< /Title (2.1 CANS) /Parent 8 0 R >>")
        .build(1)
}

#[test]
fn the_outline_tells_headings() {
    let markdown = |outline: bool| crate::support::markdown(&result(outlined(outline)));
    let told = markdown(true);
    for heading in ["## Lamps\n", "## 2 Oil\n", "### 2.1 Cans\n"] {
        assert!(told.contains(heading), "{told}");
    }
    assert!(!markdown(false).contains('#'), "{}", markdown(false));
}

/// Japanese from top to bottom, its columns from right to left.
fn vertical() -> Vec<u8> {
    let font = "<< /Type /Font /Subtype /Type0 /BaseFont /Mincho /Encoding /UniJIS-UTF16-V \
                /DescendantFonts [6 0 R] >>";
    let descendant = "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Mincho /DW 1000 \
                      /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 4 >> >>";
    let columns = ["706F53F0306F", "6D770020306E", "5149306730423002"];
    let mut content = String::from("BT /F 12 Tf ");
    for (index, column) in columns.iter().enumerate() {
        content += &format!("1 0 0 1 {} 700 Tm <{column}> Tj ", 400 - 20 * index);
    }
    content += "ET";
    RawPdf::new()
        .object(1, "<< /Type /Catalog /Pages 2 0 R >>")
        .object(2, "<< /Type /Pages /Count 1 /Kids [3 0 R] >>")
        .object(
            3,
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
             /Resources << /Font << /F 5 0 R >> >> >>",
        )
        .stream(4, "", content.as_bytes())
        .object(5, font)
        .object(6, descendant)
        .build(1)
}

#[test]
fn vertical_text_is_read_down_and_then_to_the_left() {
    let read = text(&result(vertical()));
    assert_eq!(
        read.replace(['\n', ' '], ""),
        "\u{706F}\u{53F0}\u{306F}\u{6D77}\u{306E}\u{5149}\u{3067}\u{3042}\u{3002}"
    );
}

#[test]
fn columns_of_turned_text_are_read_one_after_the_other() {
    let line =
        |number: usize| format!("line {number} of a column that runs up the side of the sheet");
    let document = page(|page| {
        (0..6).fold(page, |page, number| {
            page.text_turned(
                100.0 + 14.0 * number as f64,
                700.0,
                90.0,
                10.0,
                Font::Times,
                &line(number),
            )
        })
    });
    let wanted: Vec<String> = (0..6).map(line).collect();
    assert_eq!(text(&result(document)), wanted.join(" "));
}
