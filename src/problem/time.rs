//! E04.

use super::Words;
use crate::text::Both;

/// E04.
#[derive(Debug, Clone, PartialEq)]
pub enum TimeProblem {}

impl TimeProblem {
    pub(super) const CODES: &'static [&'static str] = &[];

    pub(super) fn code(&self) -> &'static str {
        match *self {}
    }

    pub(super) fn words(&self) -> Both<Words> {
        match *self {}
    }
}
