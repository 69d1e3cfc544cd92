//! A seed → the rows of a synthetic register: people with several records each, skewed groups, empty cells where people leave
//! them. A person's own attributes come from the seed and the person's number alone, so that no row needs another and a file of
//! any length is written in the memory of one row.

use std::io::{self, Write};

use crate::Seeded;

/// The regions, by the name that the data use; province `n` lies in region `n % 12`.
pub const REGIONS: [&str; 12] =
    ["Adrar", "Batha", "Centre", "Delta", "Est", "Fleuve", "Grand Lac", "Hauts", "Iles", "Joual", "Kanem", "Littoral"];
const PROVINCES: u64 = 75;
const NATIONALITIES: u64 = 40;
const STATUSES: [(&str, u64); 5] =
    [("active", 62), ("pending", 14), ("closed", 15), ("transferred", 8), ("deceased", 1)];
const CYCLES: [&str; 4] = ["preschool", "primary", "lower_secondary", "upper_secondary"];
const FIRST_YEAR: u64 = 2020;
/// Days from 1 January 2020 to 31 December 2024.
const DAYS: u64 = 5 * 365 + 2;
const HEADER: &str = "person_id,region,province,sex,nationality,age,status,school_year,cycle,date,amount,enrolled,dropout,\
                      disability,scholarship,passed";
/// What [`Shape::Wide`] adds.
const WIDE_HEADER: &str = ",commune,person_code,closed_on";
/// Communes of a wide register.
pub const COMMUNES: u64 = 100_000;

/// The columns of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The sixteen that the fifty indicators read.
    Plain,
    /// And three more: a group of a hundred thousand members, the person as a text, a second date.
    Wide,
}

/// What does not change from one record of a person to the next.
struct Person {
    sex: &'static str,
    nationality: u64,
    born: u64,
    province: u64,
    disability: bool,
}

/// Whether something that happens so many times in a hundred happens.
fn chance(draw: &mut Seeded, percent: u64) -> bool {
    draw.below(100) < percent
}

/// A number in (0, 1].
fn unit(draw: &mut Seeded) -> f64 {
    const STEPS: u64 = 1 << 53;
    (draw.below(STEPS) + 1) as f64 / STEPS as f64
}

/// A group by Pareto's law: the first groups hold most of the people, the last holds the whole tail.
fn pareto(draw: &mut Seeded, alpha: f64, scale: f64, groups: u64) -> u64 {
    let value = (unit(draw).powf(-1.0 / alpha) - 1.0) * scale;
    // A float above every u64 saturates, so that the tail falls into the last group.
    (value as u64).min(groups - 1)
}

impl Person {
    fn of(number: u64, seed: u64) -> Self {
        let draw = &mut Seeded::new(seed ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93));
        let sex = match draw.below(100) {
            0..49 => "female",
            49..98 => "male",
            _ => "",
        };
        let born = if chance(draw, 60) { 2001 + draw.below(19) } else { 1945 + draw.below(75) };
        Person {
            sex,
            nationality: pareto(draw, 1.1, 2.0, NATIONALITIES),
            born,
            province: pareto(draw, 1.3, 14.0, PROVINCES),
            disability: chance(draw, 6),
        }
    }
}

/// The days of the register as text, and the year of each.
fn calendar() -> Vec<(String, u64)> {
    let mut days = Vec::new();
    for year in FIRST_YEAR..FIRST_YEAR + 5 {
        let february = if year % 4 == 0 { 29 } else { 28 };
        for (month, length) in (1..).zip([31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
            days.extend((1..=length).map(|day| (format!("{year}-{month:02}-{day:02}"), year)));
        }
    }
    days
}

/// Writes a register as CSV. The same rows, seed and shape make the same bytes.
pub fn write_csv(out: &mut impl Write, rows: u64, seed: u64, shape: Shape) -> io::Result<()> {
    let people = (rows * 2 / 5).max(1);
    let days = calendar();
    let draw = &mut Seeded::new(seed);
    writeln!(out, "{HEADER}{}", if shape == Shape::Wide { WIDE_HEADER } else { "" })?;
    for _ in 0..rows {
        let number = draw.below(people);
        let person = Person::of(number, seed);
        let at = draw.below(DAYS);
        // `calendar` makes DAYS days, and `at` is below it.
        let Some((date, year)) = usize::try_from(at).ok().and_then(|at| days.get(at)) else { continue };
        let age = year.saturating_sub(person.born).min(99);
        let province = if chance(draw, 8) { draw.below(PROVINCES) } else { person.province };
        let school_year = (*year + u64::from(chance(draw, 30))).min(2024);
        let usual = usize::from(age >= 6) + usize::from(age >= 12) + usize::from(age >= 15);
        let cycle = if chance(draw, 10) { draw.below(4) as usize } else { usual };
        let mut left = draw.below(100);
        let status = STATUSES.iter().find(|(_, share)| match left.checked_sub(*share) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        });
        // The shares make a hundred, and `cycle` is below four.
        let (Some((status, _)), Some(cycle)) = (status, CYCLES.get(cycle)) else { continue };
        let region = REGIONS[(province % 12) as usize]; // twelve of them
        write!(out, "{},Region {region},PR{province:03} {region},", number * 7919 + 100_000_007)?;
        write!(out, "{},N{:02},", person.sex, person.nationality)?;
        if !chance(draw, 1) {
            write!(out, "{age}")?;
        }
        write!(out, ",{status},{school_year}/{:02},{cycle},{date},", (school_year + 1) % 100)?;
        if !chance(draw, 10) {
            // A gamma law of shape 2: the sum of two exponential draws, in hundredths.
            let hundredths = (-18_000.0 * (unit(draw) * unit(draw)).ln()).round() as u64;
            write!(out, "{}.{:02}", hundredths / 100, hundredths % 100)?;
        }
        write!(out, ",{},{},{},", chance(draw, 66), chance(draw, 7), person.disability)?;
        write!(out, "{},", chance(draw, 18))?;
        if !chance(draw, 20) {
            write!(out, "{}", chance(draw, 71))?;
        }
        if shape == Shape::Wide {
            let closed = days.get(usize::try_from(draw.below(DAYS)).unwrap_or(0)).map_or("", |(date, _)| date);
            write!(out, ",C{:05},P-{number:09},{closed}", draw.below(COMMUNES))?;
        }
        writeln!(out)?;
    }
    Ok(())
}
