//! Tables of each kind, and what only looks like one.

use docket_contract::SegmentType;
use docket_testkit::pdf::fixtures;

use crate::support::{result, segments};

fn tables(name: &str) -> Vec<String> {
    let (_, bytes) = fixtures::tables()
        .into_iter()
        .find(|(path, _)| path.ends_with(name))
        .expect("a fixture of this name");
    let result = result(bytes);
    let tables =
        segments(&result).into_iter().filter(|s| s.segment_type == SegmentType::Table.as_str());
    tables.filter_map(|segment| segment.html.clone()).collect()
}

#[test]
fn heads_over_several_columns_span_them() {
    let html = &tables("three_rules.pdf")[0];
    let head = "<table><tr><th rowspan=\"2\">Lamp</th><th colspan=\"2\">Winter</th>\
        <th colspan=\"2\">Summer</th></tr><tr><th>Hours</th><th>Litres</th><th>Hours</th>\
        <th>Litres</th></tr><tr><td>Lamps of the first order</td><td></td>";
    assert!(html.starts_with(head), "{html}");
    assert!(html.contains("<td>The lamp on the stair to the harbour</td><td>410</td>"), "{html}");
    assert!(html.ends_with("<td>243.0</td></tr></table>"), "{html}");
}

#[test]
fn sides_may_be_open_and_lines_may_be_backgrounds() {
    assert_eq!(
        tables("open_sides.pdf"),
        ["<table><tr><th>Duty</th><th>Keeper</th><th>Helper</th></tr><tr><td>Trim the wick</td>\
          <td>x</td><td></td></tr><tr><td>Carry oil</td><td></td><td>x</td></tr></table>"]
    );
    assert_eq!(
        tables("backgrounds.pdf"),
        ["<table><tr><th>Lamp</th><th>Height</th></tr><tr><td>North pier</td><td>12</td></tr>\
          <tr><td>Old tower</td><td>31</td></tr><tr><td>South pier</td><td>11</td></tr></table>"]
    );
}

#[test]
fn captions_and_notes_are_outside_of_the_table() {
    assert_eq!(
        tables("caption_in_the_box.pdf"),
        ["<table><tr><th>Lamp</th><th>Metres</th></tr><tr><td>North pier</td><td>12</td></tr>\
          <tr><td>Old tower</td><td>31</td></tr></table>"]
    );
}

#[test]
fn lines_of_a_cell_stay_together() {
    let html = &tables("wrapped_cells.pdf")[0];
    assert_eq!(html.matches("<tr>").count(), 4, "{html}");
    assert!(html.contains("<td>Travel</td><td>The boat to the mainland, four times a year.</td>"));
}

#[test]
fn turned_tables_and_tables_side_by_side() {
    assert_eq!(
        tables("sideways.pdf"),
        ["<table><tr><th>Lamp</th><th>Height</th><th>Range</th></tr><tr><td>North pier</td>\
          <td>12</td><td>8</td></tr><tr><td>Old tower</td><td>31</td><td>19</td></tr></table>"]
    );
    let both = tables("side_by_side.pdf");
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(both[0].contains("Oil") && both[1].contains("Wick"));
}

#[test]
fn figures_without_rules_are_a_table() {
    let found = tables("without_rules.pdf");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("<table><tr><th></th><th>2023</th><th>2024</th><th>2025</th></tr>")
    );
}

#[test]
fn lists_listings_and_charts_are_no_tables() {
    assert_eq!(tables("no_tables.pdf"), [""; 0]);
    assert_eq!(tables("chart.pdf"), [""; 0]);
}

#[test]
fn many_full_columns_of_words_are_a_table() {
    let html = &tables("words_only.pdf")[0];
    assert_eq!(html.matches("<tr>").count(), 7, "{html}");
    assert!(
        html.contains(
            "<tr><td>Old tower</td><td>Ben Lowe</td><td>red</td><td>two flashes</td></tr>"
        ),
        "{html}"
    );
}

#[test]
fn words_that_begin_below_one_another_part_columns() {
    let html = &tables("years_and_names.pdf")[0];
    assert!(html.contains("<th>Year</th><th>Club</th>"), "{html}");
    assert!(html.contains("<td>1997</td><td>Fernwick Oars</td><td>13.33</td>"), "{html}");
}

#[test]
fn shares_stand_in_the_cells_of_their_counts() {
    let html = &tables("shares_below.pdf")[0];
    assert_eq!(
        html,
        "<table><tr><th></th><th>Hardly ever</th><th>Often</th><th>Very often indeed</th>\
         <th>All told</th></tr><tr><td>The lamp was lit before the evening bell</td><td>0 (0%)</td>\
         <td>5 (20%)</td><td>20 (80%)</td><td>25</td></tr><tr><td>Two barrels of oil were taken up \
         the stair and put below the window</td><td>2 (8%)</td><td>8 (32%)</td><td>15 (60%)</td>\
         <td>25</td></tr><tr><td>Nobody has ever asked the keeper for the numbers</td>\
         <td>1 (4%)</td><td>9 (36%)</td><td>15 (60%)</td><td>25</td></tr></table>"
    );
}

#[test]
fn names_of_several_rows_do_not_go_on_from_the_row_above() {
    let html = &tables("repeated_names.pdf")[0];
    assert_eq!(html.matches("<td>Tended by hand</td>").count(), 2, "{html}");
    assert!(html.contains("<td>Hours in which a lamp was lit</td><td></td>"), "{html}");
}

#[test]
fn pieces_that_rows_are_painted_from_are_no_cells() {
    assert_eq!(
        tables("statement.pdf"),
        ["<table><tr><th></th><th colspan=\"3\">Year Ended</th></tr><tr><th></th>\
          <th>Jan 26, 2025</th><th>Jan 26, 2024</th><th>Jan 26, 2023</th></tr><tr><th></th>\
          <th colspan=\"3\">(In guilders)</th></tr><tr><td>Oil</td><td>$ 178</td><td>$ 141</td>\
          <td>$ 138</td></tr><tr><td>Repairs of the lamp</td><td>3,423</td><td>2,532</td>\
          <td>1,892</td></tr><tr><td>Wages</td><td>1,136</td><td>876</td><td>680</td></tr>\
          <tr><td>Total</td><td>$ 4,737</td><td>$ 3,549</td><td>$ 2,710</td></tr></table>"]
    );
}

#[test]
fn a_table_is_more_than_its_cells_with_backgrounds() {
    let found = tables("shaded_part.pdf");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("<table><tr><th>Lamp</th><th>Keeper</th><th>Hours</th>"));
    assert!(
        found[0].ends_with("<td>The mean</td><td></td><td>0.89</td><td>0.32</td></tr></table>")
    );
}

#[test]
fn pictures_side_by_side_below_their_names_are_cells() {
    assert_eq!(
        tables("pictures_in_cells.pdf"),
        ["<table><tr><th>The harbour by day</th><th>The harbour by night</th></tr>\
          <tr><td></td><td></td></tr></table>"]
    );
}

#[test]
fn cards_side_by_side_are_no_tables() {
    assert_eq!(tables("cards.pdf"), [""; 0]);
}

#[test]
fn boxes_to_tick_are_no_cells() {
    let html = &tables("boxes_to_tick.pdf")[0];
    assert!(
        html.ends_with("<tr><td>Has the lamp burned?</td><td>Yes No</td></tr></table>"),
        "{html}"
    );
}
