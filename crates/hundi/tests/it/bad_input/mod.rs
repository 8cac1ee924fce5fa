//! Bad input at every route of the API: 4xx that says which field, no row in any table, never a 5xx, and nothing of
//! the value in the answer. Cases are data; one driver sends them to every route that they concern.

mod addresses;
mod amounts;
mod ask;
mod bodies;
mod headers;
mod ids;
mod outside;
mod queries;
mod routes;
mod stage;
mod texts;

use ask::{Ask, At, refuses};
use routes::{ROUTES, Route, Takes};
use stage::{Kind, Stage};
