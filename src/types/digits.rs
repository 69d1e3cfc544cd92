//! Decimal digits of fractions that fit machine integers: what almost every figure is. Its own file because it is the fast way of
//! writing what `number` writes exactly for any size; `None` always means "not this way", never a different answer.

/// Powers of ten below 10^31 fit.
fn power(decimals: u8) -> Option<i128> {
    10_i128.checked_pow(u32::from(decimals)).filter(|_| decimals <= 30)
}

/// How many decimals `n / denominator` ends after, in lowest terms; `None` where it never ends or after more than 30.
pub(super) fn ends_after(denominator: i128) -> Option<u8> {
    let (mut rest, mut fives) = (denominator, 0);
    let twos = rest.trailing_zeros();
    rest >>= twos;
    while rest % 5 == 0 {
        rest /= 5;
        fives += 1;
    }
    u8::try_from(twos.max(fives)).ok().filter(|decimals| rest == 1 && *decimals <= 30)
}

/// `numerator / denominator` with so many decimals, cut.
pub(super) fn fixed(numerator: i128, denominator: i128, decimals: u8) -> Option<String> {
    let scaled = numerator.checked_mul(power(decimals)?)?.checked_div(denominator)?;
    Some(placed(scaled, decimals))
}

/// At least 15 significant digits of a fraction that never ends, rounded half away from zero.
pub(super) fn long(numerator: i128, denominator: i128) -> Option<String> {
    let size = numerator.checked_abs()?;
    let mut decimals = 15;
    // Below a tenth, a digit more for each zero after the point.
    let mut bound = size.checked_mul(10)?;
    while decimals < 30 && bound < denominator {
        bound = bound.checked_mul(10)?;
        decimals += 1;
    }
    let scaled = size.checked_mul(power(decimals)?)?;
    let (whole, rest) = (scaled.checked_div(denominator)?, scaled.checked_rem(denominator)?);
    let up = rest.checked_mul(2)? >= denominator;
    let rounded = whole.checked_add(i128::from(up))?;
    Some(placed(if numerator < 0 { -rounded } else { rounded }, decimals))
}

/// `scaled / 10^decimals` in digits.
fn placed(scaled: i128, decimals: u8) -> String {
    let sign = if scaled < 0 { "-" } else { "" };
    let digits = scaled.unsigned_abs();
    // `decimals` is at most 30 here, and 10^30 fits.
    match 10_u128.checked_pow(u32::from(decimals)) {
        None | Some(1) => format!("{sign}{digits}"),
        Some(one) => format!("{sign}{}.{:0width$}", digits / one, digits % one, width = usize::from(decimals)),
    }
}
