//! Program and request to cube queries; what a cube is.

mod query;

pub use query::*;
