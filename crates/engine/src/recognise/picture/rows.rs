//! Rows of letters: patches of ink of about one height that stand side by side on one line. Text has
//! them, photos and drawings hardly ever do.

use image::GrayImage;

use super::components::patches;
use crate::model::Rect;

/// Patches that are looked at; a picture with more of them is judged by these.
const PATCHES_MAX: usize = 20_000;
/// The lowest letter in pixels.
const HEIGHT_MIN: f32 = 4.0;
/// Width by height of a letter; in scans and joined scripts, several letters are one patch.
const SHAPE_MIN: f32 = 0.08;
const SHAPE_MAX: f32 = 8.0;
/// Neighbours differ in height by this factor at most: small letters and capitals.
const HEIGHTS_MAX: f32 = 2.5;
/// The room between neighbours, in heights of the higher one: the space between words and more.
const GAP_MAX: f32 = 1.3;
/// How far neighbours may overlap: slanted letters do.
const GAP_MIN: f32 = -0.4;
/// Neighbours have this share of the lower one's height in common.
const BESIDE: f32 = 0.5;
/// A row has so many letters, in two patches at least ...
const ROW_LETTERS_MIN: usize = 4;
/// ... of which this share stands on one line, within this share of their height.
const ON_LINE_SHARE: f32 = 0.6;
const ON_LINE_SLACK: f32 = 0.18;
/// Letters in a patch as wide as it is high.
const LETTERS_PER_HEIGHT: f32 = 1.2;

/// The rows of letters of a picture.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    /// In pixels, each with about so many letters.
    pub(crate) rows: Vec<(Rect, usize)>,
    /// About how many letters they have together.
    pub(crate) letters: usize,
}

/// Rows from left to right, and from top to bottom. Ink is at or below the threshold.
pub(crate) fn rows(pixels: &GrayImage, threshold: u8) -> (Rows, Rows) {
    let mut rects: Vec<Rect> =
        patches(pixels, threshold).iter().map(|patch| patch.rect()).collect();
    rects.truncate(PATCHES_MAX);
    let largest = pixels.width().max(pixels.height()) as f32 / 2.0;
    rects.retain(|rect| rect.width().max(rect.height()) < largest);
    let mut down = rows_of(rects.iter().map(mirrored).collect());
    down.rows.iter_mut().for_each(|(row, _)| *row = mirrored(row));
    (rows_of(rects), down)
}

/// Along the diagonal of the picture.
fn mirrored(rect: &Rect) -> Rect {
    Rect { x0: rect.y0, y0: rect.x0, x1: rect.y1, y1: rect.x1 }
}

fn rows_of(mut rects: Vec<Rect>) -> Rows {
    rects.retain(|rect| {
        rect.height() >= HEIGHT_MIN
            && (SHAPE_MIN..SHAPE_MAX).contains(&(rect.width() / rect.height()))
    });
    rects.sort_unstable_by(|a, b| a.x0.total_cmp(&b.x0));
    let mut open: Vec<Vec<Rect>> = Vec::new();
    let mut found = Rows::default();
    for rect in rects {
        let ended = |row: &mut Vec<Rect>| {
            row.last().is_none_or(|last| last.x1 + GAP_MAX * HEIGHTS_MAX * last.height() < rect.x0)
        };
        open.extract_if(.., ended).for_each(|row| found.take(&row));
        let gap = |row: &&mut Vec<Rect>| row.last().map_or(f32::MAX, |last| rect.x0 - last.x1);
        let rows =
            open.iter_mut().filter(|row| row.last().is_some_and(|last| follows(last, &rect)));
        match rows.min_by(|a, b| gap(a).total_cmp(&gap(b))) {
            Some(row) => row.push(rect),
            None => open.push(vec![rect]),
        }
    }
    open.iter().for_each(|row| found.take(row));
    found
}

/// The second patch is the next letter of a row.
fn follows(one: &Rect, other: &Rect) -> bool {
    let (low, high) = (one.height().min(other.height()), one.height().max(other.height()));
    let gap = (other.x0 - one.x1) / high;
    high <= HEIGHTS_MAX * low
        && (GAP_MIN..=GAP_MAX).contains(&gap)
        && one.overlap_y(other) >= BESIDE * low
}

impl Rows {
    fn take(&mut self, row: &[Rect]) {
        let letters = |rect: &Rect| (LETTERS_PER_HEIGHT * rect.width() / rect.height()).max(1.0);
        let letters = row.iter().map(letters).sum::<f32>() as usize;
        if row.len() < 2 || letters < ROW_LETTERS_MIN {
            return;
        }
        // Letters on their head stand on their upper edge.
        let height = median(row.iter().map(Rect::height));
        let on_line = |edge: fn(&Rect) -> f32| {
            let line = median(row.iter().map(edge));
            row.iter().filter(|rect| (edge(rect) - line).abs() <= ON_LINE_SLACK * height).count()
        };
        let most = on_line(|rect| rect.y1).max(on_line(|rect| rect.y0));
        if (most as f32) < ON_LINE_SHARE * row.len() as f32 {
            return;
        }
        let whole = row.iter().fold(Rect::NOTHING, |whole, rect| whole.union(rect));
        self.letters += letters;
        self.rows.push((whole, letters));
    }
}

/// Of at least one value.
fn median(values: impl Iterator<Item = f32>) -> f32 {
    let mut values: Vec<f32> = values.collect();
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// A white picture with these black boxes (left, top, width, height).
    fn drawn(boxes: &[[u32; 4]]) -> GrayImage {
        let mut pixels = GrayImage::from_pixel(300, 200, Luma([255]));
        for [x, y, width, height] in boxes {
            for (x, y) in (*x..x + width).flat_map(|x| (*y..y + height).map(move |y| (x, y))) {
                pixels.put_pixel(x, y, Luma([0]));
            }
        }
        pixels
    }

    #[test]
    fn letters_side_by_side_are_a_row_in_either_direction() {
        let across: Vec<[u32; 4]> = (0..9).map(|at| [20 + 12 * at, 50, 8, 10]).collect();
        let found = rows(&drawn(&across), 127);
        assert_eq!((found.0.letters, found.1.letters), (9, 0));
        let (row, letters) = found.0.rows[0];
        assert_eq!(([row.x0, row.y0, row.x1, row.y1], letters), ([20.0, 50.0, 124.0, 60.0], 9));
        let down: Vec<[u32; 4]> = across.iter().map(|[x, y, w, h]| [*y, *x, *h, *w]).collect();
        let found = rows(&drawn(&down), 127);
        assert_eq!((found.0.letters, found.1.letters), (0, 9));
    }

    #[test]
    fn scattered_patches_and_dots_are_no_rows() {
        let scattered: Vec<[u32; 4]> =
            (0..12).map(|at| [20 + 20 * at, 20 + (at * 53) % 130, 8, 10]).collect();
        let dots: Vec<[u32; 4]> = (0..30).map(|at| [20 + 6 * at, 50, 2, 2]).collect();
        for boxes in [scattered, dots] {
            let found = rows(&drawn(&boxes), 127);
            assert_eq!((found.0.letters, found.1.letters), (0, 0), "{boxes:?}");
        }
    }
}
