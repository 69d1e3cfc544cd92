//! Reads the conformance pages (Markdown → cases), runs them through the whole pipeline, and compares. For tests only.

pub mod columnar;
pub mod figures;
pub mod naive;
pub mod page;
pub mod reference;
pub mod run;
pub mod shape;
pub mod table;
