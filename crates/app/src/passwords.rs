//! People's passwords: Argon2id with OWASP's first parameters, on the blocking pool, a few at a time.
//!
//! An unknown user costs the same work as a known one, so that neither text nor time tells who exists.

use crate::random::Random;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use hundi_core::Secret;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Longest password that is hashed; whoever sends more isn't typing.
pub const PASSWORD_BYTES_MAX: usize = 1024;
/// How long a sign-in waits for its turn.
const WAIT_SECS_MAX: u64 = 5;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Cost {
    /// OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
    pub const OWASP: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// For tests.
    pub const CHEAP: Self = Self { memory_kib: 64, passes: 1 };

    fn argon2(self) -> Argon2<'static> {
        let params = Params::new(self.memory_kib, self.passes, 1, None)
            .expect("both costs above are in Argon2's range");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }
}

/// Whether a password is the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    /// Right, and hashed with other parameters than today's: hash it anew.
    RightButOld,
    Wrong,
}

/// A password could not be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("too many sign-ins at once")]
    Busy,
    #[error("the password is too long")]
    TooLong,
}

/// Hashes and compares passwords.
pub struct Passwords {
    cost: Cost,
    turns: Arc<Semaphore>,
    random: Arc<dyn Random>,
    /// The hash of nobody's password, for users who don't exist.
    nobody: String,
}

impl Passwords {
    /// `parallel` hashes at most run at one time, each with its own memory.
    pub fn new(cost: Cost, parallel: usize, random: Arc<dyn Random>) -> Self {
        let mut password = [0; 32];
        random.fill(&mut password);
        let nobody = hash(cost, &password, &salt(random.as_ref()));
        Self { cost, turns: Arc::new(Semaphore::new(parallel)), random, nobody }
    }

    /// A hash to store, in PHC's text form.
    pub async fn hash(&self, password: &Secret) -> Result<String, PasswordError> {
        let (cost, salt) = (self.cost, salt(self.random.as_ref()));
        self.work(password, move |password| hash(cost, password, &salt)).await
    }

    /// Compares with the stored hash; `None` where there is no such user, which takes as long.
    pub async fn verify(&self, password: &Secret, stored: Option<&str>) -> Result<Verdict, PasswordError> {
        let known = stored.is_some();
        let against = stored.unwrap_or(&self.nobody).to_owned();
        let cost = self.cost;
        let verdict = self.work(password, move |password| compare(cost, password, &against)).await?;
        Ok(if known { verdict } else { Verdict::Wrong })
    }

    async fn work<T: Send + 'static>(
        &self,
        password: &Secret,
        work: impl FnOnce(&[u8]) -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        if password.expose().len() > PASSWORD_BYTES_MAX {
            return Err(PasswordError::TooLong);
        }
        let turn =
            tokio::time::timeout(Duration::from_secs(WAIT_SECS_MAX), self.turns.clone().acquire_owned());
        let turn = turn.await.map_err(|_| PasswordError::Busy)?.map_err(|_| PasswordError::Busy)?;
        let password = password.clone();
        // The turn travels along: a caller who hangs up does not make room while the work goes on.
        let done = tokio::task::spawn_blocking(move || {
            let result = work(password.expose().as_bytes());
            drop(turn);
            result
        });
        // Only a runtime that shuts down cancels it.
        done.await.map_err(|_| PasswordError::Busy)
    }
}

fn salt(random: &dyn Random) -> SaltString {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    SaltString::encode_b64(&bytes).expect("16 bytes are a salt")
}

fn hash(cost: Cost, password: &[u8], salt: &SaltString) -> String {
    cost.argon2().hash_password(password, salt).expect("salt, length and cost are in range").to_string()
}

fn compare(cost: Cost, password: &[u8], stored: &str) -> Verdict {
    let Ok(parsed) = PasswordHash::new(stored) else {
        return Verdict::Wrong;
    };
    // The comparison takes its parameters from the stored hash.
    if cost.argon2().verify_password(password, &parsed).is_err() {
        return Verdict::Wrong;
    }
    let today = Params::try_from(&parsed)
        .is_ok_and(|p| p.m_cost() == cost.memory_kib && p.t_cost() == cost.passes && p.p_cost() == 1);
    match today && parsed.algorithm == Algorithm::Argon2id.ident() {
        true => Verdict::Right,
        false => Verdict::RightButOld,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    fn passwords(cost: Cost, parallel: usize) -> Passwords {
        Passwords::new(cost, parallel, Arc::new(SeededRandom::new(1)))
    }

    #[tokio::test]
    async fn right_wrong_and_nobody() {
        let p = passwords(Cost::CHEAP, 2);
        let secret = Secret::new("correct horse battery staple");
        let stored = p.hash(&secret).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{stored}");
        assert_ne!(p.hash(&secret).await.unwrap(), stored, "each hash has its own salt");
        assert_eq!(p.verify(&secret, Some(&stored)).await, Ok(Verdict::Right));
        for wrong in [
            "",
            "correct horse battery stapl",
            "Correct horse battery staple",
            "correct horse battery staple ",
        ] {
            assert_eq!(p.verify(&Secret::new(wrong), Some(&stored)).await, Ok(Verdict::Wrong), "{wrong}");
        }
        assert_eq!(p.verify(&secret, None).await, Ok(Verdict::Wrong));
        for nonsense in ["", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"] {
            assert_eq!(p.verify(&secret, Some(nonsense)).await, Ok(Verdict::Wrong), "{nonsense}");
        }
        let long = Secret::new("x".repeat(PASSWORD_BYTES_MAX + 1));
        assert_eq!(p.verify(&long, Some(&stored)).await, Err(PasswordError::TooLong));
    }

    #[tokio::test]
    async fn other_parameters_open_and_ask_for_a_new_hash() {
        let secret = Secret::new("pass");
        let stored = passwords(Cost::CHEAP, 1).hash(&secret).await.unwrap();
        let dearer = passwords(Cost { passes: 2, ..Cost::CHEAP }, 1);
        assert_eq!(dearer.verify(&secret, Some(&stored)).await, Ok(Verdict::RightButOld));
        assert_eq!(dearer.verify(&Secret::new("no"), Some(&stored)).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn owasp_parameters_are_in_the_hash_and_nobody_costs_the_same() {
        let p = passwords(Cost::OWASP, 1);
        let stored = p.hash(&Secret::new("pass")).await.unwrap();
        for hash in [&stored, &p.nobody] {
            assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_is_told() {
        let p = passwords(Cost::CHEAP, 1);
        let taken = p.turns.clone().acquire_owned().await.unwrap();
        assert_eq!(p.verify(&Secret::new("x"), None).await, Err(PasswordError::Busy));
        drop(taken);
        assert_eq!(p.verify(&Secret::new("x"), None).await, Ok(Verdict::Wrong));
    }
}
