//! Progress of long scans as one line of words: rows, share, rate, time left. On standard error, on a terminal only, and not in
//! the first second. A line of our own: a bar would say less, and its words would not be ours.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use jauge::text::Lang;
use jauge::types::Number;
use unicode_width::UnicodeWidthStr;

use crate::render::{counted, plain};

/// Scans shorter than this show nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two lines.
const PAUSE: Duration = Duration::from_millis(200);

/// How far the scan of a source has come.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The source.
    pub name: &'a str,
    /// Rows read.
    pub rows: u64,
    /// Bytes of its file that have been read.
    pub bytes: u64,
    /// Bytes of its file.
    pub total: u64,
}

/// A line that appears when it is worth it.
pub struct Progress {
    lang: Lang,
    width: usize,
    terminal: bool,
    state: Mutex<State>,
}

struct State {
    /// The source that is being read, and since when.
    name: String,
    since: Instant,
    /// When something was last heard of it.
    heard: Instant,
    /// When a line was last shown, and how wide it is.
    shown: Option<(Instant, usize)>,
}

impl Progress {
    /// Starts counting time; lines have at most so many characters.
    pub fn new(lang: Lang, width: usize) -> Self {
        let now = Instant::now();
        let state = State { name: String::new(), since: now, heard: now, shown: None };
        Progress { lang, width, terminal: std::io::stderr().is_terminal(), state: Mutex::new(state) }
    }

    /// Says how far a scan has come.
    pub fn read(&self, step: Step<'_>) {
        if !self.terminal {
            return;
        }
        // Whoever else draws will do: a line is not worth waiting for.
        let Ok(mut state) = self.state.try_lock() else { return };
        let now = Instant::now();
        if state.name != step.name {
            state.name = step.name.to_string();
            state.since = state.heard;
        }
        state.heard = now;
        let elapsed = now - state.since;
        if elapsed < PATIENCE || state.shown.is_some_and(|(last, _)| now - last < PAUSE) {
            return;
        }
        let text = fitted(&plain(&words(self.lang, step, elapsed)), self.width.saturating_sub(1));
        let width = text.width();
        let before = state.shown.map_or(0, |(_, width)| width);
        draw(&format!("\r{text}{}", " ".repeat(before.saturating_sub(width))));
        state.shown = Some((now, width));
    }

    /// Wipes the line away.
    pub fn done(&self) {
        if let Ok(mut state) = self.state.lock()
            && let Some((_, width)) = state.shown.take()
        {
            draw(&format!("\r{}\r", " ".repeat(width)));
        }
    }
}

/// Nobody reads standard error once it is closed, so that is no reason to stop.
fn draw(text: &str) {
    let mut stream = std::io::stderr().lock();
    let _ = stream.write_all(text.as_bytes());
    let _ = stream.flush();
}

/// `registre : 12 400 000 lignes lues, 45 %, 1 230 000 lignes/s, reste 12 s`.
fn words(lang: Lang, step: Step<'_>, elapsed: Duration) -> String {
    let rows = counted(step.rows, lang, ("ligne lue", "lignes lues"), ("row read", "rows read"));
    let millis = elapsed.as_millis().max(1);
    let rate = rounded(u64::try_from(u128::from(step.rows) * 1_000 / millis).unwrap_or(u64::MAX));
    let rate = Number::from(rate).show(lang, None);
    let mut text = match lang {
        Lang::Fr => format!("{} : {rows}", step.name),
        Lang::En => format!("{}: {rows}", step.name),
    };
    let done = step.bytes.min(step.total);
    if step.total > 0 {
        let percent = u128::from(done) * 100 / u128::from(step.total);
        text.push_str(&lang.pick(format!(", {percent} %"), format!(", {percent}%")));
    }
    text.push_str(&lang.pick(format!(", {rate} lignes/s"), format!(", {rate} rows/s")));
    if done > 0 {
        let left = millis * u128::from(step.total - done) / u128::from(done);
        let left = time(u64::try_from(left.div_ceil(1_000)).unwrap_or(u64::MAX));
        text.push_str(&lang.pick(format!(", reste {left}"), format!(", {left} left")));
    }
    text
}

/// Three digits of a number: more would dance.
fn rounded(number: u64) -> u64 {
    let mut unit = 1;
    while number / unit >= 1_000 {
        unit *= 10;
    }
    number / unit * unit
}

/// The same in both languages.
fn time(seconds: u64) -> String {
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

/// The text in so many columns: the end says most, so that the name gives way.
fn fitted(text: &str, width: usize) -> String {
    let mut text = text.to_string();
    while text.width() > width && !text.is_empty() {
        text.remove(0);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_both_languages() {
        let step = Step { name: "registre", rows: 12_345_678, bytes: 450, total: 1_000 };
        let of =
            |lang, step, millis| words(lang, step, Duration::from_millis(millis)).replace(['\u{a0}', '\u{202f}'], " ");
        assert_eq!(
            of(Lang::Fr, step, 10_000),
            "registre : 12 345 678 lignes lues, 45 %, 1 230 000 lignes/s, reste 13 s"
        );
        assert_eq!(of(Lang::En, step, 10_000), "registre: 12,345,678 rows read, 45%, 1,230,000 rows/s, 13 s left");
        let slow = Step { rows: 1, bytes: 1, ..step };
        assert_eq!(of(Lang::Fr, slow, 1_500), "registre : 1 ligne lue, 0 %, 0 lignes/s, reste 24 min 59 s");
        assert_eq!(of(Lang::En, Step { total: 0, ..slow }, 1_500), "registre: 1 row read, 0 rows/s");
        assert_eq!(
            of(Lang::En, Step { rows: 999, bytes: 1, total: 3_901, ..step }, 1_000),
            "registre: 999 rows read, 0%, 999 rows/s, 1 h 05 min left"
        );
    }

    #[test]
    fn a_narrow_terminal_keeps_the_end() {
        assert_eq!(fitted("registre : 12 lignes", 9), "12 lignes");
        assert_eq!(fitted("é", 0), "");
    }
}
