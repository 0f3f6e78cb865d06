//! Pictures and the text that was read from them, as frames between parent and child.

use docket_engine::{Arrangement, OcrFault, Picture};
use serde::{Deserialize, Serialize};

/// Pixels of the largest picture that a child may ask its parent to read, and of all pictures that
/// it may ask for at the same time.
pub(super) const PIXELS_MAX: u64 = 160_000_000;

/// The header of a picture; its pixels follow.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct PictureHead {
    width: u32,
    height: u32,
    dpi: u32,
    arrangement: FrameArrangement,
    /// Another picture follows before the child waits for their texts.
    pub(super) more: bool,
}

/// How its text is arranged.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FrameArrangement {
    Page,
    Column,
    Rows,
}

impl PictureHead {
    pub(super) fn new(picture: &Picture, more: bool) -> Self {
        let arrangement = match picture.arrangement {
            Arrangement::Page => FrameArrangement::Page,
            Arrangement::Column => FrameArrangement::Column,
            Arrangement::Rows => FrameArrangement::Rows,
        };
        let Picture { width, height, dpi, .. } = *picture;
        Self { width, height, dpi, arrangement, more }
    }

    /// How many bytes its pixels are; `None` for more than any picture has.
    pub(crate) fn pixel_bytes(&self) -> Option<usize> {
        let pixels = u64::from(self.width) * u64::from(self.height);
        usize::try_from(pixels).ok().filter(|_| pixels <= PIXELS_MAX)
    }

    /// The picture with these pixels; `None` if they are not as many as they should be.
    pub(crate) fn with_pixels(self, pixels: Vec<u8>) -> Option<Picture> {
        let Self { width, height, dpi, arrangement, .. } = self;
        let arrangement = match arrangement {
            FrameArrangement::Page => Arrangement::Page,
            FrameArrangement::Column => Arrangement::Column,
            FrameArrangement::Rows => Arrangement::Rows,
        };
        let whole = self.pixel_bytes() == Some(pixels.len());
        whole.then_some(Picture { width, height, pixels, dpi, arrangement })
    }
}

/// The header of the text that was read.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReadOutcome {
    Read,
    Unavailable,
    TooSlow,
    DocumentTooSlow,
    Failed,
}

impl From<OcrFault> for ReadOutcome {
    fn from(fault: OcrFault) -> Self {
        match fault {
            OcrFault::Unavailable => Self::Unavailable,
            OcrFault::TooSlow => Self::TooSlow,
            OcrFault::DocumentTooSlow => Self::DocumentTooSlow,
            OcrFault::Failed => Self::Failed,
        }
    }
}

impl From<ReadOutcome> for Option<OcrFault> {
    fn from(outcome: ReadOutcome) -> Self {
        match outcome {
            ReadOutcome::Read => None,
            ReadOutcome::Unavailable => Some(OcrFault::Unavailable),
            ReadOutcome::TooSlow => Some(OcrFault::TooSlow),
            ReadOutcome::DocumentTooSlow => Some(OcrFault::DocumentTooSlow),
            ReadOutcome::Failed => Some(OcrFault::Failed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_gone_mad_cannot_ask_for_the_whole_memory() {
        let head = PictureHead {
            width: 3,
            height: 2,
            dpi: 300,
            arrangement: FrameArrangement::Page,
            more: false,
        };
        assert_eq!(head.pixel_bytes(), Some(6));
        assert!(head.with_pixels(vec![0; 6]).is_some());
        assert!(head.with_pixels(vec![0; 7]).is_none());
        let mad = PictureHead { width: u32::MAX, height: u32::MAX, ..head };
        assert_eq!(mad.pixel_bytes(), None);
    }
}
