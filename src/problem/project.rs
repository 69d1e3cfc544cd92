//! E08.

use super::Words;
use crate::text::Both;

/// E08.
#[derive(Debug, Clone, PartialEq)]
pub enum ProjectProblem {}

impl ProjectProblem {
    pub(super) const CODES: &'static [&'static str] = &[];

    pub(super) fn code(&self) -> &'static str {
        match *self {}
    }

    pub(super) fn words(&self) -> Both<Words> {
        match *self {}
    }
}
