//! Progress of long scans: on standard error, on a terminal only, and not in the first second.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jauge::text::Lang;

/// Scans shorter than this show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that appears when it is worth it.
pub struct Progress {
    lang: Lang,
    started: Instant,
    terminal: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Progress {
    /// Starts counting time.
    pub fn new(lang: Lang) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Progress { lang, started: Instant::now(), terminal, bar: Mutex::new(None) }
    }

    /// Says how many bytes of how many have been read.
    pub fn read(&self, name: &str, done: u64, of: u64) {
        if !self.terminal || self.started.elapsed() < PATIENCE {
            return;
        }
        // Whoever else draws will do: a bar is not worth waiting for.
        let Ok(mut slot) = self.bar.try_lock() else { return };
        let bar = slot.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::stderr());
            let template = self.lang.pick(
                "lecture de {msg} {wide_bar} {percent} % (reste {eta})",
                "reading {msg} {wide_bar} {percent}% ({eta} left)",
            );
            match ProgressStyle::with_template(template) {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        bar.set_length(of);
        bar.set_message(name.to_string());
        bar.set_position(done);
    }

    /// Wipes the bar away.
    pub fn done(&self) {
        if let Ok(mut slot) = self.bar.lock()
            && let Some(bar) = slot.take()
        {
            bar.finish_and_clear();
        }
    }
}
