//! Tree to typed program: names become ids once, here.

pub mod model;
