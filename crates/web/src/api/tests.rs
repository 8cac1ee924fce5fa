//! The router asked as merchants ask it, over a scratch database; and the parsers as tables.

mod amounts;
mod bodies;
mod house;
mod idempotency;
mod lists;
mod rehearsals;
mod requests;
mod routing;
mod texts;
mod who;
