//! What a recogniser answers about a picture.

#![no_main]

use docket_engine::{Models, OcrFault, Picture, RecognisedText, read_hocr};
use docket_fuzz::{parse_with, watch_panics};
use libfuzzer_sys::fuzz_target;

/// Says the same about every picture.
#[derive(Debug)]
struct Answer<'a>(&'a str);

impl Models for Answer<'_> {
    fn read_texts(&self, pictures: Vec<Picture>) -> Vec<Result<RecognisedText, OcrFault>> {
        pictures.iter().map(|_| read_hocr(self.0).ok_or(OcrFault::Failed)).collect()
    }
}

/// A white picture of 64 x 64 pixels as a bitmap of one bit a pixel.
fn bitmap() -> Vec<u8> {
    let mut file = b"BM".to_vec();
    for word in [574_u32, 0, 62, 40, 64, 64, 0x0001_0001, 0, 512, 2835, 2835, 2, 2, 0, 0xFF_FFFF] {
        file.extend_from_slice(&word.to_le_bytes());
    }
    file.resize(574, 0xFF);
    file
}

fuzz_target!(init: watch_panics(), |text: &str| {
    let _ = parse_with(&bitmap(), None, &Answer(text));
});
