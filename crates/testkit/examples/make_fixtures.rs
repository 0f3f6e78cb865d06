//! Writes the documents under `fixtures/` anew: `cargo run -p docket-testkit --example make_fixtures`.

#![expect(clippy::print_stdout, reason = "it is a command")]

use std::path::Path;

use docket_testkit::pdf::fixtures;

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    for (name, bytes) in fixtures::all() {
        let path = root.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        println!("{name}: {} bytes", bytes.len());
        std::fs::write(path, bytes)?;
    }
    Ok(())
}
