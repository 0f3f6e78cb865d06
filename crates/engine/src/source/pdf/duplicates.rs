//! Recognises glyphs that are drawn again at nearly the same place, as some programs do for bold.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Side of a cell of the grid in points.
const CELL: f32 = 4.0;

/// A character and a cell of the grid.
type Cell = (u32, i16, i16);

/// Remembers where each character was drawn.
#[derive(Default)]
pub(crate) struct Duplicates {
    seen: HashMap<Cell, (f32, f32, usize), BuildHasherDefault<CellHasher>>,
}

impl Duplicates {
    /// Notes the character and returns the index under which it was noted before at the same place.
    pub(crate) fn note(
        &mut self,
        character: char,
        at: (f32, f32),
        size: f32,
        index: usize,
    ) -> Option<usize> {
        let slack = (size * 0.12).clamp(0.2, CELL / 2.0);
        let cell = |value: f32| (value / CELL) as i16;
        let code = u32::from(character);
        let columns = [cell(at.0 - slack), cell(at.0 + slack)];
        let rows = [cell(at.1 - slack), cell(at.1 + slack)];
        for column in columns[0]..=columns[1] {
            for row in rows[0]..=rows[1] {
                if let Some((x, y, former)) = self.seen.get(&(code, column, row))
                    && (x - at.0).abs() <= slack
                    && (y - at.1).abs() <= slack
                {
                    return Some(*former);
                }
            }
        }
        self.seen.insert((code, cell(at.0), cell(at.1)), (at.0, at.1, index));
        None
    }
}

/// A multiplicative hasher: keys are small numbers and never chosen by a client for long.
#[derive(Default)]
struct CellHasher(u64);

impl CellHasher {
    fn mix(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for CellHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.mix(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.mix(u64::from(value));
    }

    fn write_i16(&mut self, value: i16) {
        self.mix(u64::from(value.cast_unsigned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_letter_nearby_is_a_duplicate_and_a_double_letter_is_not() {
        let mut duplicates = Duplicates::default();
        assert_eq!(duplicates.note('l', (10.0, 10.0), 10.0, 0), None);
        assert_eq!(duplicates.note('l', (10.3, 10.0), 10.0, 1), Some(0));
        assert_eq!(duplicates.note('l', (12.2, 10.0), 10.0, 1), None);
        assert_eq!(duplicates.note('i', (10.0, 10.0), 10.0, 2), None);
    }
}
