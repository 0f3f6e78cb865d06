//! Checkboxes in a picture: small squares of thin lines beside which there is paper, ticked if
//! there is ink in them.

use image::{GrayImage, Luma};

use super::components::{letter_height, patches};
use super::rulings::{Line, lines};
use super::threshold::otsu;
use crate::model::Raster;
use crate::model::{Checkbox, Rect};

/// The sides of a box in points.
const SIDE_MIN: f32 = 6.0;
const SIDE_MAX: f32 = 24.0;
/// The thickest line that a box is drawn with, in points.
const LINE_MAX: f32 = 2.5;
/// Height by width.
const PROPORTION_MIN: f32 = 0.8;
const PROPORTION_MAX: f32 = 1.25;
/// Ends of the sides may be so far from the corners, in sides: corners may be round.
const CORNER: f32 = 0.15;
/// How far from a corner there is ink, in sides.
const CORNER_INK: f32 = 0.1;
/// A side is there if so much of it is; the strokes of round letters run straight for less.
const SIDE_COVER: f32 = 0.85;
/// Lines are no thicker than this many sides.
const LINE_SHARE_MAX: f32 = 0.2;
/// A box is higher than most letters, by this factor: small ones in old print close to squares.
const BY_LETTERS: f32 = 1.05;
/// Room beside a box, in sides: signs of a script that stand in line have less ...
const ROOM: f32 = 0.2;
/// ... with no more ink in it than a stroke of the mark that leaves the box.
const ROOM_INK_MAX: f32 = 0.12;
/// A share of ink within the lines from which a box is ticked.
const MARK_MIN: f32 = 0.04;
/// How far a mark leaves its box, in sides.
const MARK_REACH: f32 = 1.0;
/// Pixels of gray around ink.
const HALO: f32 = 2.0;
/// Squares side by side with less than this many sides between them are places for letters.
const GRID_GAP: f32 = 0.5;
/// ... if there are so many.
const GRID_MIN: usize = 3;
/// A square of so much ink that is as large as a box is one that was blackened.
const BLACK_MIN: f32 = 0.85;
const BLACK_TOLERANCE: f32 = 0.15;
/// Short lines that are looked at; a picture with more of them is a texture.
const LINES_MAX: usize = 40_000;

/// The boxes of a picture, in its points.
pub(crate) fn checkboxes(raster: &Raster) -> Vec<Checkbox> {
    let paper = Paper { pixels: &raster.pixels, threshold: otsu(&raster.pixels) };
    let points = raster.points_per_pixel();
    let letters = letter_height(paper.pixels, paper.threshold).unwrap_or(0.0);
    let least = (SIDE_MIN / points).max(BY_LETTERS * letters);
    let mut squares = paper.squares(least, SIDE_MAX / points, LINE_MAX / points);
    squares.retain(|square| paper.has_corners(&square.rect) && paper.stands_free(square));
    let squares = without_grids(squares);
    let mut found: Vec<(Rect, bool)> =
        squares.iter().map(|square| (square.rect, paper.is_marked(square))).collect();
    found.extend(paper.blackened(&squares).into_iter().map(|rect| (rect, true)));
    let in_points = |(rect, ticked): (Rect, bool)| {
        let [x0, y0, x1, y1] = [rect.x0, rect.y0, rect.x1, rect.y1].map(|pixel| pixel * points);
        Checkbox { rect: Rect { x0, y0, x1, y1 }, ticked }
    };
    found.into_iter().map(in_points).collect()
}

/// Finds the boxes of a picture and whitens them with the marks that leave them, which recognisers
/// would take for letters.
pub(crate) fn take_checkboxes(raster: &mut Raster) -> Vec<Checkbox> {
    let boxes = checkboxes(raster);
    let points = raster.points_per_pixel();
    let threshold = otsu(&raster.pixels);
    for found in &boxes {
        let [x0, y0, x1, y1] =
            [found.rect.x0, found.rect.y0, found.rect.x1, found.rect.y1].map(|at| at / points);
        whiten(&mut raster.pixels, threshold, &Rect { x0, y0, x1, y1 });
    }
    boxes
}

/// Whitens what is in a box, and the ink outside that touches it as far as a mark goes.
fn whiten(pixels: &mut GrayImage, threshold: u8, frame: &Rect) {
    let (width, height) = pixels.dimensions();
    let reach = MARK_REACH * frame.width();
    let span = |from: f32, to: f32, side: u32| {
        let within = |at: f32| at.round().clamp(0.0, side as f32) as u32;
        within(from)..within(to)
    };
    let xs = span(frame.x0 - reach, frame.x1 + reach, width);
    let ys = span(frame.y0 - reach, frame.y1 + reach, height);
    let mut open: Vec<(u32, u32)> = Vec::new();
    for y in span(frame.y0 - HALO, frame.y1 + HALO, height) {
        open.extend(span(frame.x0 - HALO, frame.x1 + HALO, width).map(|x| (x, y)));
    }
    let is_ink = |pixels: &GrayImage, x, y| pixels.get_pixel(x, y).0[0] <= threshold;
    // What is white now was looked at.
    open.iter().for_each(|(x, y)| pixels.put_pixel(*x, *y, Luma([255])));
    let mut marks: Vec<(u32, u32)> = Vec::new();
    while let Some((x, y)) = open.pop() {
        let around = |at: u32| at.saturating_sub(1)..=at + 1;
        for (x, y) in around(x).flat_map(|x| around(y).map(move |y| (x, y))) {
            if xs.contains(&x) && ys.contains(&y) && is_ink(pixels, x, y) {
                pixels.put_pixel(x, y, Luma([255]));
                marks.push((x, y));
                open.push((x, y));
            }
        }
    }
    // The gray edge that ink has in a scan.
    for (x, y) in marks {
        let around = |at: u32| at.saturating_sub(HALO as u32)..=at + HALO as u32;
        for (x, y) in around(x).flat_map(|x| around(y).map(move |y| (x, y))) {
            if xs.contains(&x) && ys.contains(&y) {
                pixels.put_pixel(x, y, Luma([255]));
            }
        }
    }
}

/// A square of lines, in pixels.
#[derive(Clone, Copy)]
struct Square {
    rect: Rect,
    /// How thick its lines are.
    line: f32,
}

/// A picture of ink and paper.
struct Paper<'p> {
    pixels: &'p GrayImage,
    threshold: u8,
}

impl Paper<'_> {
    fn is_ink(&self, x: u32, y: u32) -> bool {
        self.pixels.get_pixel(x, y).0[0] <= self.threshold
    }

    /// Squares whose four sides are drawn.
    fn squares(&self, least: f32, most: f32, thick: f32) -> Vec<Square> {
        let (width, height) = self.pixels.dimensions();
        let shortest = (SIDE_COVER * least).max(4.0) as u32;
        let thickest = thick.max(2.0) as u32;
        let limits = (shortest, thickest, LINES_MAX);
        let fits = |line: &Line| ((line.end - line.start) as f32) <= most;
        let mut across = lines(height, width, limits, |y, x| self.is_ink(x, y));
        let mut down = lines(width, height, limits, |x, y| self.is_ink(x, y));
        if across.len().max(down.len()) >= LINES_MAX {
            return Vec::new();
        }
        across.retain(fits);
        down.retain(fits);
        across.sort_unstable_by_key(|line| line.first);
        down.sort_unstable_by_key(|line| line.first);
        let mut squares: Vec<Square> = Vec::new();
        for (index, top) in across.iter().enumerate() {
            let reach = |bottom: &&Line| ((bottom.last + 1 - top.first) as f32) <= most;
            let bottoms = across[index + 1..].iter().take_while(reach);
            let square = bottoms.filter_map(|bottom| square(top, bottom, &down, least)).next();
            let known =
                |one: &Square| squares.iter().any(|other| other.rect.contains(one.rect.center()));
            squares.extend(square.filter(|square| !known(square)));
        }
        squares
    }

    /// The share of ink in a part of the picture.
    fn ink(&self, rect: &Rect) -> f32 {
        let (width, height) = self.pixels.dimensions();
        let span = |from: f32, to: f32, side: u32| {
            let within = |at: f32| at.round().clamp(0.0, side as f32) as u32;
            within(from)..within(to)
        };
        let (xs, ys) = (span(rect.x0, rect.x1, width), span(rect.y0, rect.y1, height));
        let pixels = xs.len() * ys.len();
        if pixels == 0 {
            return 0.0;
        }
        let ink = ys.map(|y| xs.clone().filter(|x| self.is_ink(*x, y)).count()).sum::<usize>();
        ink as f32 / pixels as f32
    }

    /// Bowls of letters have none.
    fn has_corners(&self, square: &Rect) -> bool {
        let size = (CORNER_INK * square.width()).max(2.0);
        let corners =
            [square.x0, square.x1 - size].map(|x| [square.y0, square.y1 - size].map(|y| (x, y)));
        corners
            .iter()
            .flatten()
            .all(|(x, y)| self.ink(&Rect { x0: *x, y0: *y, x1: x + size, y1: y + size }) > 0.0)
    }

    fn stands_free(&self, square: &Square) -> bool {
        let Rect { x0, y0, x1, y1 } = square.rect;
        let room = ROOM * square.rect.width();
        let blur = 1.0;
        let left = Rect { x0: x0 - blur - room, y0, x1: x0 - blur, y1 };
        let right = Rect { x0: x1 + blur, y0, x1: x1 + blur + room, y1 };
        self.ink(&left) <= ROOM_INK_MAX && self.ink(&right) <= ROOM_INK_MAX
    }

    fn is_marked(&self, square: &Square) -> bool {
        let inset = square.line + (0.08 * square.rect.width()).max(1.0);
        let Rect { x0, y0, x1, y1 } = square.rect;
        let inner = Rect { x0: x0 + inset, y0: y0 + inset, x1: x1 - inset, y1: y1 - inset };
        self.ink(&inner) >= MARK_MIN
    }

    /// Squares of ink that are as large as the boxes of the picture.
    fn blackened(&self, squares: &[Square]) -> Vec<Rect> {
        let mut sides: Vec<f32> = squares.iter().map(|square| square.rect.width()).collect();
        if sides.is_empty() {
            return Vec::new();
        }
        let middle = sides.len() / 2;
        let side = *sides.select_nth_unstable_by(middle, f32::total_cmp).1;
        let is_side = |length: f32| (length / side - 1.0).abs() <= BLACK_TOLERANCE;
        let rects = patches(self.pixels, self.threshold).into_iter().map(|patch| patch.rect());
        rects
            .filter(|rect| is_side(rect.width()) && is_side(rect.height()))
            .filter(|rect| !squares.iter().any(|square| square.rect.contains(rect.center())))
            .filter(|rect| self.ink(rect) >= BLACK_MIN)
            .collect()
    }
}

/// The square between two lines, if lines down close it.
fn square(top: &Line, bottom: &Line, down: &[Line], least: f32) -> Option<Square> {
    let (x0, x1) = (top.start.min(bottom.start) as f32, top.end.max(bottom.end) as f32);
    let (y0, y1) = (top.first as f32, (bottom.last + 1) as f32);
    let (width, height) = (x1 - x0, y1 - y0);
    let is_square = width >= least
        && height >= least
        && (PROPORTION_MIN..=PROPORTION_MAX).contains(&(height / width));
    let covers = |line: &Line, from: f32, to: f32| {
        let within = (line.end as f32).min(to) - (line.start as f32).max(from);
        within >= SIDE_COVER * (to - from)
    };
    if !is_square || !covers(top, x0, x1) || !covers(bottom, x0, x1) {
        return None;
    }
    let corner = CORNER * width;
    let first = down.partition_point(|line| (line.first as f32) < x0 - corner);
    let near = down[first..].iter().take_while(|line| line.first as f32 <= x1);
    let sides: Vec<&Line> = near.filter(|line| covers(line, y0, y1)).collect();
    let left = sides.iter().find(|line| (line.first as f32 - x0).abs() <= corner)?;
    let right = sides.iter().rfind(|line| (line.last as f32 + 1.0 - x1).abs() <= corner)?;
    // A mark that leaves through a corner makes the lines across longer, not those down thicker.
    let rect = Rect { x0: left.first as f32, y0, x1: (right.last + 1) as f32, y1 };
    let thickness = |line: &Line| (line.last + 1 - line.first) as f32;
    let line = [top, bottom, left, right].map(thickness).into_iter().fold(0.0, f32::max);
    (line <= LINE_SHARE_MAX * width).then_some(Square { rect, line })
}

/// Leaves out squares that stand in a row with hardly any room between them.
fn without_grids(squares: Vec<Square>) -> Vec<Square> {
    let beside = |one: &Square, other: &Square| {
        let gap = (other.rect.x0 - one.rect.x1).max(one.rect.x0 - other.rect.x1);
        gap < GRID_GAP * one.rect.width()
            && one.rect.overlap_y(&other.rect) > 0.7 * one.rect.height()
    };
    // Joined to rows by their neighbours.
    let mut rows: Vec<Vec<Square>> = Vec::new();
    for square in squares {
        let (joined, apart): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| row.iter().any(|other| beside(&square, other)));
        rows = apart;
        rows.push(joined.into_iter().flatten().chain([square]).collect());
    }
    rows.into_iter().filter(|row| row.len() < GRID_MIN).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sheet of 150 dots per inch on which a box of ten points is 21 pixels wide.
    struct Sheet(GrayImage);

    impl Sheet {
        fn new() -> Self {
            Self(GrayImage::from_pixel(300, 200, Luma([245])))
        }

        fn fill(mut self, x: u32, y: u32, width: u32, height: u32) -> Self {
            for (x, y) in (x..x + width).flat_map(|x| (y..y + height).map(move |y| (x, y))) {
                self.0.put_pixel(x, y, Luma([20]));
            }
            self
        }

        fn frame(self, x: u32, y: u32, width: u32, height: u32) -> Self {
            self.fill(x, y, width, 2).fill(x, y + height - 2, width, 2).fill(x, y, 2, height).fill(
                x + width - 2,
                y,
                2,
                height,
            )
        }

        /// A stroke upward to the right, which may leave the box.
        fn stroke(self, x: u32, y: u32, length: u32) -> Self {
            (0..length).fold(self, |sheet, step| sheet.fill(x + step, y - step, 2, 2))
        }

        fn found(self) -> Vec<(u32, u32, bool)> {
            let boxes = checkboxes(&Raster { pixels: self.0, dpi: 150.0 });
            let pixel = |points: f32| (points * 150.0 / 72.0).round() as u32;
            boxes.iter().map(|one| (pixel(one.rect.x0), pixel(one.rect.y0), one.ticked)).collect()
        }
    }

    #[test]
    fn empty_ticked_and_blackened_boxes() {
        let sheet = Sheet::new()
            .frame(20, 20, 21, 21)
            .frame(20, 60, 21, 21)
            .stroke(25, 76, 24)
            .fill(20, 100, 21, 21);
        assert_eq!(sheet.found(), [(20, 20, false), (20, 60, true), (20, 100, true)]);
    }

    #[test]
    fn boxes_are_taken_with_the_marks_that_leave_them() {
        let Sheet(pixels) =
            Sheet::new().frame(20, 60, 21, 21).stroke(25, 76, 24).fill(60, 62, 30, 15);
        let mut raster = Raster { pixels, dpi: 150.0 };
        assert_eq!(take_checkboxes(&mut raster).len(), 1);
        let ink = raster.pixels.enumerate_pixels().filter(|(.., pixel)| pixel.0[0] < 200);
        let (left, right) = ink.map(|(x, ..)| x).fold((300, 0), |(l, r), x| (l.min(x), r.max(x)));
        assert_eq!((left, right), (60, 89), "the text beside it is left");
    }

    #[test]
    fn what_is_no_box_to_tick() {
        let grid = Sheet::new().frame(20, 20, 21, 21).frame(44, 20, 21, 21).frame(68, 20, 21, 21);
        assert_eq!(grid.found(), [], "places for letters");
        let wide = Sheet::new().frame(20, 20, 60, 21).frame(100, 20, 90, 90);
        assert_eq!(wide.found(), [], "fields to write into");
        let open = Sheet::new().fill(20, 20, 21, 2).fill(20, 39, 21, 2).fill(20, 20, 2, 21);
        assert_eq!(open.found(), [], "no side to the right");
        let bowl = Sheet::new()
            .fill(23, 20, 18, 2)
            .fill(23, 39, 18, 2)
            .fill(20, 23, 2, 15)
            .fill(39, 10, 2, 31);
        assert_eq!(bowl.found(), [], "a letter");
        let sign = Sheet::new().frame(20, 20, 21, 21).fill(43, 22, 3, 17);
        assert_eq!(sign.found(), [], "a sign in a line of writing");
        assert_eq!(Sheet::new().fill(20, 20, 21, 21).found(), [], "a bullet");
    }
}
