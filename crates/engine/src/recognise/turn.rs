//! Quarter turns of a picture, and the way back for what was read on the turned one.

use super::models::{Arrangement, Picture, PixelBox, RecognisedText};
use crate::model::Direction;
use image::{GrayImage, imageops};

/// How far a picture is turned, with the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

/// The directions in the order in which a quarter turn leads from one to the next.
const CLOCKWISE: [Direction; 4] =
    [Direction::Right, Direction::Down, Direction::Left, Direction::Up];

impl Turn {
    fn quarters(self) -> usize {
        match self {
            Self::None => 0,
            Self::Quarter => 1,
            Self::Half => 2,
            Self::ThreeQuarters => 3,
        }
    }

    /// Width becomes height.
    pub(crate) fn is_sideways(self) -> bool {
        self.quarters() % 2 == 1
    }

    /// The turned picture for a recogniser.
    pub(crate) fn picture(self, pixels: &GrayImage, dpi: u32, arrangement: Arrangement) -> Picture {
        let turned = match self {
            Self::None => pixels.clone(),
            Self::Quarter => imageops::rotate90(pixels),
            Self::Half => imageops::rotate180(pixels),
            Self::ThreeQuarters => imageops::rotate270(pixels),
        };
        let (width, height) = turned.dimensions();
        Picture { width, height, pixels: turned.into_raw(), dpi, arrangement }
    }

    /// What was read on the turned picture, as it stands in the picture of this size. The boxes are
    /// within the turned picture.
    pub(crate) fn back(self, mut text: RecognisedText, width: u32, height: u32) -> RecognisedText {
        let place = |area: PixelBox| {
            let PixelBox { left, top, right, bottom } = area;
            let [left, top, right, bottom] = match self {
                Self::None => [left, top, right, bottom],
                Self::Quarter => [top, height - right, bottom, height - left],
                Self::Half => [width - right, height - bottom, width - left, height - top],
                Self::ThreeQuarters => [width - bottom, left, width - top, right],
            };
            PixelBox { left, top, right, bottom }
        };
        text.pictures.iter_mut().for_each(|area| *area = place(*area));
        for line in &mut text.lines {
            line.words.iter_mut().for_each(|word| word.bounds = place(word.bounds));
            if let Some(at) = CLOCKWISE.iter().position(|known| *known == line.direction) {
                line.direction = CLOCKWISE[(at + 4 - self.quarters()) % 4];
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::models::{RecognisedLine, RecognisedWord};
    use image::Luma;

    /// A picture of 7 x 5 pixels with a mark of 3 x 1, turned, found and placed back.
    #[test]
    fn what_is_read_on_a_turned_picture_stands_where_it_is() {
        let mark = PixelBox { left: 1, top: 3, right: 4, bottom: 4 };
        let mut pixels = GrayImage::from_pixel(7, 5, Luma([255]));
        (mark.left..mark.right).for_each(|x| pixels.put_pixel(x, mark.top, Luma([0])));
        let directions = [
            (Turn::None, Direction::Right),
            (Turn::Quarter, Direction::Up),
            (Turn::Half, Direction::Left),
            (Turn::ThreeQuarters, Direction::Down),
        ];
        for (turn, direction) in directions {
            let picture = turn.picture(&pixels, 300, Arrangement::Page);
            let size = if turn.is_sideways() { (5, 7) } else { (7, 5) };
            assert_eq!((picture.width, picture.height), size);
            let dark = (0_u32..).zip(&picture.pixels).filter(|(_, shade)| **shade == 0);
            let places = dark.map(|(at, _)| (at % picture.width, at / picture.width));
            let places: Vec<(u32, u32)> = places.collect();
            let bounds = PixelBox {
                left: places.iter().map(|place| place.0).min().unwrap(),
                top: places.iter().map(|place| place.1).min().unwrap(),
                right: places.iter().map(|place| place.0).max().unwrap() + 1,
                bottom: places.iter().map(|place| place.1).max().unwrap() + 1,
            };
            let word = RecognisedWord { text: "mark".to_owned(), bounds, confidence: 0.9 };
            let line = RecognisedLine { words: vec![word], direction: Direction::Right };
            let text = RecognisedText { lines: vec![line], pictures: vec![bounds] };
            let back = turn.back(text, 7, 5);
            assert_eq!(back.lines[0].words[0].bounds, mark, "{turn:?}");
            assert_eq!(back.pictures, [mark], "{turn:?}");
            assert_eq!(back.lines[0].direction, direction, "{turn:?}");
        }
    }
}
