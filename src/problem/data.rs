//! E05.

use super::Words;
use crate::text::Both;

/// E05.
#[derive(Debug, Clone, PartialEq)]
pub enum DataProblem {}

impl DataProblem {
    pub(super) const CODES: &'static [&'static str] = &[];

    pub(super) fn code(&self) -> &'static str {
        match *self {}
    }

    pub(super) fn words(&self) -> Both<Words> {
        match *self {}
    }
}
