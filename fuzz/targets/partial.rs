//! Feeds libFuzzer's bytes to `partial`.
#![no_main]

#[path = "../src/partials.rs"]
mod partials;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| partials::partial(bytes));
