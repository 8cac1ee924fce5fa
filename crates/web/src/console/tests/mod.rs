//! The console asked as browsers ask it, over a scratch database.

mod hostile;
mod pages;
mod roles;
mod signing_in;
