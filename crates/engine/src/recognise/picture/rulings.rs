//! Straight lines in a picture: the rulings of tables and forms.

use image::GrayImage;

use super::threshold::otsu;
use crate::model::Raster;
use crate::model::Rect;

/// The shortest ruling in points; rows of letters have no ink of this length without a gap.
const LENGTH_MIN: f32 = 22.0;
/// Faint rulings are told by being darker than what is above and below, by so many shades. They must
/// be longer than the gray of a word of small letters, in points ...
const FAINT_CONTRAST: u8 = 16;
const FAINT_WIDTH_MIN: f32 = 60.0;
/// ... and be thinner than this many points, or pixels.
const FAINT_THICKNESS_MAX: f32 = 1.5;
const FAINT_PIXELS_MIN: u32 = 3;
/// The thickest ruling in points.
const THICKNESS_MAX: f32 = 4.0;
/// A gap of so many pixels within a ruling is a fault of the scan.
const GAP_MAX: u32 = 1;
/// More rulings are the texture of a picture.
const RULINGS_MAX: usize = 2_000;

/// A stretch of ink along one row or column: where it stands, from where and to where it goes.
struct Stretch {
    at: u32,
    start: u32,
    end: u32,
}

/// Boxes of straight lines along the axes, in points.
pub(crate) fn rulings(raster: &Raster) -> Vec<Rect> {
    let pixels = &raster.pixels;
    let threshold = otsu(pixels);
    let points = raster.points_per_pixel();
    let shortest = (LENGTH_MIN / points).max(8.0) as u32;
    let thickest = (THICKNESS_MAX / points).max(2.0) as u32;
    let (width, height) = pixels.dimensions();
    let dark = |x: u32, y: u32| is_dark(pixels, x, y, threshold);
    let limits = (shortest, thickest, RULINGS_MAX);
    let mut across = lines(height, width, limits, |y, x| dark(x, y));
    let mut down = lines(width, height, limits, dark);
    let reach = ((FAINT_THICKNESS_MAX / points) as u32).max(FAINT_PIXELS_MIN);
    let limits = ((FAINT_WIDTH_MIN / points) as u32, reach, RULINGS_MAX);
    let shade = |x: u32, y: u32| pixels.get_pixel(x, y).0[0];
    let faint = |at: u32, side: u32, shade: &dyn Fn(u32) -> u8| {
        let stands_out = |place: u32| shade(place).saturating_sub(shade(at)) >= FAINT_CONTRAST;
        at >= reach && at + reach < side && stands_out(at - reach) && stands_out(at + reach)
    };
    let flat = lines(height, width, limits, |y, x| faint(y, height, &|y| shade(x, y)));
    let upright = lines(width, height, limits, |x, y| faint(x, width, &|x| shade(x, y)));
    add_faint(&mut across, flat);
    add_faint(&mut down, upright);
    if across.len() + down.len() > RULINGS_MAX {
        return Vec::new();
    }
    let rect = |x0: u32, y0: u32, x1: u32, y1: u32| {
        let [x0, y0, x1, y1] = [x0, y0, x1, y1].map(|pixel| pixel as f32 * points);
        Rect { x0, y0, x1, y1 }
    };
    let across = across.iter().map(|line| rect(line.start, line.first, line.end, line.last + 1));
    let down = down.iter().map(|line| rect(line.first, line.start, line.last + 1, line.end));
    across.chain(down).collect()
}

/// Adds faint lines, but not the gray edges of the others.
fn add_faint(lines: &mut Vec<Line>, faint: Vec<Line>) {
    let known = lines.len();
    for line in faint {
        let beside = |other: &Line| {
            other.first <= line.last + 2
                && line.first <= other.last + 2
                && other.start < line.end
                && line.start < other.end
        };
        if !lines[..known].iter().any(beside) {
            lines.push(line);
        }
    }
}

fn is_dark(pixels: &GrayImage, x: u32, y: u32, threshold: u8) -> bool {
    pixels.get_pixel(x, y).0[0] <= threshold
}

/// A line: the first and last row of its stretches, from where and to where they go.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub first: u32,
    pub last: u32,
    pub start: u32,
    pub end: u32,
}

/// Gathers stretches of neighbouring rows into lines. `limits` are the shortest stretch, the
/// thickest line and the most lines; what is thicker than a line is a bar or a picture.
pub(super) fn lines(
    rows: u32,
    length: u32,
    (shortest, thickest, most): (u32, u32, usize),
    dark: impl Fn(u32, u32) -> bool,
) -> Vec<Line> {
    let mut open: Vec<Line> = Vec::new();
    let mut done = Vec::new();
    for row in 0..rows {
        for Stretch { at, start, end } in stretches(row, length, shortest, &dark) {
            let touching = open
                .iter_mut()
                .find(|line| line.last + GAP_MAX >= row && line.start < end && start < line.end);
            match touching {
                Some(line) => {
                    line.last = at;
                    (line.start, line.end) = (line.start.min(start), line.end.max(end));
                }
                None => open.push(Line { first: at, last: at, start, end }),
            }
        }
        let ended = |line: &mut Line| line.last + GAP_MAX < row;
        done.extend(open.extract_if(.., ended));
        if done.len() > most {
            return done;
        }
    }
    done.extend(open);
    done.retain(|line| line.last + 1 - line.first <= thickest);
    done
}

/// Runs of ink of at least the shortest length in one row.
fn stretches(
    row: u32,
    length: u32,
    shortest: u32,
    dark: &impl Fn(u32, u32) -> bool,
) -> Vec<Stretch> {
    let mut found = Vec::new();
    let mut run: Option<(u32, u32)> = None;
    let mut close = |run: Option<(u32, u32)>| {
        if let Some((start, end)) = run
            && end - start >= shortest
        {
            found.push(Stretch { at: row, start, end });
        }
    };
    for place in 0..length {
        if !dark(row, place) {
            continue;
        }
        match &mut run {
            Some((_, end)) if place <= *end + GAP_MAX => *end = place + 1,
            _ => {
                close(run);
                run = Some((place, place + 1));
            }
        }
    }
    close(run);
    found
}
