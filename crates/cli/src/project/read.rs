//! Bytes to text: UTF-8 as it is; UTF-16 and Windows-1252 are read too, so that one wrong encoding is one problem and not a
//! hundred unknown names.

use jauge::problem::{DataPlace, ProjectProblem};

/// The text of an indicator file, and what is wrong with how it was saved.
pub fn decode(bytes: Vec<u8>) -> (String, Option<ProjectProblem>) {
    let error = match String::from_utf8(bytes) {
        Ok(text) => return (text, None),
        Err(error) => error,
    };
    let valid = error.utf8_error().valid_up_to();
    let bytes = error.into_bytes();
    let (text, seems, line) = match utf16(&bytes) {
        Some(text) => (text, "UTF-16", 1),
        None => {
            let line = bytes.iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
            (windows_1252(&bytes), "Windows-1252", line)
        }
    };
    let shown = text.lines().nth(line - 1).unwrap_or("").trim().trim_start_matches('\u{feff}');
    let shown: String = shown.chars().take(DataPlace::TEXT_LIMIT).collect();
    (text, Some(ProjectProblem::NotUtf8 { seems, line, text: shown }))
}

/// Text with a UTF-16 byte order mark.
fn utf16(bytes: &[u8]) -> Option<String> {
    let join: fn([u8; 2]) -> u16 = match bytes.get(..2)? {
        [0xff, 0xfe] => u16::from_le_bytes,
        [0xfe, 0xff] => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes.get(2..)?.chunks_exact(2).filter_map(|pair| Some(join(pair.try_into().ok()?)));
    Some(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// Every byte has a meaning in Windows-1252 as browsers read it: the five holes are control characters.
fn windows_1252(bytes: &[u8]) -> String {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    bytes
        .iter()
        .map(|byte| match byte {
            0x80..=0x9f => HIGH.get(usize::from(byte - 0x80)).copied().unwrap_or(char::REPLACEMENT_CHARACTER),
            _ => char::from(*byte),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_problem_names_what_it_seems_to_be() {
        let (text, problem) = decode(b"# a\nr\xe9gion \x80\n".to_vec());
        assert_eq!(text, "# a\nrégion €\n");
        assert_eq!(problem, Some(ProjectProblem::NotUtf8 { seems: "Windows-1252", line: 2, text: "région €".into() }));
        let (text, problem) = decode(b"\xff\xfer\0\xe9\0".to_vec());
        assert_eq!(text, "ré");
        assert!(matches!(problem, Some(ProjectProblem::NotUtf8 { seems: "UTF-16", .. })));
        assert_eq!(decode("é".into()).1, None);
    }
}
