//! Bytes to fingerprints, and identities to pseudonyms under a key that the regions share.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The fingerprint of some bytes: SHA-256, in hexadecimal.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of a text in hexadecimal, as [`hex`] writes it; `None` where it is something else.
pub(crate) fn unhex(text: &str) -> Option<Box<[u8]>> {
    let digits = text.as_bytes();
    if digits.len() % 2 == 1 || digits.iter().any(|digit| !matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let pairs = digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    pairs.collect()
}

/// A secret that the regions share, so that one person has one pseudonym everywhere and nobody without it can try names.
#[derive(Clone)]
pub struct MergeKey(Hmac<Sha256>);

impl std::fmt::Debug for MergeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A secret appears in no message.
        f.write_str("MergeKey")
    }
}

impl MergeKey {
    /// Characters that a secret has at least: a shorter one could be tried out.
    pub const LEAST: usize = 16;

    /// The key of a secret; `None` where it is too short.
    pub fn new(secret: &str) -> Option<Self> {
        let secret = secret.trim();
        if secret.chars().count() < Self::LEAST {
            return None;
        }
        Hmac::new_from_slice(secret.as_bytes()).ok().map(MergeKey)
    }

    /// What stands for an identity: 128 bits.
    pub(crate) fn pseudonym(&self, identity: &[u8]) -> Box<[u8]> {
        self.of(b"jauge partial identity\0", identity)
    }

    /// What tells two keys apart without giving either away.
    pub(crate) fn check(&self) -> String {
        hex(&self.of(b"jauge partial key\0", b""))
    }

    fn of(&self, what: &[u8], bytes: &[u8]) -> Box<[u8]> {
        let mut mac = self.0.clone();
        mac.update(what);
        mac.update(bytes);
        mac.finalize().into_bytes().iter().take(16).copied().collect()
    }
}
