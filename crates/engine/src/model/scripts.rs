//! Raised and lowered text: exponents, marks of notes, indices.

use std::ops::Range;

use super::line::{Line, Script, ScriptRun, Word};

/// Scripts are this much smaller than what they stand at; what is smaller yet stands beside an
/// initial over several lines.
const SIZES: Range<f32> = 0.4..0.87;
/// Their baseline is off by so many sizes of what they stand at.
const SHIFTS: Range<f32> = 0.1..0.7;
/// Raised text of the same size is off by more.
const SHIFT_OF_SAME_SIZE: f32 = 0.25;

/// How a baseline and size stand to those of the text around.
pub(crate) fn script(own: (f32, f32), around: (f32, f32)) -> Option<Script> {
    let shift = (around.0 - own.0) / around.1;
    let ratio = own.1 / around.1;
    let smaller = SIZES.contains(&ratio) && SHIFTS.contains(&shift.abs());
    let same = (0.87..1.05).contains(&ratio) && (SHIFT_OF_SAME_SIZE..0.7).contains(&shift.abs());
    match smaller || same {
        true if shift > 0.0 => Some(Script::Raised),
        true => Some(Script::Lowered),
        false => None,
    }
}

/// Gathers the scripts of a word from those of its characters.
pub(crate) fn script_runs(scripts: impl Iterator<Item = Option<Script>>) -> Vec<ScriptRun> {
    let mut runs: Vec<ScriptRun> = Vec::new();
    for (at, script) in scripts.enumerate() {
        let Some(script) = script else { continue };
        match runs.last_mut() {
            Some(run) if run.script == script && run.characters.end == at => {
                run.characters.end += 1;
            }
            _ => runs.push(ScriptRun { characters: at..at + 1, script }),
        }
    }
    runs
}

/// Appends the text of the next word, which touches the last.
pub(crate) fn join_scripts(last: &mut Word, next: &Word) {
    let start = last.text.chars().count();
    let length = next.text.chars().count();
    let whole = script((next.baseline, next.size), (last.baseline, last.size));
    last.text.push_str(&next.text);
    match whole {
        Some(script) => last.scripts.push(ScriptRun { characters: start..start + length, script }),
        None => last.scripts.extend(next.scripts.iter().map(|run| {
            let characters = start + run.characters.start..start + run.characters.end;
            ScriptRun { characters, script: run.script }
        })),
    }
}

/// Where scripts stand in the text of a line, in bytes.
pub(crate) fn scripts_of(line: &Line) -> Vec<(Range<usize>, Script)> {
    let mut found = Vec::new();
    let mut start = 0;
    for word in &line.words {
        start += usize::from(start > 0 && !word.glued);
        let end = start + word.text.len();
        match script((word.baseline, word.size), (line.baseline, line.size)) {
            Some(script) => found.push((start..end, script)),
            None => found.extend(word.scripts.iter().map(|run| {
                let byte = |at: usize| {
                    word.text.char_indices().nth(at).map_or(end, |(byte, _)| start + byte)
                };
                (byte(run.characters.start)..byte(run.characters.end), run.script)
            })),
        }
        start = end;
    }
    found
}
