//! What verify finds, and that it finds nothing in a healthy book.

mod allowed;
