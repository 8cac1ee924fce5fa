//! QR codes as a square of modules. How they are drawn is the page's business.

use fast_qr::{ECL, QRBuilder};

/// The modules of one code, without its quiet zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    size: usize,
    /// Row by row.
    dark: Vec<bool>,
}

impl Matrix {
    /// The code of a text; `None` when it is longer than any code holds.
    ///
    /// A seventh of it may be unreadable (level M): enough for a screen, and the code stays coarse enough for an old
    /// camera.
    pub fn of(text: &str) -> Option<Self> {
        let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
        let dark = (0..code.size).flat_map(|y| code[y].iter().map(|module| module.value())).collect();
        Some(Self { size: code.size, dark })
    }

    /// Modules on each side.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// Whether the module is dark; nothing outside is.
    pub fn dark(&self, x: usize, y: usize) -> bool {
        x < self.size && self.dark.get(y * self.size + x).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn has_its_three_finders_and_nothing_outside() {
        let code = Matrix::of("upi://pay?pa=shop@bank&am=1.00&cu=INR").unwrap();
        let last = code.size() - 1;
        assert_eq!((code.size() - 17) % 4, 0);
        for (x, y) in [(0, 0), (last, 0), (0, last)] {
            assert!(code.dark(x, y), "a finder's corner at {x}, {y}");
        }
        // The light ring inside a finder, and the fourth corner, which has none.
        assert!(!code.dark(1, 1) && !code.dark(last - 1, 1) && !code.dark(1, last - 1));
        assert!(!code.dark(code.size(), 0) && !code.dark(0, code.size()));
        assert!((0..7).all(|x| code.dark(x, 0)) && !code.dark(7, 0));
    }

    #[test]
    fn other_text_is_another_code_and_too_long_is_none() {
        assert_ne!(Matrix::of("upi://pay?am=1.00"), Matrix::of("upi://pay?am=2.00"));
        assert_eq!(Matrix::of(&"x".repeat(3_000)), None);
    }
}
