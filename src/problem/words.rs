//! The words of a problem: title, labels, help.

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; the run succeeds unless it is strict.
    Warning,
    /// The run fails.
    Error,
}

/// What a reader sees, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What is wrong: one line that stands alone, lower-case, no full stop.
    pub title: String,
    /// What the marked place is.
    pub label: String,
    /// What the places that it clashes with are, in the order of `Problem::also`.
    pub also: Vec<String>,
    /// What to write instead, as text that can be pasted; empty only where nothing can be said.
    pub help: String,
}

impl Words {
    /// Title, label and help.
    pub fn new(title: impl Into<String>, label: impl Into<String>, help: impl Into<String>) -> Self {
        Words { title: title.into(), label: label.into(), also: Vec::new(), help: help.into() }
    }

    /// Adds the label of a further place.
    pub fn and(mut self, label: impl Into<String>) -> Self {
        self.also.push(label.into());
        self
    }
}

/// The candidate closest to `wanted`, when it is close enough to be a slip: compared without case and accents.
pub fn close_to<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let folded = fold(wanted);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| {
            let longest = candidate.chars().count().max(wanted.chars().count());
            *distance <= (longest / 3).max(1) && *distance < longest
        })
        .min_by_key(|(distance, candidate)| (*distance, candidate.len()))
        .map(|(_, candidate)| candidate.to_string())
}

fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let is_mark = |c: char| ('\u{300}'..='\u{36f}').contains(&c);
    text.nfd().filter(|c| !is_mark(*c)).flat_map(char::to_lowercase).collect()
}
