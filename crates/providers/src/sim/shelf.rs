//! Where a simulated provider keeps what it remembers.

use std::collections::BTreeMap;

/// Records in the order they were made, found by id.
pub(crate) struct Shelf<T> {
    items: Vec<T>,
    places: BTreeMap<String, usize>,
}

impl<T> Shelf<T> {
    pub(crate) const fn new() -> Self {
        Self { items: Vec::new(), places: BTreeMap::new() }
    }

    pub(crate) fn put(&mut self, id: &str, item: T) {
        self.places.insert(id.to_owned(), self.items.len());
        self.items.push(item);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.places.get(id).map(|at| &self.items[*at])
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.places.get(id).map(|at| &mut self.items[*at])
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }
}
