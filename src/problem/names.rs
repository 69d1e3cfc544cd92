//! E02.

use super::Words;
use crate::text::Both;

/// E02.
#[derive(Debug, Clone, PartialEq)]
pub enum NameProblem {}

impl NameProblem {
    pub(super) const CODES: &'static [&'static str] = &[];

    pub(super) fn code(&self) -> &'static str {
        match *self {}
    }

    pub(super) fn words(&self) -> Both<Words> {
        match *self {}
    }
}
