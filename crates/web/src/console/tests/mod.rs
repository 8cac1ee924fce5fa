//! The console asked as browsers ask it, over a scratch database.

mod hostile;
mod pages;
mod roles;
mod routing;
mod signing_in;
