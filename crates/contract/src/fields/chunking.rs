//! The fields of `/chunking`.

use super::{Field, Kind, Options, Otherwise};
use crate::document::Warning;
use crate::spec::{ChunkSpec, ChunkStrategy};

/// The largest size of a chunk that can be stored.
const CHARS_MAX: u64 = i64::MAX as u64;

impl Options for ChunkSpec {
    fn warnings_mut(&mut self) -> &mut Vec<Warning> {
        &mut self.warnings
    }
}

/// Options of a chunking. The order is that of reading.
pub const CHUNKING: &[Field<ChunkSpec>] = &[
    Field {
        default: Some("semantic"),
        ..Field::new(
            "strategy",
            Kind::Words {
                allowed: &[
                    "semantic",
                    "fixed",
                    "page",
                    "paragraph",
                    "heading",
                    "hybrid",
                    "hierarchical",
                    "zchunk",
                ],
                otherwise: Otherwise::Refuses,
                set: |spec, word| {
                    spec.strategy = ChunkStrategy::from_wire(word).unwrap_or(spec.strategy);
                },
            },
            "Where the text is cut; `zchunk` is the same as `semantic`.",
        )
    },
    Field {
        default: Some("1000"),
        ..Field::new(
            "chunk_size",
            Kind::Integer {
                least: 1,
                most: CHARS_MAX,
                otherwise: Otherwise::Refuses,
                set: |spec, chars| {
                    spec.chunk_chars = chars_of(chars);
                    // The default overlap must not make a small chunk_size an error.
                    spec.overlap_chars = (spec.chunk_chars / 10).min(100);
                },
            },
            "Characters of a chunk, for `fixed`.",
        )
    },
    Field {
        default: Some("100"),
        ..Field::new(
            "overlap",
            Kind::Integer {
                least: 0,
                most: CHARS_MAX,
                otherwise: Otherwise::Refuses,
                set: |spec, chars| spec.overlap_chars = chars_of(chars),
            },
            "Characters that consecutive chunks share, for `fixed`; less than `chunk_size`. A small \
             `chunk_size` lowers the default to a tenth of it.",
        )
    },
];

fn chars_of(chars: u64) -> usize {
    usize::try_from(chars).unwrap_or(usize::MAX)
}
