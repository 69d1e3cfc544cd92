//! E03.

use super::Words;
use crate::text::Both;

/// E03.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeProblem {}

impl TypeProblem {
    pub(super) const CODES: &'static [&'static str] = &[];

    pub(super) fn code(&self) -> &'static str {
        match *self {}
    }

    pub(super) fn words(&self) -> Both<Words> {
        match *self {}
    }
}
