//! Stretches the contrast of a picture place by place, so that pale print becomes as dark as bold.

use image::GrayImage;

/// Places are squares of so many pixels, by the longer side of the picture.
const PLACES: u32 = 64;
const PLACE_PIXELS_MIN: u32 = 16;
/// Shades that differ by less within a place and its neighbours are paper.
const CONTRAST_MIN: f32 = 12.0;
/// The paper of a place is its bright end without this share of its pixels, the ink its dark end.
const BRIGHT_SHARE: usize = 20;
const DARK_SHARE: usize = 100;

/// The shades of paper and ink in squares of a picture.
struct Places {
    side: u32,
    columns: usize,
    /// Paper and ink, row by row.
    shades: Vec<(f32, f32)>,
}

/// The picture on white paper, its ink as dark as it can be.
pub(crate) fn levelled(pixels: &GrayImage) -> GrayImage {
    let places = Places::of(pixels).with_neighbours();
    GrayImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let (paper, ink) = places.at(x, y);
        let shade = f32::from(pixels.get_pixel(x, y).0[0]);
        if paper - ink < CONTRAST_MIN {
            return image::Luma([255]);
        }
        image::Luma([(255.0 * (shade - ink) / (paper - ink)).clamp(0.0, 255.0) as u8])
    })
}

impl Places {
    fn of(pixels: &GrayImage) -> Self {
        let (width, height) = pixels.dimensions();
        let side = (width.max(height) / PLACES).max(PLACE_PIXELS_MIN);
        let (columns, rows) = (width.div_ceil(side), height.div_ceil(side));
        let mut shades = Vec::with_capacity((columns * rows) as usize);
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)))
        {
            let mut histogram = [0_usize; 256];
            let mut count = 0;
            for y in row * side..((row + 1) * side).min(height) {
                for x in column * side..((column + 1) * side).min(width) {
                    histogram[usize::from(pixels.get_pixel(x, y).0[0])] += 1;
                    count += 1;
                }
            }
            let paper = shade_after((0..256).rev(), &histogram, count / BRIGHT_SHARE);
            let ink = shade_after(0..256, &histogram, count / DARK_SHARE);
            shades.push((paper as f32, ink as f32));
        }
        Self { side, columns: columns as usize, shades }
    }

    /// The brightest paper and the darkest ink of each place and its neighbours: the inside of a bold
    /// letter is ink.
    fn with_neighbours(self) -> Self {
        let rows = self.shades.len() / self.columns.max(1);
        let near = |at: usize, end: usize| at.saturating_sub(1)..(at + 2).min(end);
        let spread = |row: usize, column: usize| {
            let around = near(row, rows)
                .flat_map(|row| near(column, self.columns).map(move |column| (row, column)));
            around.fold((0.0_f32, 255.0_f32), |(paper, ink), (row, column)| {
                let (p, i) = self.shades[row * self.columns + column];
                (paper.max(p), ink.min(i))
            })
        };
        let shades = (0..rows).flat_map(|row| (0..self.columns).map(move |column| (row, column)));
        let shades = shades.map(|(row, column)| spread(row, column)).collect();
        Self { shades, ..self }
    }

    /// Between the four places around a pixel.
    fn at(&self, x: u32, y: u32) -> (f32, f32) {
        let rows = self.shades.len() / self.columns.max(1);
        let position = |pixel: u32, end: usize| {
            let at = (pixel as f32 / self.side as f32 - 0.5).clamp(0.0, (end - 1) as f32);
            (at as usize, (at as usize + 1).min(end - 1), at.fract())
        };
        let (left, right, across) = position(x, self.columns);
        let (upper, lower, down) = position(y, rows);
        let mixed = |one: (f32, f32), other: (f32, f32), share: f32| {
            (one.0 + (other.0 - one.0) * share, one.1 + (other.1 - one.1) * share)
        };
        let shade = |row: usize, column: usize| self.shades[row * self.columns + column];
        let above = mixed(shade(upper, left), shade(upper, right), across);
        let below = mixed(shade(lower, left), shade(lower, right), across);
        mixed(above, below, down)
    }
}

/// The shade in this order after which more than so many pixels have been passed.
fn shade_after(
    mut order: impl Iterator<Item = usize>,
    histogram: &[usize; 256],
    pixels: usize,
) -> usize {
    let mut passed = 0;
    let found = order.find(|shade| {
        passed += histogram[*shade];
        passed > pixels
    });
    found.unwrap_or(255)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    #[test]
    fn pale_and_bold_print_become_equally_dark_and_paper_white() {
        let mut pixels = GrayImage::from_fn(600, 800, |x, y| {
            // Paper that darkens to one side, with the noise of a camera.
            Luma([235 + ((x * 7 + y * 13) % 5) as u8 - (x / 60) as u8])
        });
        for (top, shade) in [(100, 20), (400, 190)] {
            for (x, y) in (100..400).flat_map(|x| (top..top + 12).map(move |y| (x, y))) {
                if x % 12 < 7 {
                    pixels.put_pixel(x, y, Luma([shade]));
                }
            }
        }
        let levelled = levelled(&pixels);
        let shade = |x, y| levelled.get_pixel(x, y).0[0];
        for place in [(122, 105), (242, 405)] {
            assert!(shade(place.0, place.1) < 20, "ink at {place:?}: {}", shade(place.0, place.1));
        }
        for place in [(500, 700), (300, 600), (50, 250)] {
            assert_eq!(shade(place.0, place.1), 255, "paper at {place:?}");
        }
    }
}
