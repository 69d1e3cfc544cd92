//! E06.

use super::Words;
use crate::text::Both;

/// E06.
#[derive(Debug, Clone, PartialEq)]
pub enum EvaluationProblem {}

impl EvaluationProblem {
    pub(super) const CODES: &'static [&'static str] = &[];

    pub(super) fn code(&self) -> &'static str {
        match *self {}
    }

    pub(super) fn words(&self) -> Both<Words> {
        match *self {}
    }
}
