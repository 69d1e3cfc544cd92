//! Feeds libFuzzer's bytes to `parquet`.
#![no_main]

#[path = "../src/bodies.rs"]
#[allow(dead_code, reason = "each target runs one of them")]
mod bodies;

/// The library gives up on some damaged files, which the engine tells: libFuzzer must not end there.
fn let_damage_pass() {
    let end = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !jauge_engine::is_of_damage(info) {
            end(info);
        }
    }));
}

libfuzzer_sys::fuzz_target!(init: let_damage_pass(), |bytes: &[u8]| bodies::parquet(bytes));
