//! Text in the order and the lines that a page shows: listings, lists, letters, transcripts, columns.

use docket_contract::{ParseResult, SegmentType};
use docket_testkit::pdf::{Font, Page, PdfBuilder, wrap};

use crate::support::{markdown, outline, page, result};

const PROSE: &str = "The keeper climbs the stair at dusk and trims the wick by hand. Ships pass in the \
    strait below, and each of them answers with a short signal. Nobody remembers who began the \
    custom, yet it has never been missed, not even in the winter of the long storm.";

fn prose(page: Page, x: f64, y: f64, width: f64) -> Page {
    page.lines(x, y, 13.0, 10.0, Font::Times, &wrap(PROSE, Font::Times, 10.0, width))
}

/// The text of all segments of a type.
fn texts(result: &ParseResult, kind: SegmentType) -> Vec<String> {
    let all = outline(result).into_iter();
    all.filter(|(own, _)| own == kind.as_str()).map(|(_, text)| text).collect()
}

fn lines(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn listings_keep_their_lines_and_indentation() {
    for (code, size) in [
        (&["fn sum(items: &[u32]) -> u32 {", "    let mut all = 0;", "    all", "}"][..], 8.0),
        (&["$ lamp --trim \\", "      --by hand", "$ lamp --light"], 10.0),
        (&["[lamp]", "height = 12", "", "[oil]", "litres = 40"], 9.0),
    ] {
        let result = result(page(|page| {
            let page = prose(page, 72.0, 90.0, 450.0);
            let leading = 1.2 * size;
            let page = (0..).zip(code).filter(|(_, line)| !line.is_empty()).fold(
                page,
                |page, (at, line)| {
                    let indent = line.chars().take_while(|c| *c == ' ').count() as f64;
                    let (x, y) = (90.0 + 0.6 * size * indent, 160.0 + leading * f64::from(at));
                    page.text(x, y, size, Font::Courier, line.trim_start())
                },
            );
            prose(page, 72.0, 260.0, 450.0)
        }));
        let wanted = format!("```\n{}\n```", code.join("\n"));
        assert!(markdown(&result).contains(&wanted), "{}", markdown(&result));
    }
}

#[test]
fn prose_in_a_typewriter_face_is_no_listing() {
    let typed = |width: f64| wrap(PROSE, Font::Courier, 10.0, width);
    let letter = page(|page| page.lines(72.0, 90.0, 12.0, 10.0, Font::Courier, &typed(400.0)));
    let quotation = page(|page| {
        let page = prose(page, 72.0, 90.0, 450.0);
        let page = page.lines(90.0, 160.0, 12.0, 10.0, Font::Courier, &typed(380.0));
        prose(page, 72.0, 260.0, 450.0)
    });
    let narrow = page(|page| page.lines(72.0, 90.0, 12.0, 10.0, Font::Courier, &typed(250.0)));
    for document in [letter, quotation, narrow] {
        let result = result(document);
        assert!(!markdown(&result).contains("```"), "{}", markdown(&result));
        assert!(markdown(&result).contains("hand. Ships pass in the strait below, and each"));
    }
}

#[test]
fn lists_nest_to_the_third_level() {
    for marks in
        [["1.", "a)", "i.", "ii."], ["1.", "\u{2022}", "(i)", "(ii)"], ["(1)", "A)", "i)", "ii)"]]
    {
        let result = result(page(|page| {
            [
                (72.0, marks[0], "Safety on board"),
                (96.0, marks[1], "Wear a vest"),
                (120.0, marks[2], "also in port"),
                (120.0, marks[3], "also at night"),
                (72.0, if marks[0] == "1." { "2." } else { "(2)" }, "The course"),
            ]
            .iter()
            .zip(0..)
            .fold(page, |page, ((x, mark, text), at)| {
                let y = 90.0 + 18.0 * f64::from(at);
                page.text(*x, y, 10.0, Font::Helvetica, &format!("{mark} {text}"))
            })
        }));
        let items = texts(&result, SegmentType::ListItem);
        for item in ["also in port", "also at night", "Safety on board"] {
            assert!(items.iter().any(|text| text.ends_with(item)), "{marks:?} {items:?}");
        }
        assert!(markdown(&result).contains("    - "), "{}", markdown(&result));
    }
}

#[test]
fn letters_in_their_order_mark_items() {
    let result = result(page(|page| {
        let items = ["a. a lamp that works", "b. a line of forty metres", "c. a flag of the port"];
        let page = page.text(72.0, 90.0, 10.0, Font::Times, "The crew of a boat brings along:");
        page.lines(90.0, 108.0, 13.0, 10.0, Font::Times, &lines(&items))
    }));
    assert_eq!(texts(&result, SegmentType::ListItem).len(), 3);
}

#[test]
fn initials_and_parties_are_no_items() {
    let result = result(page(|page| {
        let parties = ["J. Marrow, of Fernwick", "v. the port of Odle", "e. the name of a lamp"];
        (0..).zip(parties).fold(page, |page, (at, text)| {
            page.text(72.0, 90.0 + 40.0 * f64::from(at), 10.0, Font::Times, text)
        })
    }));
    assert!(texts(&result, SegmentType::ListItem).is_empty(), "{:?}", outline(&result));
}

#[test]
fn telephone_numbers_are_no_items() {
    for number in ["(415) 555-0199", "(020) 7946 0018", "(0421) 55 01 23", "212. 555.0100"] {
        let result = result(page(|page| {
            let head =
                ["Harbour Supply of Fernwick", "18 Pier Road", number, "desk@supply.example"];
            let page = page.lines(72.0, 90.0, 13.0, 10.0, Font::Times, &lines(&head));
            prose(page, 72.0, 170.0, 450.0)
        }));
        assert!(texts(&result, SegmentType::ListItem).is_empty(), "{number}");
        assert!(markdown(&result).contains(number), "{}", markdown(&result));
    }
}

/// Pages with a head of three lines, the second with a number.
fn bundle(numbers: &[&str], head: &str) -> ParseResult {
    let names = ["Ada Marrable", "Ben Lowe", "Cora Hale", "Dan Quill"];
    let pdf = numbers.iter().zip(names).fold(PdfBuilder::new(), |pdf, (number, name)| {
        pdf.page(|page| {
            let page = page
                .text(60.0, 30.0, 9.0, Font::Helvetica, "Lamps of the strait")
                .text_to(540.0, 43.0, 9.0, Font::Helvetica, &format!("{head} {number}"))
                .text(60.0, 56.0, 9.0, Font::Helvetica, "For the attention of:")
                .text(60.0, 110.0, 10.0, Font::Times, name);
            prose(page, 60.0, 160.0, 470.0)
        })
    });
    result(pdf.build())
}

#[test]
fn numbers_of_letters_stay_in_their_letters() {
    for (numbers, head) in [
        (["L-2017", "L-2031", "L-2038", "L-2107"], "Invoice"),
        (["4/81", "4/97", "5/02", "5/13"], "Our sign"),
        (["118 205", "118 390", "119 004", "121 640"], "Customer"),
    ] {
        let result = bundle(&numbers, head);
        let running = texts(&result, SegmentType::PageHeader).join("\n");
        for number in numbers {
            assert!(!running.contains(number), "{running}");
            assert!(markdown(&result).contains(number));
        }
        assert!(!running.contains("attention"), "{running}");
    }
}

#[test]
fn numbers_that_count_pages_are_running_heads() {
    for (numbers, head) in [
        (["11", "12", "13", "14"], "Annual report, sheet"),
        (["3 of 2026", "4 of 2026", "5 of 2026", "6 of 2026"], "Part"),
        (["2025", "2025", "2025", "2025"], "Report of"),
    ] {
        let running = texts(&bundle(&numbers, head), SegmentType::PageHeader);
        let found = running.iter().filter(|text| text.contains(head)).count();
        assert_eq!(found, 4, "{head}: {running:?}");
    }
}

#[test]
fn numbers_of_lines_stay_out_of_the_text() {
    for (font, leading, first) in
        [(Font::Courier, 24.0, 1), (Font::Times, 20.0, 1), (Font::Courier, 18.0, 14)]
    {
        let set = wrap(PROSE, font, 10.0, 260.0);
        let document = page(|page| {
            (0..16_usize).fold(page, |page, at| {
                let y = 90.0 + leading * at as f64;
                let page = page.text_to(84.0, y, 10.0, font, &format!("{}", first + at));
                // Two lines are empty.
                match at.checked_sub(2).and_then(|at| set.get(at)) {
                    Some(line) => page.text(110.0, y, 10.0, font, line),
                    None => page,
                }
            })
        });
        let result = result(document);
        let text = texts(&result, SegmentType::Text).join(" ");
        assert_eq!(text, PROSE, "{font:?}");
        let margin = texts(&result, SegmentType::PageFooter).join(" ");
        assert_eq!(margin.split(' ').count(), 16, "{margin}");
    }
}

/// Numbered rows and items begin with numbers too.
#[test]
fn numbers_of_rows_and_items_stay_with_them() {
    let rows = page(|page| {
        (1..=12).fold(page, |page, at| {
            let y = 90.0 + 16.0 * f64::from(at);
            page.text(72.0, y, 10.0, Font::Times, &format!("{at}"))
                .text(110.0, y, 10.0, Font::Times, "Ada Marrable")
                .text(250.0, y, 10.0, Font::Times, &format!("{}.50", 20 + at))
                .text(330.0, y, 10.0, Font::Times, "12.04")
        })
    });
    let items = page(|page| {
        (1..=12).fold(page, |page, at| {
            let y = 90.0 + 16.0 * f64::from(at);
            page.text(72.0, y, 10.0, Font::Times, &format!("{at}")).text(
                110.0,
                y,
                10.0,
                Font::Times,
                "Trim the wick by hand.",
            )
        })
    });
    for document in [rows, items] {
        let result = result(document);
        assert!(texts(&result, SegmentType::PageFooter).is_empty(), "{:?}", outline(&result));
        assert!(markdown(&result).contains("12"));
    }
}

#[test]
fn short_lines_of_a_bill_stay_apart() {
    for (step, font) in [(18.0, Font::Helvetica), (14.0, Font::Times), (16.0, Font::Helvetica)] {
        let bill = [
            "Supplier of lamps and wicks",
            "Invoice number 4471 of 12.03.2026",
            "Total 1,250.00 pounds (with tax)",
            "The client in Fernwick pays within 30 days",
        ];
        let result = result(page(|page| page.lines(60.0, 90.0, step, 11.0, font, &lines(&bill))));
        assert_eq!(texts(&result, SegmentType::Text), bill, "{step}");
    }
}

#[test]
fn lines_of_a_narrow_paragraph_stay_together() {
    for width in [120.0, 150.0, 180.0] {
        let result = result(page(|page| prose(page, 60.0, 90.0, width)));
        assert_eq!(texts(&result, SegmentType::Text), [PROSE], "{width}");
    }
}

/// A page in two columns, each from its own height on.
fn columns(page: Page, left: f64, right: f64) -> Page {
    let column = |page: Page, x: f64, top: f64, name: &str| {
        let text = format!("{name} {}", [PROSE; 12].join(" "));
        let set = wrap(&text, Font::Times, 10.0, 225.0);
        let room = ((760.0 - top) / 12.0) as usize;
        let set: Vec<String> = set.into_iter().take(room).collect();
        page.lines(x, top, 12.0, 10.0, Font::Times, &set)
    };
    column(column(page, 60.0, left, "LEFT"), 310.0, right, "RIGHT")
}

#[test]
fn a_figure_at_the_head_of_a_column_leaves_the_columns_in_order() {
    for (left, right) in [(330.0, 80.0), (260.0, 80.0), (80.0, 300.0)] {
        let result = result(page(|page| {
            let (x, top) = if left > right { (60.0, left) } else { (310.0, right) };
            let page = page.picture(x, 80.0, 225.0, top - 120.0);
            let page =
                page.text(x, top - 22.0, 8.0, Font::TimesItalic, "Figure 2. The lamp at dusk");
            columns(page, left, right)
        }));
        let text = markdown(&result);
        let at = |word: &str| text.find(word).unwrap_or(usize::MAX);
        assert!(at("LEFT") < at("RIGHT"), "{left} {right}");
        assert!(at("Figure 2.") < usize::MAX);
        assert!(left < right || at("Figure 2.") < at("RIGHT"), "{left} {right}");
    }
}

#[test]
fn a_line_that_is_too_long_does_not_end_its_column() {
    for (row, text) in [
        (12, "Ropes and spare oars (ask for the key at the chandler's, second door on the left)"),
        (5, "A line that some hand set much too long for the column that it was written in, alas"),
        (30, "https://lamps.example/strait/of/fernwick/keepers/and/their/long/winters/index.html"),
    ] {
        let result = result(page(|page| {
            let y = 80.0 + 12.0 * f64::from(row);
            // The long line stands instead of one of the left column.
            let set = wrap(&[PROSE; 12].join(" "), Font::Times, 10.0, 225.0);
            let page = (0..50).zip(&set).fold(page, |page, (at, line)| {
                let own = 80.0 + 12.0 * f64::from(at);
                if at == row {
                    page.text(60.0, y, 10.0, Font::Times, text)
                } else {
                    page.text(60.0, own, 10.0, Font::Times, line)
                }
            });
            let right: Vec<String> =
                wrap(&format!("RIGHT {}", [PROSE; 12].join(" ")), Font::Times, 10.0, 225.0);
            page.lines(310.0, 80.0, 12.0, 10.0, Font::Times, &right[..50])
        }));
        let whole = markdown(&result);
        let at = |word: &str| whole.find(word).unwrap_or(usize::MAX);
        let word = text.split(' ').next().unwrap_or_default();
        assert!(at(word) < at("RIGHT"), "{whole}");
    }
}

#[test]
fn names_on_a_cover_are_no_headings() {
    for (font, scale) in [(Font::Helvetica, 1.0), (Font::TimesBold, 1.2), (Font::Times, 0.9)] {
        let cover = |page: Page| {
            [
                (140.0, 26.0, "Keeping a Lamp"),
                (200.0, 15.0, "Ada Marrable"),
                (220.0, 13.0, "Workshop of the Old Tower"),
                (300.0, 15.0, "Ben Lowe"),
                (640.0, 14.0, "Spring 2026"),
            ]
            .iter()
            .fold(page, |page, (y, size, text)| page.text(150.0, *y, scale * size, font, text))
        };
        let text = |page: Page| {
            let page = page.text(72.0, 80.0, 14.0, Font::TimesBold, "1. Before the dusk");
            prose(prose(page, 72.0, 110.0, 450.0), 72.0, 180.0, 450.0)
        };
        let result = result(PdfBuilder::new().page(cover).page(text).build());
        let mut heads = texts(&result, SegmentType::Title);
        heads.extend(texts(&result, SegmentType::SectionHeader));
        assert_eq!(heads, ["Keeping a Lamp", "1. Before the dusk"]);
    }
}

#[test]
fn questions_of_a_form_are_no_headings() {
    for (answers, gap) in [
        ("often [ ] seldom [ ] never [ ]", 14.0),
        ("yes / no", 16.0),
        ("yes [ ] no [ ] notes:", 14.0),
    ] {
        let result = result(page(|page| {
            let page = page.text(200.0, 60.0, 13.0, Font::HelveticaBold, "ENQUIRY OF THE KEEPERS");
            let page = prose(page, 72.0, 90.0, 450.0);
            let questions = [
                "1. At what hour do you light the lamp on an evening in the winter?",
                "2. Which of your neighbours may climb the stair, and which may not?",
                "3. Do you sleep when the lamp is lit?",
            ];
            let page = (0..).zip(questions).fold(page, |page, (at, question)| {
                let y = 170.0 + 50.0 * f64::from(at);
                page.text(72.0, y, 10.0, Font::TimesBold, question).text(
                    90.0,
                    y + gap,
                    10.0,
                    Font::Times,
                    answers,
                )
            });
            page.text(72.0, 360.0, 10.0, Font::TimesBold, "Name in capitals").text(
                72.0,
                400.0,
                10.0,
                Font::TimesBold,
                "Place and day",
            )
        }));
        let mut heads = texts(&result, SegmentType::Title);
        heads.extend(texts(&result, SegmentType::SectionHeader));
        assert_eq!(heads, ["ENQUIRY OF THE KEEPERS"]);
    }
}

/// Questions that a text answers head it.
#[test]
fn questions_with_answers_are_headings() {
    let result = result(page(|page| {
        (0..).zip(["1. Who lights the lamp?", "2. Why at dusk?"]).fold(
            page,
            |page, (at, question)| {
                let y = 90.0 + 120.0 * f64::from(at);
                prose(page.text(72.0, y, 10.0, Font::TimesBold, question), 72.0, y + 20.0, 450.0)
            },
        )
    }));
    assert_eq!(texts(&result, SegmentType::SectionHeader).len(), 2, "{:?}", outline(&result));
}
