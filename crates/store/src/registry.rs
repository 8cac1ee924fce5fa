//! Every statement there is. A test prepares each on both engines and compares what they take and give.

use crate::{Stmt, migrate, pg};

/// Each file's statements. A new table group adds its line here.
pub static ALL: &[(&str, &[&Stmt])] = &[("migrate", migrate::ALL), ("pg", pg::ALL)];
