//! Bytes as things placed on a page: words, rules, boxes and pictures, six bytes each.

use std::fmt::Write;

/// Words that mean something to the layout, among others that do not.
const WORDS: [&str; 24] = [
    "a",
    "the",
    "Figure 3:",
    "Table 1.",
    "1.",
    "2.3",
    "(a)",
    "\\225",
    "-",
    "12",
    "$1,200.50",
    "References",
    "[4]",
    "Total",
    "Abstract",
    "hyphen-",
    "ation",
    "page 7",
    "x",
    "iii",
    "World.",
    "A heading",
    "Smith, J.",
    "...........",
];

/// How coordinates are read.
#[derive(Clone, Copy)]
pub enum Grid {
    /// Anywhere on the page.
    Free,
    /// On the crossings of a grid, so that things stand in rows and columns.
    Snapped,
}

/// The content stream that draws them.
pub fn stream(data: &[u8], grid: Grid) -> Vec<u8> {
    const THINGS_MAX: usize = 400;
    let mut out = String::from("0.5 w\n");
    for thing in data.as_chunks::<6>().0.iter().take(THINGS_MAX) {
        let [kind, x, y, fine, size, what] = *thing;
        let (x, y) = match grid {
            Grid::Free => (
                f32::from(x) * 2.4 + f32::from(fine & 15) * 0.15,
                f32::from(y) * 3.4 + f32::from(fine >> 4) * 0.2,
            ),
            Grid::Snapped => (f32::from(x % 20) * 30.0, f32::from(y % 60) * 14.0),
        };
        let length = f32::from(size) * 3.0;
        let _ = match kind % 16 {
            0 => writeln!(out, "{x} {y} m {} {y} l S", x + length),
            1 => writeln!(out, "{x} {y} m {x} {} l S", y + length),
            2 => writeln!(out, "{x} {y} {length} {} re S", f32::from(what) * 2.0),
            3 => writeln!(out, "0.9 g {x} {y} {length} {} re f 0 g", f32::from(what) * 2.0),
            4 => writeln!(out, "q {length} 0 0 {} {x} {y} cm /Im Do Q", f32::from(what) * 2.0),
            kind => word(&mut out, kind, (x, y), size, what),
        };
    }
    out.into_bytes()
}

fn word(out: &mut String, kind: u8, (x, y): (f32, f32), size: u8, what: u8) -> std::fmt::Result {
    let font = if kind % 2 == 0 { "F1" } else { "F2" };
    let points = 4.0 + f32::from(size % 32);
    let (cos, sin) = match kind {
        5 => (0.0, 1.0),
        6 => (0.0, -1.0),
        7 => (-1.0, 0.0),
        8 => (0.7, 0.7),
        _ => (1.0, 0.0),
    };
    let text = WORDS[usize::from(what) % WORDS.len()];
    writeln!(out, "BT /{font} {points} Tf {cos} {sin} {} {cos} {x} {y} Tm ({text}) Tj ET", -sin)
}
