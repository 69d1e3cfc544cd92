//! The table of keywords to the two pages of the glossary: `docs/fr/mots.md` and `docs/en/words.md`. With `JAUGE_WRITE=1`
//! the pages are written; otherwise they must be what the table says.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use jauge::syntax::ast::BlockKind;
use jauge::syntax::keywords::{
    self, BLOCKS, CIVIL_CALENDARS, FIELDS, FieldEntry, Keyword, MONTHS, Shape, Spellings, field_word, length, reserved,
};
use jauge::text::Lang;

/// A page in one language: which words come first, and the prose around the tables.
struct Page {
    lang: Lang,
    path: &'static str,
}

const PAGES: [Page; 2] =
    [Page { lang: Lang::Fr, path: "docs/fr/mots.md" }, Page { lang: Lang::En, path: "docs/en/words.md" }];

/// The French words or the English ones.
fn say<'a>(lang: Lang, fr: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Fr => fr,
        Lang::En => en,
    }
}

fn other(lang: Lang) -> Lang {
    match lang {
        Lang::Fr => Lang::En,
        Lang::En => Lang::Fr,
    }
}

/// The first spelling in bold, the accepted ones after it.
fn spellings(words: &Spellings, lang: Lang) -> String {
    let mut cell = String::new();
    for (at, word) in words.get(lang).iter().enumerate() {
        let mark = if at == 0 { "**" } else { "" };
        let comma = if at == 0 { "" } else { ", " };
        let _ = write!(cell, "{comma}{mark}`{word}`{mark}");
    }
    cell
}

fn row(words: &Spellings, lang: Lang) -> String {
    format!("{} | {}", spellings(words, lang), spellings(words, other(lang)))
}

fn blocks_of(entry: &FieldEntry, lang: Lang) -> String {
    let blocks = entry.blocks.iter().map(|kind| format!("`{}`", keywords::block_word(*kind, lang)));
    let under = entry.under.iter().map(|key| {
        let block = BLOCKS.into_iter().find(|kind| keywords::fields_in(*kind).any(|entry| entry.key == *key));
        format!("{} `{}`", say(lang, "sous", "under"), field_word(*key, block, lang))
    });
    blocks.chain(under).collect::<Vec<_>>().join(", ")
}

/// The words of a closed list, in the two languages.
fn choices_of(entry: &FieldEntry, lang: Lang) -> String {
    let Shape::Choice(list) = entry.shape else { return String::new() };
    let words = |lang: Lang| {
        let words: Vec<_> =
            list.iter().map(|of| format!("`{}`", keywords::first(&keywords::choice(*of), lang))).collect();
        words.join(", ")
    };
    format!("{} | {}", words(lang), words(other(lang)))
}

fn table(page: &mut String, lang: Lang, title: &str, more: Option<&str>) {
    let _ = write!(page, "\n## {title}\n\n");
    let more = more.map(|head| format!(" {head} |")).unwrap_or_default();
    let rule = "---|".repeat(more.matches('|').count());
    let _ = writeln!(page, "| {} |{more}\n|---|---|{rule}", say(lang, "français | anglais", "English | French"));
}

fn page(lang: Lang) -> String {
    let mut out = String::new();
    out.push_str(say(
        lang,
        "# Les mots du langage\n\n\
         Chaque mot dans les deux langues. En gras, la forme que `jauge fmt` écrit ; à la suite, les autres formes acceptées. \
         On peut\nomettre les accents, à une exception près : `ou` est toujours *ou bien*, et `où` (avec son accent) s'emploie pour `avec`. \
         Un\nfichier écrit dans une langue accepte les mots de champ et de bloc de l'autre. Cette page est tirée de la table du \
         programme ; ne la\ncorrigez pas à la main.\n",
        "# The words of the language\n\n\
         Every word in both languages. In bold, the form that `jauge fmt` writes; after it, the other forms that are \
         accepted. Accents\nmay be left out, with one exception: in French `ou` is always *or*, and `où` (with its accent) \
         is *where*. A file written in\none language accepts the block and field words of the other. This page is made from \
         the table of the program: do not mend it by\nhand.\n",
    ));

    table(&mut out, lang, say(lang, "Blocs", "Blocks"), None);
    for kind in BLOCKS {
        let _ = writeln!(out, "| {} |", row(&keywords::block(kind), lang));
    }
    let language = keywords::LANGUAGE_LINE;
    let _ = writeln!(out, "| {} |", row(&language, lang));

    table(&mut out, lang, say(lang, "Champs", "Fields"), Some(say(lang, "où", "where")));
    for entry in FIELDS {
        let _ = writeln!(out, "| {} | {} |", row(&entry.words, lang), blocks_of(entry, lang));
    }

    let _ = write!(
        out,
        "\n## {}\n\n| {} |\n|---|---|---|\n",
        say(lang, "Choix", "Choices"),
        say(lang, "champ | en français | en anglais", "field | in English | in French")
    );
    for entry in FIELDS.iter().filter(|entry| matches!(entry.shape, Shape::Choice(_))) {
        let block: Option<BlockKind> = entry.blocks.first().copied();
        let _ = writeln!(out, "| `{}` | {} |", field_word(entry.key, block, lang), choices_of(entry, lang));
    }

    table(&mut out, lang, say(lang, "Mots et signes dans les valeurs", "Words and signs in values"), None);
    for keyword in Keyword::ALL {
        let _ = writeln!(out, "| {} |", row(&keyword.spellings(), lang));
    }

    table(&mut out, lang, say(lang, "Durées et mois", "Lengths and months"), None);
    for words in CIVIL_CALENDARS.into_iter().map(length).chain(MONTHS) {
        let _ = writeln!(out, "| {} |", row(&words, lang));
    }

    let _ = write!(out, "\n## {}\n\n", say(lang, "Mots réservés", "Reserved words"));
    out.push_str(say(
        lang,
        "Aucun nom d'indicateur, de source, de colonne… ne peut être l'un de ces mots, parce qu'un fichier peut être traduit :\n",
        "No name of an indicator, source, column… may be one of these words, because a file may be translated:\n",
    ));
    let words: Vec<String> = reserved().iter().map(|word| format!("`{word}`")).collect();
    let _ = writeln!(out, "{}.", words.join(", "));
    out
}

#[test]
fn the_glossary_is_what_the_table_says() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let write = std::env::var_os("JAUGE_WRITE").is_some();
    for wanted in PAGES {
        let path = root.join(wanted.path);
        let text = page(wanted.lang);
        if write {
            fs::write(&path, &text).expect("a page that can be written");
        }
        let found = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(found == text, "{} is out of date: run `JAUGE_WRITE=1 cargo test --test glossary`", wanted.path);
    }
}

#[test]
fn every_word_of_every_block_is_on_the_page() {
    for lang in Lang::ALL {
        let page = page(lang);
        for kind in BLOCKS {
            for entry in keywords::fields_in(kind) {
                let word = field_word(entry.key, Some(kind), lang);
                assert!(page.contains(&format!("**`{word}`**")), "{lang:?}: no `{word}`");
            }
        }
    }
}
