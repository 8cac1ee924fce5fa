//! Test builds only: points at which the process kills itself, and bugs that can be switched on.
//!
//! A harness that never fails proves nothing: the kill programme stops the server at each named point, and the
//! planted bugs must each be caught by the suite.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};

struct Switches {
    /// Die at this point, once it was reached so many times.
    kill: Mutex<Option<(String, u32)>>,
    bugs: Mutex<BTreeSet<String>>,
    reached: Mutex<BTreeSet<&'static str>>,
}

fn switches() -> &'static Switches {
    static SWITCHES: OnceLock<Switches> = OnceLock::new();
    SWITCHES.get_or_init(|| Switches {
        kill: Mutex::new(None),
        bugs: Mutex::new(BTreeSet::new()),
        reached: Mutex::new(BTreeSet::new()),
    })
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sets where to die, as `name` or `name:times`, and which bugs to carry, comma separated.
pub fn set(kill: Option<&str>, bugs: &str) {
    *locked(&switches().kill) = kill.map(|text| match text.rsplit_once(':') {
        Some((name, times)) => (name.to_owned(), times.parse().unwrap_or(1)),
        None => (text.to_owned(), 1),
    });
    *locked(&switches().bugs) = bugs.split(',').filter(|b| !b.is_empty()).map(str::to_owned).collect();
}

/// Every point that was reached by this process.
pub fn reached() -> Vec<&'static str> {
    locked(&switches().reached).iter().copied().collect()
}

pub(crate) fn reach(name: &'static str) {
    locked(&switches().reached).insert(name);
    let mut kill = locked(&switches().kill);
    let Some((wanted, times)) = kill.as_mut() else { return };
    if wanted != name {
        return;
    }
    *times -= 1;
    if *times > 0 {
        return;
    }
    // SIGKILL, as from outside: no destructor runs, nothing is flushed.
    let pid = std::process::id().to_string();
    let killed = std::process::Command::new("kill").args(["-9", &pid]).status();
    unreachable!("killed at {name}: {killed:?}");
}

pub(crate) fn planted(name: &str) -> bool {
    locked(&switches().bugs).contains(name)
}
