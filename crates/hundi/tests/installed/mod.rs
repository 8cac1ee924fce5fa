//! Packages in Python and Node that a test needs, installed once in their pinned versions beneath the target folder.

use crate::tools::run;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Beneath the target folder.
pub(crate) const SPACE: &str = env!("CARGO_TARGET_TMPDIR");

/// The folder of programs of an environment of this name, with what this list of requirements names.
pub(crate) fn python(name: &str, requirements: &Path) -> Result<PathBuf, String> {
    let wanted = std::fs::read_to_string(requirements).map_err(|error| error.to_string())?;
    let home = Path::new(SPACE).join(name);
    let interpreter = home.join("bin/python");
    // An environment outlives the Python that it points to, when the system's is replaced.
    if run(Command::new(&interpreter).arg("--version")).is_err() && home.exists() {
        std::fs::remove_dir_all(&home).map_err(|error| error.to_string())?;
    }
    once(&home, &wanted, || {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))?;
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r"];
        run(Command::new(&interpreter).args(install).arg(requirements))
    })?;
    Ok(home.join("bin"))
}

/// Installs unless that very text was installed before.
pub(crate) fn once(
    home: &Path,
    wanted: &str,
    install: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    // Tests are processes of their own, and several want the same.
    let lock = std::fs::File::create(home.with_extension("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let stamp = home.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    install()?;
    std::fs::write(stamp, wanted).map_err(|error| error.to_string())
}
