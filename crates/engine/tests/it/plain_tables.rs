//! Tables that nothing but their words shows, and what a drawn grid leaves out.

use docket_contract::{ParseResult, ParseSpec, SegmentType};
use docket_testkit::pdf::{Font, Page, PdfBuilder};

use crate::support::{page, parsed, result, segments, text};

/// The cells of all tables, row by row.
fn tables(result: &ParseResult) -> Vec<Vec<Vec<String>>> {
    let is_table = |kind: &str| kind == SegmentType::Table.as_str();
    let found = segments(result).into_iter().filter(|segment| is_table(&segment.segment_type));
    found.filter_map(|segment| segment.html.as_deref()).map(cells).collect()
}

fn cells(html: &str) -> Vec<Vec<String>> {
    let rows = html.split("<tr>").skip(1);
    let bare = |cell: &str| {
        let end = cell.split('>').nth(1).unwrap_or_default();
        end.split('<').next().unwrap_or_default().replace("&quot;", "\"").replace("&amp;", "&")
    };
    rows.map(|row| {
        let cells = row.split("<t").skip(1).filter(|cell| cell.starts_with(['d', 'h']));
        cells.map(bare).collect()
    })
    .collect()
}

/// The only table of a document of one page.
fn table(draw: impl FnOnce(Page) -> Page) -> Vec<Vec<String>> {
    let result = result(page(draw));
    assert!(result.warnings.is_empty(), "nothing is lost: {:?}", result.warnings);
    let found = tables(&result);
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap_or_default()
}

/// A way to set a table: typeface, size, and the left edges of its columns.
#[derive(Clone, Copy)]
struct Set<'s> {
    font: Font,
    size: f64,
    lefts: &'s [f64],
}

impl Set<'_> {
    /// Lines of cells, each `(y, [cell, ..])`; empty cells are left out.
    fn lines(self, page: Page, lines: &[(f64, &[&str])]) -> Page {
        lines.iter().fold(page, |page, (y, cells)| {
            let filled = self.lefts.iter().zip(*cells).filter(|(_, cell)| !cell.is_empty());
            filled.fold(page, |page, (x, cell)| page.text(*x, *y, self.size, self.font, cell))
        })
    }
}

const SETS: [Set<'_>; 3] = [
    Set { font: Font::Helvetica, size: 9.0, lefts: &[60.0, 130.0, 300.0, 380.0, 470.0] },
    Set { font: Font::Times, size: 11.0, lefts: &[50.0, 115.0, 290.0, 370.0, 450.0] },
    Set { font: Font::Courier, size: 8.0, lefts: &[40.0, 110.0, 320.0, 400.0, 480.0] },
];

fn row<'c>(cells: &[&'c str]) -> Vec<&'c str> {
    cells.to_vec()
}

#[test]
fn a_statement_keeps_its_first_row_and_its_last_wrapped_line() {
    for set in SETS {
        let leading = 1.2 * set.size;
        let found = table(|page| {
            set.lines(
                page,
                &[
                    (90.0, &["Day", "What for", "Out", "In", "Left"]),
                    (120.0, &["03/02/26", "Brought forward", "", "", "1,310.20"]),
                    (140.0, &["04/02/26", "Rope and two shackles", "18.40", "", "1,291.80"]),
                    (140.0 + leading, &["", "from the harbour shop", "", "", ""]),
                    (170.0, &["09/02/26", "Wages", "", "950.00", "2,241.80"]),
                    (190.0, &["11/02/26", "Ticket for the ferry", "24.00", "", "2,217.80"]),
                    (190.0 + leading, &["", "Ref 77-120", "", "", ""]),
                ],
            )
        });
        assert_eq!(found[0], row(&["Day", "What for", "Out", "In", "Left"]));
        assert_eq!(found[1], row(&["03/02/26", "Brought forward", "", "", "1,310.20"]));
        let rope = "Rope and two shackles from the harbour shop";
        assert_eq!(found[2], row(&["04/02/26", rope, "18.40", "", "1,291.80"]));
        let ferry = "Ticket for the ferry Ref 77-120";
        assert_eq!(found[4], row(&["11/02/26", ferry, "24.00", "", "2,217.80"]));
        assert_eq!(found.len(), 5, "{found:?}");
    }
}

#[test]
fn words_with_one_column_of_figures_are_a_table() {
    for (set, unit) in SETS.into_iter().zip(["EUR", "CHF", "USD"]) {
        let sums = [format!("{unit} 90.00"), format!("{unit} 8.50"), format!("{unit} 112.00")];
        let set = Set { lefts: &set.lefts[..4], ..set };
        if set.font == Font::Courier {
            // A listing of words only.
            continue;
        }
        let found = table(|page| {
            set.lines(
                page,
                &[
                    (90.0, &["No.", "Task", "Took", "Pay"]),
                    (110.0, &["1", "Sweeping the quay", "two hours", &sums[0]]),
                    (130.0, &["2", "Greasing a winch", "1 hour", &sums[1]]),
                    (150.0, &["3", "Painting of buoys", "one day", &sums[2]]),
                ],
            )
            .text(
                60.0,
                200.0,
                10.0,
                Font::Times,
                "All of it was done by the end of the month.",
            )
        });
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[1], row(&["1", "Sweeping the quay", "two hours", &sums[0]]));
    }
}

/// A paragraph in columns of words, and labels with values, are none.
#[test]
fn words_without_a_head_of_figures_stay_text() {
    let set = Set { font: Font::Helvetica, size: 10.0, lefts: &[60.0, 200.0, 340.0] };
    let found = tables(&result(page(|page| {
        set.lines(
            page,
            &[
                (90.0, &["Name:", "Ada Marrable", "keeper"]),
                (110.0, &["Place:", "North pier", "of the strait"]),
                (130.0, &["Since:", "last winter", "or before"]),
            ],
        )
    })));
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn small_tables_under_headings_stay_apart() {
    for (set, head) in SETS.into_iter().take(2).zip([Font::HelveticaBold, Font::TimesBold]) {
        let heading =
            |page: Page, y: f64, text: &str| page.text(set.lefts[0], y, set.size + 1.0, head, text);
        let result = result(page(|page| {
            let page = set.lines(
                page,
                &[
                    (90.0, &["From", "Until", "Trips", "Taken", "Kept"]),
                    (106.0, &["3/4/26", "9/4/26", "21", "840.00", "790.50"]),
                ],
            );
            let page = set.lines(
                heading(page, 140.0, "Boats"),
                &[
                    (158.0, &["Boat", "Berth", "Trips", "Taken", "Seats"]),
                    (174.0, &["Tern", "A 4", "12", "480.00", "70 %"]),
                    (190.0, &["Gull", "B 2", "9", "360.00", "55 %"]),
                ],
            );
            set.lines(
                heading(page, 224.0, "Crew"),
                &[
                    (242.0, &["Name", "Home", "Watch", "Boat", "Share"]),
                    (258.0, &["Ada Lowe", "Fernwick", "EARLY", "Tern", "40 %"]),
                    (274.0, &["Ben Hale", "Odle", "LATE", "Gull", "35 %"]),
                    (290.0, &["Cora Tarn", "Quay", "LATE", "Tern", "25 %"]),
                ],
            )
        }));
        let sizes: Vec<usize> = tables(&result).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 3, 4], "{:?}", tables(&result));
        for heading in ["Boats", "Crew"] {
            let is_table = |kind: &str| kind == SegmentType::Table.as_str();
            assert!(
                segments(&result).iter().any(|segment| {
                    segment.content.as_deref() == Some(heading) && !is_table(&segment.segment_type)
                }),
                "{heading}"
            );
        }
    }
}

/// The name of a group stands among the rows of its table.
#[test]
fn a_group_between_rows_of_figures_cuts_no_table() {
    let set = Set { font: Font::Times, size: 10.0, lefts: &[60.0, 240.0, 320.0, 400.0] };
    let found = table(|page| {
        set.lines(
            page,
            &[
                (90.0, &["", "Winter", "Spring", "Summer"]),
                (106.0, &["Lamps lit", "38", "25", "11"]),
                (122.0, &["Lamps out", "4", "2", "0"]),
                (146.0, &["By hand", "", "", ""]),
                (162.0, &["Lamps lit", "21", "14", "6"]),
                (178.0, &["Lamps out", "1", "0", "0"]),
            ],
        )
    });
    assert_eq!(found.len(), 6, "{found:?}");
}

#[test]
fn lines_above_and_below_the_figures_belong_to_their_row() {
    for set in SETS.into_iter().take(2) {
        let half = 0.55 * set.size;
        let found = table(|page| {
            set.lines(
                page,
                &[
                    (90.0, &["Pos", "Goods", "Pieces", "Each", "Sum"]),
                    (115.0, &["", "Lantern of brass,", "", "", ""]),
                    (115.0 + 2.0 * half, &["1", "with a red glass", "2", "49,50", "99,00"]),
                    (115.0 + 4.0 * half, &["", "and a hook", "", "", ""]),
                    (165.0, &["2", "Wick, flat", "12", "1,25", "15,00"]),
                    (190.0, &["", "Oil without smell,", "", "", ""]),
                    (190.0 + half, &["3", "", "3", "18,90", "56,70"]),
                    (190.0 + 2.0 * half, &["", "canister of 5 litres", "", "", ""]),
                ],
            )
        });
        let goods: Vec<&str> = found.iter().map(|row| row[1].as_str()).collect();
        let lantern = "Lantern of brass, with a red glass and a hook";
        assert_eq!(
            goods,
            ["Goods", lantern, "Wick, flat", "Oil without smell, canister of 5 litres"]
        );
        assert_eq!(found[3], row(&["3", goods[3], "3", "18,90", "56,70"]));
    }
}

#[test]
fn a_row_over_the_end_of_a_page_is_one_row() {
    for (words, name) in [
        (["The rope was spliced and the block was oiled; both", "were hung up in the loft."], true),
        (
            ["Two planks were taken out, and the new ones came from", "Marden on the 4th of May."],
            true,
        ),
        (["Nobody knows the cause", "Mast 12 broke"], false),
    ] {
        let set = Set { font: Font::Helvetica, size: 9.0, lefts: &[50.0, 110.0, 400.0, 480.0] };
        let first = |page: Page| {
            let page = set.lines(page, &[(700.0, &["No.", "Work", "Yard", "Cost"])]);
            let rows = (1..6).fold(page, |page, number| {
                let y = 700.0 + 16.0 * f64::from(number);
                set.lines(page, &[(y, &[&format!("W0{number}"), "Oiled", "Odle", "12.00"])])
            });
            set.lines(rows, &[(796.0, &["W06", words[0], "Quay", "950.00"])])
        };
        let second = |page: Page| {
            let number = if name { "" } else { "W07" };
            set.lines(
                page,
                &[
                    (60.0, &["No.", "Work", "Yard", "Cost"]),
                    (76.0, &[number, words[1], "", if name { "" } else { "1.00" }]),
                    (92.0, &["W08", "Tarred", "Odle", "80.00"]),
                    (108.0, &["W09", "Scraped", "Odle", "90.00"]),
                    (124.0, &["W10", "Painted", "Odle", "95.00"]),
                ],
            )
        };
        let document = PdfBuilder::new().page(first).page(second).build();
        let spec = ParseSpec { merge_tables: true, ..ParseSpec::default() };
        let result = parsed(document, &spec).expect("the document can be read");
        let found = tables(&result);
        assert_eq!(found.len(), 1, "{found:?}");
        let whole = if name { words.join(" ") } else { words[0].to_owned() };
        assert_eq!(found[0][6], row(&["W06", &whole, "Quay", "950.00"]));
        assert_eq!(found[0].len(), if name { 10 } else { 11 }, "{found:?}");
    }
}

/// A grid of lines at these places.
fn grid(page: Page, xs: &[f64], ys: &[f64]) -> Page {
    let (left, right) = (xs[0], xs[xs.len() - 1]);
    let (top, bottom) = (ys[0], ys[ys.len() - 1]);
    let page = ys.iter().fold(page, |page, y| page.line((left, *y), (right, *y), 0.5));
    xs.iter().fold(page, |page, x| page.line((*x, top), (*x, bottom), 0.5))
}

#[test]
fn heads_that_are_written_upwards_or_downwards_stand_in_their_cells() {
    let (xs, ys) = ([60.0, 160.0, 220.0, 280.0], [90.0, 170.0, 190.0, 210.0]);
    for (angle, x, y) in [(90.0, 194.0, 165.0), (-90.0, 188.0, 95.0)] {
        let found = table(|page| {
            let page = grid(page, &xs, &ys)
                .text(66.0, 164.0, 10.0, Font::Helvetica, "Bank")
                .text_turned(x, y, angle, 10.0, Font::Helvetica, "Early spring")
                .text_turned(x + 60.0, y, angle, 10.0, Font::Helvetica, "Winter");
            let set = Set { font: Font::Helvetica, size: 10.0, lefts: &[66.0, 170.0, 230.0] };
            set.lines(
                page,
                &[(184.0, &["North Deep", "7.7", "19.3"]), (204.0, &["Quay Sand", "0.9", "2.2"])],
            )
        });
        assert_eq!(found[0], row(&["Bank", "Early spring", "Winter"]), "{angle}");
        assert_eq!(found[2], row(&["Quay Sand", "0.9", "2.2"]));
    }
}

/// The name of a group of rows, written upwards beside them.
#[test]
fn turned_names_of_groups_span_their_rows() {
    let found = result(page(|page| {
        let page = grid(page, &[90.0, 190.0, 260.0], &[90.0, 110.0, 130.0, 150.0]);
        let page =
            page.line((60.0, 90.0), (90.0, 90.0), 0.5).line((60.0, 150.0), (90.0, 150.0), 0.5);
        let page = page.line((60.0, 90.0), (60.0, 150.0), 0.5);
        let page = page.text_turned(79.0, 140.0, 90.0, 10.0, Font::Helvetica, "Banks");
        let set = Set { font: Font::Helvetica, size: 10.0, lefts: &[96.0, 200.0] };
        set.lines(
            page,
            &[
                (104.0, &["North Deep", "7.7"]),
                (124.0, &["Quay Sand", "0.9"]),
                (144.0, &["Odle Bank", "2.1"]),
            ],
        )
    }));
    let html: Vec<&str> =
        segments(&found).iter().filter_map(|segment| segment.html.as_deref()).collect();
    assert!(html[0].contains("rowspan=\"3\">Banks<"), "{html:?}");
    assert_eq!(text(&found).matches("Banks").count(), 1);
}

/// A stamp in the margin is no cell.
#[test]
fn turned_text_outside_of_a_grid_stays_outside() {
    let result = result(page(|page| {
        let page = grid(page, &[60.0, 160.0, 260.0], &[90.0, 110.0, 130.0, 150.0]).text_turned(
            560.0,
            300.0,
            90.0,
            10.0,
            Font::Helvetica,
            "Received in May",
        );
        let set = Set { font: Font::Helvetica, size: 10.0, lefts: &[66.0, 170.0] };
        set.lines(
            page,
            &[(104.0, &["Bank", "Catch"]), (124.0, &["Quay", "0.9"]), (144.0, &["Odle", "2.1"])],
        )
    }));
    assert!(!tables(&result)[0].iter().flatten().any(|cell| cell.contains("Received")));
    assert!(text(&result).contains("Received in May"));
}

#[test]
fn names_beside_a_grid_of_figures_are_its_first_column() {
    for (font, at, reach) in
        [(Font::Helvetica, 60.0, 150.0), (Font::Times, 40.0, 190.0), (Font::TimesBold, 90.0, 170.0)]
    {
        let xs = [reach, reach + 60.0, reach + 120.0, reach + 180.0];
        let ys = [90.0, 112.0, 134.0, 156.0, 178.0];
        let set = Set { font, size: 10.0, lefts: &[at, xs[0] + 8.0, xs[1] + 8.0, xs[2] + 8.0] };
        let found = table(|page| {
            set.lines(
                grid(page, &xs, &ys),
                &[
                    (105.0, &["Meadow", "Hives", "Queens", "Honey"]),
                    (127.0, &["Clover Hill", "31", "29", "612"]),
                    (149.0, &["Thyme Bank", "18", "18", "275"]),
                    (171.0, &["Lime Walk", "9", "8", ""]),
                ],
            )
        });
        assert_eq!(found[0], row(&["Meadow", "Hives", "Queens", "Honey"]));
        assert_eq!(found[3], row(&["Lime Walk", "9", "8", ""]));
    }
}

/// A column of text beside a grid is none of its columns.
#[test]
fn text_beside_a_grid_stays_text() {
    let found = table(|page| {
        let page = grid(page, &[300.0, 360.0, 420.0], &[90.0, 112.0, 134.0, 156.0]);
        let words =
            ["The keeper climbs the stair", "at dusk and trims the wick", "by hand. Ships pass"];
        let lines: Vec<String> =
            words.iter().cycle().take(9).map(|line| (*line).to_owned()).collect();
        let page = page.lines(60.0, 84.0, 12.0, 10.0, Font::Times, &lines);
        let set = Set { font: Font::Times, size: 10.0, lefts: &[308.0, 368.0] };
        set.lines(page, &[(105.0, &["31", "29"]), (127.0, &["18", "18"]), (149.0, &["9", "8"])])
    });
    assert_eq!(found[0].len(), 2, "{found:?}");
}

#[test]
fn tables_typed_with_dots_and_signs_have_neither_in_their_cells() {
    for (dots, rule) in [("......", "="), (".....", "-"), ("....", "_")] {
        let lines = [
            "Halt                 11     13     17     21".to_owned(),
            rule.repeat(46),
            format!("Larch {dots:<10}  06.12  07.40  09.05  12.30"),
            format!("Otter {dots:<10}  06.19  07.47    -    12.37"),
            format!("Corvin {dots:<9}  06.31    -    09.24  12.49"),
            format!("Tarn {dots:<11}  06.44  08.09  09.40    -"),
        ];
        let found = table(|page| page.lines(60.0, 90.0, 12.0, 10.0, Font::Courier, &lines));
        assert_eq!(found[0], row(&["Halt", "11", "13", "17", "21"]), "{found:?}");
        assert_eq!(found[1], row(&["Larch", "06.12", "07.40", "09.05", "12.30"]));
        assert_eq!(found[3], row(&["Corvin", "06.31", "-", "09.24", "12.49"]));
        assert_eq!(found.len(), 5, "{found:?}");
    }
}

/// A table of contents has leaders too.
#[test]
fn dots_that_lead_to_pages_make_no_table() {
    let lines =
        ["Before the fire ........ 3", "The first night ........ 9", "The glaze .............. 14"];
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let result = result(page(|page| page.lines(60.0, 90.0, 12.0, 10.0, Font::Courier, &lines)));
    assert!(tables(&result).is_empty());
}

#[test]
fn a_name_may_stand_for_several_rows() {
    for set in SETS.into_iter().take(2) {
        let mut lines: Vec<(f64, Vec<&str>)> =
            vec![(90.0, vec!["orchard", "apple", "week", "crates", "juice"])];
        let apples = ["Pippin", "Russet", "Codlin", "Pearmain", "Costard"];
        let numbers = ["36", "41", "38", "43", "40", "135", "118", "169", "152", "186"];
        for (group, orchard) in ["Hollow Lane", "Abbey Field", "Hilltop"].iter().enumerate() {
            for (at, apple) in apples.iter().enumerate() {
                let y = 106.0 + 14.0 * (group * apples.len() + at) as f64;
                let name = if at == 0 { orchard } else { "" };
                lines.push((y, vec![name, apple, numbers[at], numbers[at + 5], numbers[4 - at]]));
            }
        }
        let lines: Vec<(f64, &[&str])> = lines.iter().map(|(y, cells)| (*y, &cells[..])).collect();
        let found = table(|page| set.lines(page, &lines));
        assert_eq!(found.len(), 16, "{found:?}");
        assert_eq!(found[1][0], "Hollow Lane");
        assert_eq!(found[2], row(&["", "Russet", "41", "118", "43"]));
    }
}

#[test]
fn rows_may_be_numbered() {
    for (set, apart) in [(SETS[0], false), (SETS[1], false), (SETS[0], true)] {
        let songs = ["The grey mare", "Three ravens", "Come out", "The wheelwright", "Apples"];
        let found = table(|page| {
            let head = (90.0, &["", "", "key", "verses", "minutes"][..]);
            let page = set.lines(page, &[head]);
            songs.iter().enumerate().fold(page, |page, (at, song)| {
                let y = 106.0 + 15.0 * at as f64;
                let (mark, whole) = (format!("{}.", at + 1), format!("{}. {song}", at + 1));
                let (first, second) = if apart { (mark.as_str(), *song) } else { (&*whole, "") };
                let cells = [first, second, "A minor", "9", "5:15"];
                set.lines(page, &[(y, &cells)])
            })
        });
        assert_eq!(found.len(), 6, "{found:?}");
        assert_eq!(found[2].last().map(String::as_str), Some("5:15"));
        assert!(found[2].iter().any(|cell| cell.contains("Three ravens")), "{found:?}");
    }
}

/// A numbered list is none, also where its items have gaps.
#[test]
fn numbered_items_are_no_table() {
    let items = ["1.  Climb the stair.", "2.  Trim the wick.", "3.  Light it.", "4.  Go to bed."];
    let lines: Vec<String> = items.iter().map(|line| (*line).to_owned()).collect();
    let result = result(page(|page| page.lines(60.0, 90.0, 14.0, 10.0, Font::Times, &lines)));
    assert!(tables(&result).is_empty());
}

#[test]
fn rows_may_begin_in_lower_case() {
    for set in SETS.into_iter().take(2) {
        let found = table(|page| {
            let page = page.text(50.0, 70.0, 10.0, Font::Times, "Table 7. Rows of a sampler");
            set.lines(
                page.line((45.0, 80.0), (540.0, 80.0), 0.5).line(
                    (45.0, 105.0),
                    (540.0, 105.0),
                    0.5,
                ),
                &[
                    (98.0, &["Pattern", "Cast on", "First", "Second", "Edge"]),
                    (118.0, &["moss", "odd", "knit", "purl", "plain"]),
                    (132.0, &["basket", "even", "knit", "knit", "slipped"]),
                    (146.0, &["feather", "odd", "purl", "yarn over", "plain"]),
                    (160.0, &["ladder", "even", "slip", "purl", "picot"]),
                ],
            )
            .line((45.0, 168.0), (540.0, 168.0), 0.5)
        });
        assert_eq!(found.len(), 5, "{found:?}");
        assert_eq!(found[3], row(&["feather", "odd", "purl", "yarn over", "plain"]));
    }
}

#[test]
fn cells_of_several_lines_are_no_rows_of_their_own() {
    for set in SETS.into_iter().take(2) {
        let leading = 1.25 * set.size;
        let found = table(|page| {
            set.lines(
                page.line((40.0, 80.0), (560.0, 80.0), 0.5).line(
                    (40.0, 103.0),
                    (560.0, 103.0),
                    0.5,
                ),
                &[
                    (97.0, &["Loom", "Weaver who has it", "Width", "Back in", "Cloth"]),
                    (120.0, &["Oak loom", "Ines Calloway", "120 cm", "May", "Twill, grey"]),
                    (120.0 + leading, &["Hartwell", "", "", "", "and white"]),
                    (
                        120.0 + 2.2 * leading + 6.0,
                        &["Table loom", "School", "45 cm", "June", "None"],
                    ),
                    (200.0, &["Counter-", "Bertil Rask and", "160 cm", "August", "Damask"]),
                    (200.0 + leading, &["march of", "his pupils", "", "", "napkins"]),
                    (200.0 + 2.0 * leading, &["Lund", "", "", "", ""]),
                    (250.0, &["Rug loom", "Ottilie Fromm", "200 cm", "March", "Wool rug"]),
                ],
            )
            .line((40.0, 260.0), (560.0, 260.0), 0.5)
        });
        assert_eq!(found.len(), 5, "{found:?}");
        let oak = ["Oak loom Hartwell", "Ines Calloway", "120 cm", "May", "Twill, grey and white"];
        assert_eq!(found[1], row(&oak));
        assert_eq!(found[3][1], "Bertil Rask and his pupils");
    }
}
