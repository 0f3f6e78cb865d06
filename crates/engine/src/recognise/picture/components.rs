//! Connected patches of ink, to tell how large the letters of a picture are.

use image::GrayImage;

use crate::model::Rect;

/// Patches that are counted; a picture with more is judged by these.
const PATCHES_MAX: usize = 200_000;
/// Fewer letters tell nothing.
const LETTERS_MIN: usize = 8;

/// A run of ink in one row, and the patch that it belongs to.
#[derive(Clone, Copy)]
struct Run {
    start: u32,
    end: u32,
    patch: usize,
}

/// The box of a patch, and which patch it has become part of.
#[derive(Clone, Copy)]
pub(super) struct Patch {
    x0: u32,
    x1: u32,
    y0: u32,
    y1: u32,
    parent: usize,
}

impl Patch {
    /// In pixels.
    pub(super) fn rect(&self) -> Rect {
        let [x0, y0, x1, y1] = [self.x0, self.y0, self.x1, self.y1 + 1].map(|at| at as f32);
        Rect { x0, y0, x1, y1 }
    }
}

/// The height in pixels that most letters have: the median over patches of ink with the proportions
/// of letters. `None` if there are too few of them.
pub(super) fn letter_height(pixels: &GrayImage, threshold: u8) -> Option<f32> {
    let mut heights: Vec<u32> = patches(pixels, threshold)
        .into_iter()
        .map(|patch| (patch.x1 - patch.x0, patch.y1 - patch.y0 + 1))
        .filter(|(width, height)| {
            let shape = *width as f32 / *height as f32;
            *height >= 4 && *height < pixels.height() / 2 && (0.15..2.5).contains(&shape)
        })
        .map(|(_, height)| height)
        .collect();
    if heights.len() < LETTERS_MIN {
        return None;
    }
    let middle = heights.len() / 2;
    let (_, median, _) = heights.select_nth_unstable(middle);
    Some(*median as f32)
}

/// Patches of touching ink, row by row: runs that overlap runs of the row above join their patches.
pub(super) fn patches(pixels: &GrayImage, threshold: u8) -> Vec<Patch> {
    let mut patches: Vec<Patch> = Vec::new();
    let mut above: Vec<Run> = Vec::new();
    for (y, row) in (0_u32..).zip(pixels.rows()) {
        let mut here: Vec<Run> = Vec::new();
        let mut start = None;
        let shades = row.map(|pixel| pixel.0[0]).chain(std::iter::once(255));
        for (x, shade) in (0_u32..).zip(shades) {
            match (shade <= threshold && shade < 255, start) {
                (true, None) => start = Some(x),
                (false, Some(from)) => {
                    here.push(join(&mut patches, &above, from, x, y));
                    start = None;
                }
                _ => {}
            }
        }
        if patches.len() > PATCHES_MAX {
            break;
        }
        above = here;
    }
    patches.iter().enumerate().filter(|(at, patch)| patch.parent == *at).map(|(_, p)| *p).collect()
}

/// Puts a run into the patches of the runs that it touches, which become one.
fn join(patches: &mut Vec<Patch>, above: &[Run], start: u32, end: u32, y: u32) -> Run {
    let mut whole: Option<usize> = None;
    let first = above.partition_point(|run| run.end < start);
    for run in above[first..].iter().take_while(|run| run.start <= end) {
        let root = root(patches, run.patch);
        match whole {
            None => whole = Some(root),
            Some(other) if other != root => {
                let part = patches[root];
                patches[root].parent = other;
                let into = &mut patches[other];
                (into.x0, into.x1) = (into.x0.min(part.x0), into.x1.max(part.x1));
                (into.y0, into.y1) = (into.y0.min(part.y0), into.y1.max(part.y1));
            }
            Some(_) => {}
        }
    }
    let patch = whole.unwrap_or_else(|| {
        patches.push(Patch { x0: start, x1: end, y0: y, y1: y, parent: patches.len() });
        patches.len() - 1
    });
    let into = &mut patches[patch];
    (into.x0, into.x1, into.y1) = (into.x0.min(start), into.x1.max(end), y);
    Run { start, end, patch }
}

fn root(patches: &mut [Patch], mut at: usize) -> usize {
    while patches[at].parent != at {
        let next = patches[at].parent;
        patches[at].parent = patches[next].parent;
        at = next;
    }
    at
}
