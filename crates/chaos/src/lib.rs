//! The kill programme: the real binary, built so that it can be stopped at named points, is killed with -9 there and
//! at random, and afterwards four histories have to agree: what the client was told, what the simulated provider did,
//! what the merchant's receiver heard, and what the database says.
//!
//! It stands outside the house and shares no code with it. What it needs of the product it starts as processes; what
//! it says it says over HTTP. The provider's and the receiver's journals are files of processes that are never killed
//! with the server.

mod client;
mod clock;
mod database;
mod dice;
mod http;
mod judge;
mod points;
mod process;
mod run;
mod settle;
mod storm;
mod story;
mod told;
mod twins;
mod world;

pub use database::Engine;
pub use points::{POINTS, Point};
pub use run::{Line, Report, every_point, one_key, random_kills, sample};
pub use world::Plan;
