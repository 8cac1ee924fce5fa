//! A TLS door in front of all simulators at once, under the providers' own names, for SDKs that speak to nothing else.
//!
//! The certificate comes from an authority of the sandbox's own, which lies in a folder of the user's choice and is
//! trusted by nobody who was not told to. Which simulator is meant is said by the `Host` header.

use super::http::{Answers, Heard, json};
use super::serve::Provider;
use anyhow::{Context, Result};
use hundi_providers::registry;
use hundi_providers::sim::SimResponse;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

const AUTHORITY: &str = "ca.pem";
const AUTHORITY_KEY: &str = "ca-key.pem";

/// The file to be trusted, made at the first start and kept.
pub(super) fn authority(folder: &Path) -> PathBuf {
    folder.join(AUTHORITY)
}

/// Every name that a provider is called by in its test mode, and whose it is. Live names are left out: who is sent here
/// under one has pointed a live client at a simulator.
pub(super) fn names() -> BTreeMap<String, &'static str> {
    let host = |url: &str| url.split("//").nth(1).and_then(|rest| rest.split('/').next()).map(str::to_owned);
    let of = |card: &'static hundi_providers::Card| Some((host(card.test_base_url)?, card.id));
    registry::all().filter_map(|provider| of(provider.card())).collect()
}

/// Who holds a fresh certificate for these names.
pub(super) fn acceptor(folder: &Path, names: impl Iterator<Item = String>) -> Result<TlsAcceptor> {
    let issuer = issuer(folder)?;
    let mut params =
        CertificateParams::new(names.chain(["localhost".into(), "127.0.0.1".into()]).collect::<Vec<_>>())?;
    params.distinguished_name.push(DnType::CommonName, "hundi sandbox, simulated providers");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .context("the sandbox's own certificate")?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The authority in the folder, or a new one.
fn issuer(folder: &Path) -> Result<Issuer<'static, KeyPair>> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "hundi sandbox authority, trust it nowhere else");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let (file, key_file) = (authority(folder), folder.join(AUTHORITY_KEY));
    if file.exists() && key_file.exists() {
        let key = std::fs::read_to_string(&key_file).with_context(|| key_file.display().to_string())?;
        let key = KeyPair::from_pem(&key).with_context(|| format!("{} is no key", key_file.display()))?;
        return Ok(Issuer::new(params, key));
    }
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let key = KeyPair::generate()?;
    let mut private = OpenOptions::new();
    private.write(true).create(true).truncate(true).mode(0o600);
    let mut private = private.open(&key_file).with_context(|| key_file.display().to_string())?;
    private.write_all(key.serialize_pem().as_bytes())?;
    // Last, so that a folder with a certificate is whole.
    std::fs::write(&file, params.self_signed(&key)?.pem()).with_context(|| file.display().to_string())?;
    Ok(Issuer::new(params, key))
}

/// All simulators behind one address.
pub(super) struct ByName(pub(super) BTreeMap<String, Arc<Provider>>);

impl Answers for ByName {
    fn answer(&self, heard: Heard) -> SimResponse {
        let name =
            heard.header("host").map(|host| host.split(':').next().unwrap_or(host).to_ascii_lowercase());
        match name.and_then(|name| self.0.get(&name)) {
            Some(provider) => provider.answer(heard),
            None => {
                let known: Vec<_> = self.0.keys().collect();
                json(421, &serde_json::json!({ "error": "no provider is called so here", "known": known }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_authority_is_made_once_and_its_key_is_for_nobody_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let made = || {
            acceptor(folder.path(), ["api.example.test".to_owned()].into_iter()).expect("a certificate");
            std::fs::read_to_string(authority(folder.path())).expect("an authority")
        };
        assert_eq!(made(), made());
        let key = std::fs::metadata(folder.path().join(AUTHORITY_KEY)).expect("a key");
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn test_hosts_are_known_by_name_and_live_ones_are_not() {
        let names = names();
        assert_eq!(names.get("api-m.sandbox.paypal.com"), Some(&"paypal"));
        assert_eq!(names.get("api-m.paypal.com"), None);
    }
}
