//! Parts ink from paper.

use image::GrayImage;

/// The shade that parts ink from paper: the one that makes both as uniform as they can be (N. Otsu,
/// A Threshold Selection Method from Gray-Level Histograms, 1979). Ink is at or below it.
pub(crate) fn otsu(pixels: &GrayImage) -> u8 {
    let mut histogram = [0_u64; 256];
    for shade in pixels.as_raw() {
        histogram[usize::from(*shade)] += 1;
    }
    let total: u64 = histogram.iter().sum();
    let sum: f64 = histogram.iter().enumerate().map(|(shade, n)| shade as f64 * *n as f64).sum();
    let (mut below, mut sum_below) = (0_u64, 0.0);
    let (mut best, mut threshold) = (0.0, 127_u8);
    for shade in 0..=255_u8 {
        let count = histogram[usize::from(shade)];
        below += count;
        sum_below += f64::from(shade) * count as f64;
        let above = total - below;
        if below == 0 || above == 0 {
            continue;
        }
        let apart = sum_below / below as f64 - (sum - sum_below) / above as f64;
        let between = below as f64 * above as f64 * apart * apart;
        if between > best {
            (best, threshold) = (between, shade);
        }
    }
    threshold
}
