//! The resolution that an image file states, where it can be believed.

use image::ImageFormat;

/// Scanners and cameras know nothing below and above.
const BELIEVABLE_DPI: std::ops::RangeInclusive<f32> = 100.0..=1200.0;
const METRES_PER_INCH: f32 = 0.0254;

/// Dots per inch. `None` where the file does not tell, or tells the 72 or 96 that programs write
/// when they do not know.
pub(super) fn dots_per_inch(bytes: &[u8], format: ImageFormat) -> Option<f32> {
    let stated = match format {
        ImageFormat::Png => png(bytes),
        ImageFormat::Jpeg => jpeg(bytes),
        ImageFormat::Tiff => tiff(bytes),
        ImageFormat::Bmp => bmp(bytes),
        _ => None,
    };
    stated.filter(|dpi| BELIEVABLE_DPI.contains(dpi))
}

fn big(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte))
}

/// The chunk `pHYs`: pixels per metre.
fn png(bytes: &[u8]) -> Option<f32> {
    let mut at = 8;
    loop {
        let length = big(bytes.get(at..at + 4)?) as usize;
        match bytes.get(at + 4..at + 8)? {
            b"pHYs" => {
                let data = bytes.get(at + 8..at + 17)?;
                return (data[8] == 1).then(|| big(&data[..4]) as f32 * METRES_PER_INCH);
            }
            b"IDAT" | b"IEND" => return None,
            _ => at = at.checked_add(length)?.checked_add(12)?,
        }
    }
}

/// The segment `JFIF`: dots per inch or centimetre.
fn jpeg(bytes: &[u8]) -> Option<f32> {
    let head = bytes.get(2..18)?;
    if head[..2] != [0xff, 0xe0] || &head[4..9] != b"JFIF\0" {
        return None;
    }
    let density = big(&head[12..14]) as f32;
    match head[11] {
        1 => Some(density),
        2 => Some(density * 100.0 * METRES_PER_INCH),
        _ => None,
    }
}

/// The tags `XResolution` and `ResolutionUnit` of the first directory.
fn tiff(bytes: &[u8]) -> Option<f32> {
    const X_RESOLUTION: u32 = 282;
    const RESOLUTION_UNIT: u32 = 296;
    let little = bytes.first() == Some(&b'I');
    let number = |at: usize, length: usize| -> Option<u32> {
        let part = bytes.get(at..at.checked_add(length)?)?;
        if little {
            Some(part.iter().rev().fold(0, |sum, byte| (sum << 8) | u32::from(*byte)))
        } else {
            Some(big(part))
        }
    };
    let directory = number(4, 4)? as usize;
    let (mut dots, mut per_inch) = (None, 1.0);
    for entry in 0..number(directory, 2)? as usize {
        let at = directory + 2 + entry * 12;
        match number(at, 2)? {
            X_RESOLUTION => {
                let place = number(at + 8, 4)? as usize;
                let (over, under) = (number(place, 4)?, number(place + 4, 4)?);
                dots = (under != 0).then(|| over as f32 / under as f32);
            }
            // 3 is per centimetre.
            RESOLUTION_UNIT if number(at + 8, 2)? == 3 => per_inch = 100.0 * METRES_PER_INCH,
            _ => {}
        }
    }
    Some(dots? * per_inch)
}

/// Pixels per metre in the header.
fn bmp(bytes: &[u8]) -> Option<f32> {
    let data: [u8; 4] = bytes.get(38..42)?.try_into().ok()?;
    Some(u32::from_le_bytes(data) as f32 * METRES_PER_INCH)
}
