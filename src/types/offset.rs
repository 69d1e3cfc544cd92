//! By how much a clock is ahead of universal time: what says on which day an instant falls. Fixed, not a zone with a history: its rules
//! change by decree, and a figure would change with the version of the program that knows them.

/// Minutes ahead of universal time, from -720 to 840.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Offset(i16);

impl Offset {
    /// Reads `UTC`, `UTC+1`, `UTC-3:30`.
    pub fn read(text: &str) -> Option<Offset> {
        let rest = text.trim().strip_prefix("UTC")?.trim();
        if rest.is_empty() {
            return Some(Offset(0));
        }
        let (sign, rest) = match rest.strip_prefix('+') {
            Some(rest) => (1, rest),
            None => (-1, rest.strip_prefix(['-', '\u{2212}', '\u{2013}'])?),
        };
        let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "00"));
        let digits = |text: &str, most: usize| {
            let plain = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse::<i16>().ok())?
        };
        let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2).filter(|minutes| *minutes < 60)?);
        let all = sign * (hours * 60 + minutes);
        (-720..=840).contains(&all).then_some(Offset(all))
    }

    /// Minutes ahead of universal time.
    pub fn minutes(self) -> i16 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets() {
        for (text, minutes) in
            [("UTC", 0), ("UTC+1", 60), ("UTC+01:00", 60), ("UTC-3:30", -210), ("UTC−12", -720), ("UTC +14", 840)]
        {
            assert_eq!(Offset::read(text), Some(Offset(minutes)), "{text}");
        }
        for text in [
            "",
            "+1",
            "UTC1",
            "UTC+",
            "UTC+15",
            "UTC-12:30",
            "UTC+1:60",
            "UTC+001",
            "Africa/Casablanca",
            "GMT+1",
            "UTC+1:",
        ] {
            assert_eq!(Offset::read(text), None, "{text}");
        }
    }
}
