//! Limits that the system sets for this process.

use std::path::Path;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Open files where the system sets no limit.
const OPEN_FILES_UNLIMITED: usize = 1 << 20;

/// Files that this process may open once its limit is raised.
pub(crate) fn open_files_max() -> usize {
    let maximum = getrlimit(Resource::Nofile).maximum;
    maximum.map_or(OPEN_FILES_UNLIMITED, |files| {
        usize::try_from(files).map_or(OPEN_FILES_UNLIMITED, |files| files.min(OPEN_FILES_UNLIMITED))
    })
}

/// Lets this process open as many files as it may: every client holds a socket, and the usual soft
/// limit of 1024 is soon reached by clients that wait for a change.
pub(crate) fn raise_open_files() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return;
    }
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
}

/// Bytes of memory that this process may use: those of the machine, or of the control groups that it
/// is in. 0 if the system does not say.
pub(crate) fn memory_of_machine() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let groups = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = group_limit_files(&groups).into_iter().filter_map(|file| {
        // A group without a limit says "max", or a number that no machine reaches.
        std::fs::read_to_string(file).ok()?.trim().parse().ok()
    });
    limits.chain(memory_total(&text)).min().unwrap_or(0)
}

fn memory_total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// Where the limits of a process's groups and of those around them are, in both versions.
fn group_limit_files(groups: &str) -> Vec<String> {
    let mut files = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(group)) = (parts.next(), parts.next()) else { continue };
        let (root, file) = match controllers {
            "" => ("/sys/fs/cgroup", "memory.max"),
            "memory" => ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
            _ => continue,
        };
        for group in Path::new(group).ancestors() {
            files.push(format!("{root}{}/{file}", group.display()).replace("//", "/"));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_that_of_the_machine_or_of_a_group() {
        assert_eq!(memory_total("MemTotal:       2048 kB\nMemFree: 1 kB"), Some(2 * 1024 * 1024));
        assert_eq!(
            group_limit_files("1:cpu:/x\n5:memory:/a\n0::/b/c\n"),
            [
                "/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/memory.limit_in_bytes",
                "/sys/fs/cgroup/b/c/memory.max",
                "/sys/fs/cgroup/b/memory.max",
                "/sys/fs/cgroup/memory.max",
            ]
        );
        assert!(memory_of_machine() > 0);
    }
}
