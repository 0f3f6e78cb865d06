//! Landlock: which files a process may still reach. Best effort: not every kernel has it.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, RestrictionStatus, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, path_beneath_rules,
};

/// The newest set of rights that is asked for; older kernels hold what they know of it.
const RIGHTS: ABI = ABI::V5;

/// No path can be opened, made, changed or removed any more. Answers whether that holds.
pub(super) fn forbid_all() -> bool {
    let restricted = Ruleset::default()
        .handle_access(AccessFs::from_all(RIGHTS))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self);
    holds(&restricted)
}

/// Folders of installed programs and their libraries and data. They hold nothing private.
const SYSTEM_FOLDERS: [&str; 7] =
    ["/usr", "/bin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store"];
/// What loaders and the libraries of C read besides.
const SYSTEM_FILES: [&str; 7] = [
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/etc/localtime",
    "/dev/null",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/sys/devices/system/cpu",
];

/// Only the program, what is installed with it, and its data can be read; nothing can be changed.
pub(super) fn allow_program(program: &Path, data_dir: Option<&Path>) -> bool {
    let allowed = SYSTEM_FOLDERS.into_iter().chain(SYSTEM_FILES).map(PathBuf::from);
    let allowed = allowed.chain(installed_with(program)).chain(data_dir.map(Path::to_owned));
    let restricted = Ruleset::default()
        .handle_access(AccessFs::from_all(RIGHTS))
        .and_then(Ruleset::create)
        .and_then(|rules| rules.add_rules(path_beneath_rules(allowed, AccessFs::from_read(RIGHTS))))
        .and_then(landlock::RulesetCreated::restrict_self);
    holds(&restricted)
}

/// The program, and the libraries and data of the folder that it is installed in.
fn installed_with(program: &Path) -> Vec<PathBuf> {
    let mut found = vec![program.to_owned()];
    let real = program.canonicalize().unwrap_or_else(|_| program.to_owned());
    if let Some(bin) = real.parent().filter(|folder| folder.ends_with("bin"))
        && let Some(prefix) = bin.parent()
    {
        found.extend(["lib", "lib64", "share"].map(|name| prefix.join(name)));
    }
    found.push(real);
    found
}

fn holds(restricted: &Result<RestrictionStatus, RulesetError>) -> bool {
    restricted.as_ref().is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
}
