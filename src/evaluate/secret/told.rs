//! What a figure tells of the protected counts below it: linear forms over the measures that it was made from, kept beside its
//! value through every sum, difference, product and quotient.

use crate::types::Number;

/// Forms kept for one figure; a figure made of more is hidden.
const FORMS: usize = 4_000;

/// A sum of leaves, each with its factor, in the order of leaves. Constants tell nothing and are left out.
pub(in crate::evaluate) type Linear = Vec<(u32, Number)>;

/// What a figure tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::evaluate) struct Told {
    /// The value as a sum of leaves; empty for a constant, and where it is no such sum.
    pub value: Linear,
    /// Sums of leaves that may be read from it besides: the parts of a quotient, the factors of a product.
    pub also: Vec<Linear>,
    /// There is more below than is kept.
    pub too_much: bool,
}

impl Told {
    /// A leaf.
    pub(in crate::evaluate) fn leaf(leaf: u32) -> Self {
        Told { value: vec![(leaf, Number::from(1i64))], ..Told::default() }
    }

    /// True where nothing protected is below.
    pub(in crate::evaluate) fn is_empty(&self) -> bool {
        self.value.is_empty() && self.also.is_empty() && !self.too_much
    }

    /// Everything that it tells.
    pub(in crate::evaluate) fn forms(&self) -> impl Iterator<Item = &Linear> {
        std::iter::once(&self.value).chain(&self.also).filter(|form| !form.is_empty())
    }

    /// Two figures taken together in a way that is not a sum: whoever sees the result may know both.
    pub(in crate::evaluate) fn beside(&self, other: &Told) -> Told {
        let mut out = Told { value: Vec::new(), also: Vec::new(), too_much: self.too_much || other.too_much };
        for form in self.forms().chain(other.forms()) {
            out.add(form);
        }
        out
    }

    /// The sum, the other figure taken `times`.
    pub(in crate::evaluate) fn plus(&self, other: &Told, times: i64) -> Told {
        let times = Number::from(times);
        let mut out = Told { value: Vec::new(), also: Vec::new(), too_much: self.too_much || other.too_much };
        for form in self.also.iter().chain(&other.also) {
            out.add(form);
        }
        let (mut one, mut two) = (self.value.iter().peekable(), other.value.iter().peekable());
        loop {
            let pair = match (one.peek(), two.peek()) {
                (None, None) => break,
                (Some(_), None) => one.next().cloned(),
                (None, Some(_)) => two.next().map(|(leaf, factor)| (*leaf, factor.clone() * times.clone())),
                (Some((a, _)), Some((b, _))) if a < b => one.next().cloned(),
                (Some((a, _)), Some((b, _))) if b < a => {
                    two.next().map(|(leaf, factor)| (*leaf, factor.clone() * times.clone()))
                }
                (Some(_), Some(_)) => one
                    .next()
                    .zip(two.next())
                    .map(|((leaf, left), (_, right))| (*leaf, left.clone() + right.clone() * times.clone())),
            };
            out.value.extend(pair.filter(|(_, factor)| !factor.is_zero()));
        }
        out
    }

    /// The same figure times a known number.
    pub(in crate::evaluate) fn times(&self, factor: &Number) -> Told {
        let mut out = self.clone();
        for (_, own) in &mut out.value {
            *own = own.clone() * factor.clone();
        }
        out.value.retain(|(_, factor)| !factor.is_zero());
        out
    }

    fn add(&mut self, form: &Linear) {
        if self.also.len() >= FORMS {
            self.too_much = true;
        } else if !self.also.contains(form) {
            self.also.push(form.clone());
        }
    }
}
