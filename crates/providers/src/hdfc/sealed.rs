//! The sealed form of messages, in Juspay's object form: the account's keys, and our own signature. Requests are sealed
//! with RSA-OAEP (SHA-1) as the official SDK does.

use crate::contract::Account;
pub(super) use crate::proof::jose::{Keys, NotSealed, Once};
use crate::proof::jose::{Signed, encoded};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use data_encoding::BASE64URL_NOPAD;
use serde_json::json;

impl Keys {
    /// `None` when one of them is missing or no RSA key.
    pub(super) fn of(account: &Account) -> Option<Self> {
        let (ours, theirs) = (account.credential("our_private_key"), account.credential("bank_public_key"));
        Self::new(account.credential("key_id").expose(), ours.expose(), theirs.expose())
    }

    pub(super) fn seal(&self, payload: &[u8], once: &Once) -> Result<String, NotSealed> {
        let header = encoded(json!({"alg": "RS256", "kid": self.key_id}));
        let payload = BASE64URL_NOPAD.encode(payload);
        let mut signature = vec![0; self.sign.public_modulus_len()];
        let message = format!("{header}.{payload}");
        // RSA in PKCS#1 v1.5 draws nothing: the source of randomness is there for the signature's form only.
        let random = SystemRandom::new();
        let done = self.sign.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature);
        done.map_err(|_| NotSealed("our key does not sign"))?;
        self.encrypt(&Signed { header, payload, signature: BASE64URL_NOPAD.encode(&signature) }, once)
    }
}
