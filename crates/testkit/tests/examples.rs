//! The registers of `examples/` are what their generators write.

use std::fs;
use std::path::Path;

#[path = "../../../examples/registre-enfants/generer.rs"]
mod registre_enfants;
#[path = "../../../examples/school-register/generate.rs"]
mod school_register;

fn committed(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(path);
    fs::read_to_string(path).expect("a register of the examples")
}

#[test]
fn registers_are_what_their_generators_write() {
    assert!(
        committed("registre-enfants/donnees/appuis.csv") == registre_enfants::register(),
        "run the generator again"
    );
    assert!(committed("school-register/data/pupils.csv") == school_register::register(), "run the generator again");
}
