//! Breaks documents at random and parses them: looks for panics and for parses that do not end.
//!
//! `mutate FOLDER_FOR_FINDINGS SECONDS FILE...` writes what it finds as files into the folder and
//! fails if there are any. Files with uncompressed streams, such as those of `fixtures/`, reach the
//! interpreter and the layout best.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use docket_contract::ParseSpec;
use docket_engine::{ParseRequest, parse};

/// A parse of a small broken document that takes longer is a finding.
const SLOW: Duration = Duration::from_secs(5);
/// What numbers and names are replaced by.
const TOKENS: [&[u8]; 14] = [
    b"0",
    b"-1",
    b"1e38",
    b"99999999999",
    b"0.00001",
    b"/F",
    b"BT",
    b"ET",
    b"q",
    b"Q",
    b"Do",
    b"[",
    b"<<",
    b"Tj",
];

/// Panics so far: pages catch their own, so only the hook sees all of them.
static PANICS: AtomicUsize = AtomicUsize::new(0);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, seconds, files @ ..] = arguments.as_slice() else {
        eprintln!("usage: mutate FOLDER_FOR_FINDINGS SECONDS FILE...");
        return ExitCode::from(2);
    };
    let seeds: Vec<Vec<u8>> = files.iter().filter_map(|file| std::fs::read(file).ok()).collect();
    let (Ok(seconds), false) = (seconds.parse::<u64>(), seeds.is_empty()) else {
        eprintln!("a number of seconds and files that can be read are needed");
        return ExitCode::from(2);
    };
    std::panic::set_hook(Box::new(|info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        eprintln!("{info}");
    }));
    let (tries, findings) = hunt(&seeds, Duration::from_secs(seconds), Path::new(folder));
    println!("{tries} documents, {findings} findings");
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Breaks and parses until the time is over: how many documents, and how many findings.
fn hunt(seeds: &[Vec<u8>], time: Duration, folder: &Path) -> (usize, usize) {
    let start = Instant::now();
    let mut random = Random(u64::from(std::process::id()) ^ 0x9E37_79B9_7F4A_7C15);
    let spec = ParseSpec::default();
    let (mut tries, mut findings) = (0, 0);
    while start.elapsed() < time {
        let document = broken(&seeds[random.below(seeds.len())], seeds, &mut random);
        let panics = PANICS.load(Ordering::Relaxed);
        let begin = Instant::now();
        let request = ParseRequest::new(&spec, uuid::Uuid::nil());
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let _ = parse(document.clone(), &request, &mut |_| {});
        }));
        tries += 1;
        let panicked = outcome.is_err() || PANICS.load(Ordering::Relaxed) > panics;
        if panicked || begin.elapsed() > SLOW {
            findings += 1;
            let kind = if panicked { "panic" } else { "slow" };
            let name = folder.join(format!("{kind}-{tries}.pdf"));
            if let Err(error) = std::fs::write(&name, &document) {
                eprintln!("{}: {error}", name.display());
            }
        }
    }
    (tries, findings)
}

/// A copy with a few random changes.
fn broken(seed: &[u8], seeds: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(8) {
        if bytes.len() < 16 {
            break;
        }
        let at = random.below(bytes.len() - 8);
        let length = 1 + random.below(64.min(bytes.len() - at));
        match random.below(6) {
            0 => bytes[at] = random.next() as u8,
            1 => drop(bytes.drain(at..at + length)),
            2 => {
                let copy = bytes[at..at + length].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, copy);
            }
            3 | 4 => {
                let token = TOKENS[random.below(TOKENS.len())];
                let end = bytes[at..].iter().position(|b| b.is_ascii_whitespace()).unwrap_or(0);
                bytes.splice(at..at + end, token.iter().copied());
            }
            _ => {
                let other = &seeds[random.below(seeds.len())];
                let from = random.below(other.len());
                let part = other[from..(from + length).min(other.len())].to_vec();
                bytes.splice(at..at, part);
            }
        }
    }
    bytes
}

/// Xorshift: chance, not secrecy.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number from 0 and below the limit, which is not 0.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}
