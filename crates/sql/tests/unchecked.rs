//! What a plain `cargo test` does not check is said among its results.

#[cfg(not(feature = "postgres"))]
#[test]
#[ignore = "NOT CHECKED: built without its client (cargo test -p jauge-sql --features postgres)"]
fn postgresql() {}
