//! The clock port. Whatever needs the time asks the [`Clock`] it was given, so that tests and simulations own it.

use hundi_core::Millis;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Tells the time.
pub trait Clock: Send + Sync {
    fn now(&self) -> Millis;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Millis {
        let ms = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => Millis(ms(since)),
            Err(before) => Millis(-ms(before.duration())),
        }
    }
}

/// How much time has really passed, whatever the clock says: for how long we wait, never for what is decided or kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// What is left of a span since the start.
    pub(crate) fn left(self, of: Duration) -> Duration {
        of.saturating_sub(self.0.elapsed())
    }

    pub(crate) fn is_over(self, span: Duration) -> bool {
        self.left(span).is_zero()
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    pub const fn at(start: Millis) -> Self {
        Self(AtomicI64::new(start.0))
    }

    /// Lets `ms` pass.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn set(&self, now: Millis) {
        self.0.store(now.0, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(feature = "failpoints")]
pub use from_file::OffsetClock;

/// For programmes that run the real binary in another time; no released build contains it.
#[cfg(feature = "failpoints")]
mod from_file {
    use super::{Clock, SystemClock};
    use hundi_core::Millis;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicI64, Ordering};

    /// The file is read at most this often.
    const REREAD_MS: i64 = 20;

    /// The machine's clock plus an offset in milliseconds that stands in a file. Without the file, or while it can't
    /// be read as a number, the offset stays what it last was.
    #[derive(Debug)]
    pub struct OffsetClock {
        file: PathBuf,
        offset_ms: AtomicI64,
        read_at: AtomicI64,
    }

    impl OffsetClock {
        pub fn new(file: PathBuf) -> Self {
            Self { file, offset_ms: AtomicI64::new(0), read_at: AtomicI64::new(i64::MIN) }
        }
    }

    impl Clock for OffsetClock {
        fn now(&self) -> Millis {
            let real = SystemClock.now();
            let read_at = self.read_at.load(Ordering::Acquire);
            let due = real.0 < read_at || real.since(Millis(read_at)) >= REREAD_MS;
            // One of those who find it due reads; the others take the last offset.
            if due
                && self.read_at.compare_exchange(read_at, real.0, Ordering::AcqRel, Ordering::Acquire).is_ok()
            {
                let text = std::fs::read_to_string(&self.file).unwrap_or_default();
                if let Ok(offset) = text.trim().parse() {
                    self.offset_ms.store(offset, Ordering::Release);
                }
            }
            real.plus(self.offset_ms.load(Ordering::Acquire))
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn follows_the_file() {
            let file = std::env::temp_dir().join(format!("hundi-clock-{}", std::process::id()));
            let clock = OffsetClock::new(file.clone());
            assert!(clock.now().since(SystemClock.now()).abs() < 5_000);
            for (text, ahead) in
                [("86400000\n", 86_400_000), ("half written", 86_400_000), ("-5000000", -5_000_000)]
            {
                std::fs::write(&file, text).unwrap();
                clock.read_at.store(i64::MIN, Ordering::Release);
                let off = clock.now().since(SystemClock.now()) - ahead;
                assert!(off.abs() < 5_000, "{text}: {off}");
            }
            std::fs::remove_file(&file).unwrap();
            assert!(clock.now().since(SystemClock.now()) < -4_000_000);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_lives_in_this_century() {
        let now = SystemClock.now();
        assert!(now > Millis::from_secs(1_700_000_000) && now < Millis::from_secs(4_102_444_800), "{now}");
    }

    #[test]
    fn test_time_moves_when_told() {
        let clock = TestClock::at(Millis(1_000));
        assert_eq!((clock.now(), clock.now()), (Millis(1_000), Millis(1_000)));
        clock.advance(500);
        assert_eq!(clock.now(), Millis(1_500));
        clock.set(Millis(7));
        assert_eq!(clock.now(), Millis(7));
    }
}
