//! E01.

use super::Words;
use crate::text::Both;

/// E01.
#[derive(Debug, Clone, PartialEq)]
pub enum SyntaxProblem {}

impl SyntaxProblem {
    pub(super) const CODES: &'static [&'static str] = &[];

    pub(super) fn code(&self) -> &'static str {
        match *self {}
    }

    pub(super) fn words(&self) -> Both<Words> {
        match *self {}
    }
}
