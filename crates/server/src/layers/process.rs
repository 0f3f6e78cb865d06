//! This process in numbers, under the names that every Prometheus client library gives them.

use std::fs;

use crate::layers::metrics::push_number;

/// Ticks of a second in `/proc`, on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// Build and process as text; without `/proc` only the build.
pub(crate) fn process_text() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut text = format!(
        "# HELP docket_build_info The version of this process.\n\
         # TYPE docket_build_info gauge\ndocket_build_info{{version=\"{version}\"}} 1\n"
    );
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program may have spaces; the fields after it are counted from 3.
    let fields: Vec<&str> =
        stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident_kib = number_after(&status, "VmRSS:");
    let boot_s = fs::read_to_string("/proc/stat").ok();
    let boot_s = boot_s.and_then(|text| number_after(&text, "btime"));
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let open_files = fs::read_dir("/proc/self/fd").ok().map(Iterator::count);
    let cpu_s = field(14).zip(field(15)).map(|(user, system)| (user + system) / TICKS_PER_SECOND);
    let start_s = boot_s.zip(field(22)).map(|(boot, ticks)| boot + ticks / TICKS_PER_SECOND);
    for (name, kind, help, value) in [
        ("process_cpu_seconds_total", "counter", "Processor time in seconds.", cpu_s),
        (
            "process_resident_memory_bytes",
            "gauge",
            "Resident memory, without engine children and OCR.",
            resident_kib.map(|kib| kib * 1024.0),
        ),
        ("process_threads", "gauge", "Threads.", number_after(&status, "Threads:")),
        ("process_open_fds", "gauge", "Open files and sockets.", open_files.map(|n| n as f64)),
        (
            "process_max_fds",
            "gauge",
            "Limit of open files and sockets.",
            number_after(&limits, "Max open files"),
        ),
        ("process_start_time_seconds", "gauge", "Start, in seconds since 1970.", start_s),
    ] {
        if let Some(value) = value {
            push_number(&mut text, name, kind, help, &value.to_string());
        }
    }
    text
}

/// The first number behind a word at the start of a line.
fn number_after(text: &str, word: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(word))?;
    rest.split_whitespace().next()?.parse().ok()
}
