//! Wrong use of the command line, in words: clap's errors become ours, in the reader's language.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use jauge::problem::close_to;
use jauge::text::Lang;

use crate::arguments::COMMANDS;

/// The message for one of clap's errors: what is wrong, then what to type.
pub fn words(error: &clap::Error, lang: Lang) -> String {
    let text = |kind: ContextKind| -> Option<String> {
        match error.get(kind)? {
            ContextValue::String(text) => Some(text.clone()),
            ContextValue::Strings(texts) => Some(texts.join(", ")),
            ContextValue::Number(number) => Some(number.to_string()),
            _ => None,
        }
    };
    let argument = text(ContextKind::InvalidArg).unwrap_or_default();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    let quoted = |what: &str| lang.pick(format!("« {what} »"), format!("`{what}`"));
    let did_you_mean = |near: Option<String>| match near {
        Some(near) => lang.pick(format!("vouliez-vous dire « {near} » ?"), format!("did you mean `{near}`?")),
        None => see_help(lang),
    };

    let (wrong, next) = match error.kind() {
        ErrorKind::UnknownArgument => (
            lang.pick(
                format!("option inconnue : {}", quoted(&argument)),
                format!("unknown option: {}", quoted(&argument)),
            ),
            did_you_mean(text(ContextKind::SuggestedArg)),
        ),
        ErrorKind::InvalidSubcommand => {
            let name = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            let near = close_to(&name, COMMANDS).or_else(|| french_name(&name).map(String::from));
            (
                lang.pick(
                    format!("commande inconnue : {}", quoted(&name)),
                    format!("unknown command: {}", quoted(&name)),
                ),
                did_you_mean(near),
            )
        }
        ErrorKind::MissingRequiredArgument => (
            lang.pick(format!("il manque {}", quoted(&argument)), format!("{} is missing", quoted(&argument))),
            see_help(lang),
        ),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => (
            lang.pick("il manque une commande".into(), "a command is missing".into()),
            lang.pick(
                format!("les commandes sont : {}", COMMANDS.join(", ")),
                format!("the commands are: {}", COMMANDS.join(", ")),
            ),
        ),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => (
            lang.pick(
                format!("il manque la valeur de {}", quoted(&argument)),
                format!("{} has no value", quoted(&argument)),
            ),
            accepted(&text(ContextKind::ValidValue), lang),
        ),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::InvalidUtf8 => (
            lang.pick(
                format!("{} ne convient pas à {}", quoted(&value), quoted(&argument)),
                format!("{} does not fit {}", quoted(&value), quoted(&argument)),
            ),
            accepted(&text(ContextKind::ValidValue), lang),
        ),
        ErrorKind::ArgumentConflict => (
            lang.pick(
                format!("{} est donné deux fois, ou avec une option qui l'exclut", quoted(&argument)),
                format!("{} is given twice, or with an option that excludes it", quoted(&argument)),
            ),
            see_help(lang),
        ),
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => (
            lang.pick(
                format!("il manque la valeur de {}", quoted(&argument)),
                format!("{} has no value", quoted(&argument)),
            ),
            see_help(lang),
        ),
        ErrorKind::TooManyValues => (
            lang.pick(
                format!("{} a une valeur de trop : {}", quoted(&argument), quoted(&value)),
                format!("{} has one value too many: {}", quoted(&argument), quoted(&value)),
            ),
            see_help(lang),
        ),
        _ => (
            lang.pick("la commande ne peut pas être comprise".into(), "the command cannot be understood".into()),
            see_help(lang),
        ),
    };
    message(&wrong, &next, lang)
}

/// A message about wrong use: what is wrong, then what to type.
pub fn message(wrong: &str, next: &str, lang: Lang) -> String {
    let (error, help) = lang.pick(("erreur :", "aide :"), ("error:", "help:"));
    format!("{error} {wrong}\n{help} {next}\n")
}

fn accepted(values: &Option<String>, lang: Lang) -> String {
    match values {
        Some(values) if !values.is_empty() => {
            lang.pick(format!("les valeurs possibles sont : {values}"), format!("the possible values are: {values}"))
        }
        _ => see_help(lang),
    }
}

fn see_help(lang: Lang) -> String {
    lang.pick("tapez « jauge --help » pour tout voir".into(), "type `jauge --help` to see everything".into())
}

/// French words that a user may try as commands.
fn french_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "vérifier" | "verifier" | "contrôler" | "controler" => "check",
        "calculer" | "évaluer" | "evaluer" | "run" => "eval",
        "fusionner" | "fusion" => "merge",
        "formater" | "format" => "fmt",
        "tester" => "test",
        "expliquer" => "explain",
        "help" | "aide" => "--help",
        "pourquoi" => "why",
        "nouveau" | "créer" | "creer" | "init" => "new",
        _ => return None,
    })
}
