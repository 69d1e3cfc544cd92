//! Interval arithmetic: whatever the true numbers are inside their ranges, what is computed from them is inside the result, and
//! a comparison that is decided is decided rightly.

use jauge::text::Lang;
use jauge::types::{Bound, Number, Qualifier, Range, Rounding, RoundingMode};
use proptest::prelude::*;

/// A range and a number inside it.
fn range_with_truth() -> impl Strategy<Value = (Range, Number)> {
    (-60i64..60, 0i64..40, 0i64..40, 0u8..5, any::<(bool, bool)>()).prop_map(|(truth, below, above, ends, open)| {
        // An open end lies strictly beyond the truth.
        let bound = |at: i64, open: bool, far: i64| Bound { value: Number::from(at), strict: open && far > 0 };
        let low = bound(truth - below, open.0, below);
        let high = bound(truth + above, open.1, above);
        let (low, high) = match ends {
            0 => return (Range::from(Number::from(truth)), Number::from(truth)),
            1 => (Some(low), None),
            2 => (None, Some(high)),
            3 => (Some(low), Some(high)),
            _ => (None, None),
        };
        // What is stated need not be the truth.
        let stated = Number::from(truth + above - below);
        (Range::new(stated, low, high, false), Number::from(truth))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_truth_stays_inside((a, x) in range_with_truth(), (b, y) in range_with_truth()) {
        prop_assert!(a.allows(&x));
        prop_assert!(a.plus(&b).allows(&(x.clone() + y.clone())), "{:?} + {:?}", a, b);
        prop_assert!(a.minus(&b).allows(&(x.clone() - y.clone())), "{:?} - {:?}", a, b);
        prop_assert!(a.times(&b).allows(&(x.clone() * y.clone())), "{:?} × {:?}", a, b);
        if let (Some(quotient), Some(true_quotient)) = (a.divide(&b), x.divide(&y)) {
            prop_assert!(quotient.allows(&true_quotient), "{:?} ÷ {:?}", a, b);
        }
    }

    #[test]
    fn what_is_decided_is_right((a, x) in range_with_truth(), (b, y) in range_with_truth()) {
        if let Some(below) = a.is_below(&b) {
            prop_assert_eq!(below, x < y, "{:?} < {:?}", a, b);
        }
        // Figures that say the same are taken for the same: the one place where more is said than is known.
        if let Some(false) = a.is_same(&b) {
            prop_assert_ne!(x.clone(), y.clone(), "{:?} = {:?}", a, b);
        }
        if a.is_inside(&b) {
            prop_assert!(b.allows(&x), "{:?} inside {:?}", a, b);
        }
    }

    #[test]
    fn what_is_shown_is_true((a, x) in range_with_truth(), divisor in 1i64..50, decimals in 0u8..3) {
        let divisor = Range::from(Number::from(divisor));
        let (Some(range), Some(truth)) = (a.divide(&divisor), x.divide(divisor.stated())) else { return Ok(()) };
        let Some(qualifier) = range.qualifier() else { return Ok(()) };
        let shown = range.show(Lang::En, Some(Rounding { decimals, mode: RoundingMode::HalfAway }));
        let numbers: Vec<Number> =
            shown.split(' ').filter_map(|word| Number::parse_plain(&word.replace(',', ""))).collect();
        let holds = match (qualifier, numbers.as_slice()) {
            (Qualifier::MoreThan | Qualifier::AtLeast, [low]) => *low <= truth,
            (Qualifier::LessThan | Qualifier::AtMost | Qualifier::Nearly, [high]) => truth <= *high,
            (Qualifier::Between, [low, high]) => *low <= truth && truth <= *high,
            (Qualifier::About | Qualifier::Unbounded, [_]) => true,
            (_, _) => false,
        };
        prop_assert!(holds, "{} for {}", shown, truth);
    }
}
