//! Qualified figures: « plus de 50 000 », « environ 800 ». A stated number and the bounds between which the true one lies,
//! and interval arithmetic over them. The bounds of a result always contain the truth; they may be wider than necessary where
//! one figure enters a formula twice.

use std::cmp::Ordering;

use super::{Number, Rounding, RoundingMode};
use crate::text::Lang;

/// How a figure is qualified, as a report says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Qualifier {
    /// « plus de 50 000 »
    MoreThan,
    /// « au moins 3 »
    AtLeast,
    /// « moins de 50 »
    LessThan,
    /// « au plus 12 »
    AtMost,
    /// « près de 2 140 »: about, and not quite reached.
    Nearly,
    /// « environ 800 »
    About,
    /// « entre 40 et 60 »
    Between,
    /// Neither bound is known and it is no approximation: the difference of two « plus de ».
    Unbounded,
}

impl Qualifier {
    /// A stable word for machines.
    pub fn code(self) -> &'static str {
        match self {
            Qualifier::MoreThan => "more_than",
            Qualifier::AtLeast => "at_least",
            Qualifier::LessThan => "less_than",
            Qualifier::AtMost => "at_most",
            Qualifier::Nearly => "nearly",
            Qualifier::About => "about",
            Qualifier::Between => "between",
            Qualifier::Unbounded => "unbounded",
        }
    }

    /// The words before the number.
    pub fn words(self, lang: Lang) -> &'static str {
        match self {
            Qualifier::MoreThan => lang.pick("plus de", "more than"),
            Qualifier::AtLeast => lang.pick("au moins", "at least"),
            Qualifier::LessThan => lang.pick("moins de", "less than"),
            Qualifier::AtMost => lang.pick("au plus", "at most"),
            Qualifier::Nearly => lang.pick("près de", "nearly"),
            Qualifier::About => lang.pick("environ", "about"),
            Qualifier::Between => lang.pick("entre", "between"),
            Qualifier::Unbounded => lang.pick("sans bornes connues :", "no known bounds:"),
        }
    }
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bound {
    /// The number.
    pub value: Number,
    /// The number itself is not inside.
    pub strict: bool,
}

impl Bound {
    /// An end that is inside.
    pub fn closed(value: Number) -> Self {
        Bound { value, strict: false }
    }

    /// An end that is outside.
    pub fn open(value: Number) -> Self {
        Bound { value, strict: true }
    }
}

/// A number, exact or qualified.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Range {
    stated: Number,
    limits: Option<Box<Limits>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Limits {
    low: Option<Bound>,
    high: Option<Bound>,
    about: bool,
}

impl From<Number> for Range {
    fn from(stated: Number) -> Self {
        Range { stated, limits: None }
    }
}

impl Range {
    /// A stated number between bounds. Bounds that leave one number make it exact.
    pub fn new(stated: Number, low: Option<Bound>, high: Option<Bound>, about: bool) -> Self {
        if let (Some(low), Some(high)) = (&low, &high)
            && low.value == high.value
            && !low.strict
            && !high.strict
        {
            return Range::from(low.value.clone());
        }
        Range { stated, limits: Some(Box::new(Limits { low, high, about })) }
    }

    /// A number as a report qualifies it. `margin` (in per cent) says how far « environ » reaches; `floor`: it counts things, so
    /// that it is not below zero.
    pub fn said(qualifier: Qualifier, stated: Number, margin: Option<&Number>, floor: bool) -> Self {
        let zero = || (floor && !stated.is_negative()).then(|| Bound::closed(Number::zero()));
        let (low, high, about) = match qualifier {
            Qualifier::MoreThan => (Some(Bound::open(stated.clone())), None, false),
            Qualifier::AtLeast => (Some(Bound::closed(stated.clone())), None, false),
            Qualifier::LessThan => (zero(), Some(Bound::open(stated.clone())), false),
            Qualifier::AtMost => (zero(), Some(Bound::closed(stated.clone())), false),
            Qualifier::Nearly => (zero(), Some(Bound::open(stated.clone())), true),
            Qualifier::About => match margin {
                Some(margin) => {
                    let reach = stated.abs() * margin.clone() * Number::scaled(1, 2);
                    let low = Bound::closed(stated.clone() - reach.clone());
                    (Some(low), Some(Bound::closed(stated.clone() + reach)), true)
                }
                None => (None, None, true),
            },
            Qualifier::Between => (Some(Bound::closed(stated.clone())), Some(Bound::closed(stated.clone())), false),
            Qualifier::Unbounded => (None, None, false),
        };
        Range::new(stated, low, high, about)
    }

    /// Anything from `low` to `high`, both included; the stated number is the one in the middle.
    pub fn between(low: Number, high: Number) -> Self {
        let middle = (low.clone() + high.clone()) * Number::scaled(5, 1);
        Range::new(middle, Some(Bound::closed(low)), Some(Bound::closed(high)), false)
    }

    /// The number as stated, whatever its qualifier.
    pub fn stated(&self) -> &Number {
        &self.stated
    }

    /// The number, where it is exact.
    pub fn exact(&self) -> Option<&Number> {
        self.limits.is_none().then_some(&self.stated)
    }

    /// The low end; `None` where none is known.
    pub fn low(&self) -> Option<Bound> {
        match &self.limits {
            None => Some(Bound::closed(self.stated.clone())),
            Some(limits) => limits.low.clone(),
        }
    }

    /// The high end.
    pub fn high(&self) -> Option<Bound> {
        match &self.limits {
            None => Some(Bound::closed(self.stated.clone())),
            Some(limits) => limits.high.clone(),
        }
    }

    /// How it is qualified; `None` for an exact number.
    pub fn qualifier(&self) -> Option<Qualifier> {
        let limits = self.limits.as_deref()?;
        let upper = |high: &Bound| match high.strict {
            true if limits.about && high.value == self.stated => Qualifier::Nearly,
            true => Qualifier::LessThan,
            false => Qualifier::AtMost,
        };
        // What is above nothing only says that it is below its other end.
        let from_zero = |low: &Bound| low.value.is_zero() && !self.stated.is_zero();
        Some(match (&limits.low, &limits.high) {
            (None, None) if limits.about => Qualifier::About,
            (None, None) => Qualifier::Unbounded,
            (Some(low), None) if low.strict => Qualifier::MoreThan,
            (Some(_), None) => Qualifier::AtLeast,
            (None, Some(high)) => upper(high),
            (Some(low), Some(high)) if from_zero(low) && (high.value == self.stated || low.strict) => upper(high),
            (Some(low), Some(high)) if limits.about && low.value < self.stated && self.stated < high.value => {
                Qualifier::About
            }
            (Some(_), Some(_)) => Qualifier::Between,
        })
    }

    /// Shown as a report would: lower bounds rounded down, upper bounds rounded up.
    pub fn show(&self, lang: Lang, rounding: Option<Rounding>) -> String {
        let Some(qualifier) = self.qualifier() else { return self.stated.show(lang, rounding) };
        let decimals = rounding.map_or(SHOWN, |rounding| rounding.decimals);
        let bound = |end: Option<Bound>, up: bool| {
            end.map_or_else(String::new, |end| end.value.toward(decimals, up).show(lang, rounding))
        };
        let number = match qualifier {
            Qualifier::MoreThan | Qualifier::AtLeast => bound(self.low(), false),
            Qualifier::LessThan | Qualifier::AtMost | Qualifier::Nearly => bound(self.high(), true),
            Qualifier::About | Qualifier::Unbounded => self.stated.show(lang, rounding),
            Qualifier::Between => {
                let and = lang.pick("et", "and");
                format!("{} {and} {}", bound(self.low(), false), bound(self.high(), true))
            }
        };
        format!("{} {number}", qualifier.words(lang))
    }

    /// The sum.
    pub fn plus(&self, other: &Range) -> Range {
        let stated = self.stated.clone() + other.stated.clone();
        if self.limits.is_none() && other.limits.is_none() {
            return Range::from(stated);
        }
        let add = |one: Option<Bound>, other: Option<Bound>| {
            let (one, other) = (one?, other?);
            Some(Bound { value: one.value + other.value, strict: one.strict || other.strict })
        };
        Range::new(stated, add(self.low(), other.low()), add(self.high(), other.high()), self.about_with(other))
    }

    /// The opposite.
    pub fn negative(&self) -> Range {
        let turn = |end: Option<Bound>| end.map(|end| Bound { value: -end.value, ..end });
        match &self.limits {
            None => Range::from(-self.stated.clone()),
            Some(limits) => Range::new(-self.stated.clone(), turn(self.high()), turn(self.low()), limits.about),
        }
    }

    /// The difference.
    pub fn minus(&self, other: &Range) -> Range {
        self.plus(&other.negative())
    }

    /// The product.
    pub fn times(&self, other: &Range) -> Range {
        let stated = self.stated.clone() * other.stated.clone();
        if self.limits.is_none() && other.limits.is_none() {
            return Range::from(stated);
        }
        self.product(other.ends(), stated, other)
    }

    /// The quotient; `None` where the stated divisor is zero.
    pub fn divide(&self, by: &Range) -> Option<Range> {
        let stated = self.stated.divide(&by.stated)?;
        if self.limits.is_none() && by.limits.is_none() {
            return Some(Range::from(stated));
        }
        Some(match by.reciprocal() {
            Some(ends) => self.product(ends, stated, by),
            None => Range::new(stated, None, None, self.about_with(by)),
        })
    }

    /// Cut to what is possible anyhow: a share of a whole is between 0 and 100.
    pub fn within(self, low: Number, high: Number) -> Range {
        if self.limits.is_none() {
            return self;
        }
        let floor = match self.low() {
            Some(end) if end.value >= low => end,
            _ => Bound::closed(low),
        };
        let ceiling = match self.high() {
            Some(end) if end.value <= high => end,
            _ => Bound::closed(high),
        };
        let about = self.is_about();
        Range::new(self.stated, Some(floor), Some(ceiling), about)
    }

    /// True where this range allows the number. An approximation without a margin allows every one.
    pub fn allows(&self, number: &Number) -> bool {
        let above = self.low().is_none_or(|low| low.value < *number || (low.value == *number && !low.strict));
        let below = self.high().is_none_or(|high| *number < high.value || (high.value == *number && !high.strict));
        above && below
    }

    /// Whether all of this range lies inside another.
    pub fn is_inside(&self, other: &Range) -> bool {
        let above = match (other.low(), self.low()) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(outer), Some(inner)) => {
                outer.value < inner.value || (outer.value == inner.value && (!outer.strict || inner.strict))
            }
        };
        let below = match (other.high(), self.high()) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(outer), Some(inner)) => {
                inner.value < outer.value || (outer.value == inner.value && (!outer.strict || inner.strict))
            }
        };
        above && below
    }

    /// Whether this is below the other: certainly, certainly not, or it cannot be told.
    pub fn is_below(&self, other: &Range) -> Option<bool> {
        if let (Some(high), Some(low)) = (self.high(), other.low())
            && (high.value < low.value || (high.value == low.value && (high.strict || low.strict)))
        {
            return Some(true);
        }
        match (self.low(), other.high()) {
            (Some(low), Some(high)) if low.value >= high.value => Some(false),
            _ => None,
        }
    }

    /// Whether both are the same number. Two figures that say the same thing (« plus de 800 » twice) are taken for the same;
    /// two that cannot be the same number are not; else it cannot be told.
    pub fn is_same(&self, other: &Range) -> Option<bool> {
        if self == other {
            return Some(true);
        }
        let apart = self.is_below(other) == Some(true) || other.is_below(self) == Some(true);
        if apart || (self.limits.is_none() && other.limits.is_none()) { Some(false) } else { None }
    }

    fn is_about(&self) -> bool {
        self.limits.as_ref().is_some_and(|limits| limits.about)
    }

    /// An approximation stays one among exact numbers and other approximations.
    fn about_with(&self, other: &Range) -> bool {
        let fits = |range: &Range| range.limits.is_none() || range.is_about();
        fits(self) && fits(other)
    }

    fn ends(&self) -> (End, End) {
        let end = |end: Option<Bound>, open: End| end.map_or(open, |end| End::At(end.value, end.strict));
        (end(self.low(), End::Minus), end(self.high(), End::Plus))
    }

    /// One over it; `None` where zero lies inside.
    fn reciprocal(&self) -> Option<(End, End)> {
        let (low, high) = self.ends();
        let over = |end: &End, at_zero: End| match end {
            End::At(value, strict) => Number::from(1i64).divide(value).map_or(at_zero, |one| End::At(one, *strict)),
            End::Minus | End::Plus => End::At(Number::zero(), true),
        };
        let zero = Number::zero();
        match (&low, &high) {
            (End::At(value, _), _) if *value >= zero => Some((over(&high, End::Plus), over(&low, End::Plus))),
            (_, End::At(value, _)) if *value <= zero => Some((over(&high, End::Minus), over(&low, End::Minus))),
            _ => None,
        }
    }

    fn product(&self, with: (End, End), stated: Number, other: &Range) -> Range {
        let (low, high) = self.ends();
        let all = [low.times(&with.0), low.times(&with.1), high.times(&with.0), high.times(&with.1)];
        let order = |one: &End, other: &End| one.compare(other);
        let open = |end: &End| matches!(end, End::At(_, true));
        let low = all.iter().min_by(|one, other| order(one, other).then(open(one).cmp(&open(other))));
        let high = all.iter().max_by(|one, other| order(one, other).then(open(other).cmp(&open(one))));
        let bound = |end: Option<&End>| match end {
            Some(End::At(value, strict)) => Some(Bound { value: value.clone(), strict: *strict }),
            Some(End::Minus | End::Plus) | None => None,
        };
        Range::new(stated, bound(low), bound(high), self.about_with(other))
    }
}

/// Decimals of a bound that has no rounding of its own.
const SHOWN: u8 = 6;

/// One end in a product.
enum End {
    Minus,
    /// A number, and whether it is outside.
    At(Number, bool),
    Plus,
}

impl End {
    fn times(&self, other: &End) -> End {
        let sign = |end: &End| match end {
            End::Minus => Ordering::Less,
            End::At(value, _) => value.cmp(&Number::zero()),
            End::Plus => Ordering::Greater,
        };
        let attained = |end: &End| matches!(end, End::At(value, false) if value.is_zero());
        if let (End::At(one, open), End::At(two, open_too)) = (self, other) {
            let value = one.clone() * two.clone();
            let strict = if value.is_zero() { !attained(self) && !attained(other) } else { *open || *open_too };
            return End::At(value, strict);
        }
        match (sign(self), sign(other)) {
            // Nothing times anything, however large, is nothing.
            (Ordering::Equal, _) | (_, Ordering::Equal) => End::At(Number::zero(), !attained(self) && !attained(other)),
            (one, two) if one == two => End::Plus,
            _ => End::Minus,
        }
    }

    fn compare(&self, other: &End) -> Ordering {
        match (self, other) {
            (End::At(one, _), End::At(two, _)) => one.cmp(two),
            (End::Minus, End::Minus) | (End::Plus, End::Plus) => Ordering::Equal,
            (End::Minus, _) | (_, End::Plus) => Ordering::Less,
            (End::Plus, _) | (_, End::Minus) => Ordering::Greater,
        }
    }
}

impl Number {
    /// Rounded down, or up, to so many decimals.
    pub fn toward(&self, decimals: u8, up: bool) -> Number {
        let cut = self.round(Rounding { decimals, mode: RoundingMode::Truncation });
        let step = Number::scaled(1, decimals.min(30));
        match (up, self.cmp(&cut)) {
            (true, Ordering::Greater) => cut + step,
            (false, Ordering::Less) => cut - step,
            (true | false, _) => cut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(qualifier: Qualifier, number: i64) -> Range {
        Range::said(qualifier, Number::from(number), None, true)
    }

    fn exact(number: i64) -> Range {
        Range::from(Number::from(number))
    }

    fn shown(range: &Range) -> String {
        range.show(Lang::Fr, None).replace('\u{202f}', " ")
    }

    #[test]
    fn sums_and_differences_keep_the_qualifier() {
        let more = said(Qualifier::MoreThan, 50_000);
        assert_eq!(shown(&more.plus(&exact(200))), "plus de 50 200");
        assert_eq!(shown(&exact(60_000).minus(&more)), "moins de 10 000");
        assert_eq!(shown(&more.minus(&said(Qualifier::MoreThan, 100))), "sans bornes connues : 49 900");
        let nearly = said(Qualifier::Nearly, 2_140);
        assert_eq!(shown(&nearly.plus(&nearly)), "près de 4 280");
        assert_eq!(shown(&said(Qualifier::About, 800).plus(&exact(25))), "environ 825");
        assert_eq!(shown(&said(Qualifier::LessThan, 50).plus(&said(Qualifier::MoreThan, 100))), "plus de 100");
    }

    #[test]
    fn products_and_quotients() {
        let vouchers = said(Qualifier::About, 5_000).times(&exact(600));
        assert_eq!(shown(&vouchers), "environ 3 000 000");
        let share = said(Qualifier::Nearly, 2_140).times(&exact(100)).divide(&exact(6_816));
        let two = Some(Rounding { decimals: 2, mode: RoundingMode::HalfAway });
        assert_eq!(share.map(|share| share.show(Lang::Fr, two)), Some("près de 31,40".into()));
        let over = exact(30).divide(&said(Qualifier::MoreThan, 60));
        assert_eq!(over.map(|over| over.show(Lang::Fr, two)), Some("moins de 0,50".into()));
        assert_eq!(exact(1).divide(&exact(0)), None);
        assert_eq!(exact(0).times(&said(Qualifier::MoreThan, 3)), exact(0));
    }

    #[test]
    fn rounded_away_from_the_truth_never() {
        let third = Number::from(100i64).divide(&Number::from(3i64)).unwrap_or_else(Number::zero);
        let none = Some(Rounding { decimals: 0, mode: RoundingMode::HalfAway });
        assert_eq!(Range::said(Qualifier::LessThan, third.clone(), None, false).show(Lang::En, none), "less than 34");
        assert_eq!(Range::said(Qualifier::MoreThan, third.clone(), None, false).show(Lang::En, none), "more than 33");
        assert_eq!(Range::said(Qualifier::MoreThan, -third, None, false).show(Lang::En, none), "more than -34");
    }

    #[test]
    fn three_outcomes() {
        let more = said(Qualifier::MoreThan, 800);
        assert_eq!(exact(800).is_below(&more), Some(true));
        assert_eq!(exact(900).is_below(&more), None);
        assert_eq!(more.is_below(&exact(800)), Some(false));
        assert_eq!(more.is_same(&more), Some(true));
        assert_eq!(more.is_same(&exact(800)), Some(false));
        assert_eq!(more.is_same(&exact(801)), None);
        let about = Range::said(Qualifier::About, Number::from(800i64), Some(&Number::from(5i64)), true);
        assert_eq!(exact(759).is_below(&about), Some(true));
        assert_eq!(exact(760).is_below(&about), None);
        assert!(about.allows(&Number::from(840i64)) && !about.allows(&Number::from(841i64)));
    }
}
