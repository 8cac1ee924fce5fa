//! A zip archive that is written as it goes: each file's sizes stand behind it and in the directory at the end.

use crate::deflate::{Crc32, Deflate};

/// Sizes follow behind the file, and its name is UTF-8 (APPNOTE 4.4.4).
const FLAGS: u16 = 1 << 3 | 1 << 11;
const DEFLATED: u16 = 8;
const VERSION: u16 = 20;
/// The first of January 1980, the format's zero: the same rows make the same bytes.
const NO_DATE: u16 = 1 << 5 | 1;

/// The archive, or a file in it, would be larger than the format can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// An archive that is being written.
pub(crate) struct Zip {
    out: Vec<u8>,
    /// Bytes that were taken already.
    taken: u64,
    files: Vec<Written>,
    open: Option<Open>,
}

struct Written {
    name: &'static str,
    nth: usize,
    at: u32,
    crc: u32,
    packed: u32,
    size: u32,
}

struct Open {
    name: &'static str,
    nth: usize,
    at: u32,
    crc: Crc32,
    deflate: Deflate,
    packed: u64,
    size: u64,
}

impl Zip {
    pub(crate) const fn new() -> Self {
        Self { out: Vec::new(), taken: 0, files: Vec::new(), open: None }
    }

    /// Begins a file. `#` in its name is its number.
    pub(crate) fn begin(&mut self, name: &'static str, nth: usize) -> Result<(), TooLarge> {
        self.end()?;
        let at = u32::try_from(self.taken + self.out.len() as u64).map_err(|_| TooLarge)?;
        let full = numbered(name, nth);
        self.out.extend(0x0403_4b50_u32.to_le_bytes());
        self.halves(&[VERSION, FLAGS, DEFLATED, 0, NO_DATE]);
        self.out.extend([0; 12]);
        self.halves(&[length(&full)?, 0]);
        self.out.extend(full.as_bytes());
        let (crc, deflate) = (Crc32::new(), Deflate::new());
        self.open = Some(Open { name, nth, at, crc, deflate, packed: 0, size: 0 });
        Ok(())
    }

    pub(crate) fn write(&mut self, text: &str) {
        let open = self.open.as_mut().expect("a file is begun before it is written");
        open.crc.add(text.as_bytes());
        open.size += text.len() as u64;
        open.deflate.write(text.as_bytes());
        let packed = open.deflate.take();
        open.packed += packed.len() as u64;
        self.out.extend(packed);
    }

    /// Ends the file that is open, if one is.
    fn end(&mut self) -> Result<(), TooLarge> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        let rest = open.deflate.finish();
        open.packed += rest.len() as u64;
        self.out.extend(rest);
        let small = |n: u64| u32::try_from(n).map_err(|_| TooLarge);
        let (packed, size, crc) = (small(open.packed)?, small(open.size)?, open.crc.sum());
        for word in [0x0807_4b50, crc, packed, size] {
            self.out.extend(word.to_le_bytes());
        }
        self.files.push(Written { name: open.name, nth: open.nth, at: open.at, crc, packed, size });
        Ok(())
    }

    /// The bytes that are whole by now.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.taken += self.out.len() as u64;
        std::mem::take(&mut self.out)
    }

    /// The directory. What is taken then is the rest of the archive.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, TooLarge> {
        self.end()?;
        let at = u32::try_from(self.taken + self.out.len() as u64).map_err(|_| TooLarge)?;
        let begun = self.out.len();
        let files = std::mem::take(&mut self.files);
        let count = u16::try_from(files.len()).map_err(|_| TooLarge)?;
        for file in &files {
            let full = numbered(file.name, file.nth);
            self.out.extend(0x0201_4b50_u32.to_le_bytes());
            self.halves(&[VERSION, VERSION, FLAGS, DEFLATED, 0, NO_DATE]);
            for word in [file.crc, file.packed, file.size] {
                self.out.extend(word.to_le_bytes());
            }
            self.halves(&[length(&full)?, 0, 0, 0, 0]);
            self.out.extend([0; 4]);
            self.out.extend(file.at.to_le_bytes());
            self.out.extend(full.as_bytes());
        }
        let size = u32::try_from(self.out.len() - begun).map_err(|_| TooLarge)?;
        self.out.extend(0x0605_4b50_u32.to_le_bytes());
        self.halves(&[0, 0, count, count]);
        self.out.extend(size.to_le_bytes());
        self.out.extend(at.to_le_bytes());
        self.halves(&[0]);
        Ok(self.out)
    }

    fn halves(&mut self, all: &[u16]) {
        for half in all {
            self.out.extend(half.to_le_bytes());
        }
    }
}

fn numbered(name: &str, nth: usize) -> String {
    name.replace('#', &nth.to_string())
}

fn length(name: &str) -> Result<u16, TooLarge> {
    u16::try_from(name.len()).map_err(|_| TooLarge)
}
