//! A QR code as one SVG path: whoever computed it says which modules are dark.

use std::fmt::Write as _;

/// A code ready to draw, with the quiet zone of four modules that the standard asks for.
#[derive(Clone, Debug)]
pub struct Qr {
    size: usize,
    pub(super) path: String,
}

/// On each side.
const QUIET: usize = 4;

impl Qr {
    /// `dark(x, y)` for each module; neighbours in a row become one rectangle.
    pub fn of(size: usize, dark: impl Fn(usize, usize) -> bool) -> Self {
        let mut path = String::new();
        for y in 0..size {
            let mut x = 0;
            while x < size {
                let run = (x..size).take_while(|x| dark(*x, y)).count();
                if run > 0 {
                    write!(path, "M{x} {y}h{run}v1h-{run}z").expect("a String takes any text");
                }
                x += run.max(1);
            }
        }
        Self { size, path }
    }

    pub(super) const fn side(&self) -> usize {
        self.size + 2 * QUIET
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_become_rectangles() {
        let rows = ["##.#", "....", "####", ".#.#"];
        let qr = Qr::of(4, |x, y| rows[y].as_bytes()[x] == b'#');
        assert_eq!(qr.path, "M0 0h2v1h-2zM3 0h1v1h-1zM0 2h4v1h-4zM1 3h1v1h-1zM3 3h1v1h-1z");
        assert_eq!(qr.side(), 12);
    }
}
