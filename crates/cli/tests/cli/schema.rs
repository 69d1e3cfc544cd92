//! Results are what the schema says that they are.

use serde_json::Value;

use crate::folder::Folder;

/// The part of JSON Schema that our schema uses; a word that is not known here fails the test.
pub fn validate(value: &Value, schema: &Value, root: &Value, at: &str) -> Result<(), String> {
    let Some(schema) = schema.as_object() else {
        return if schema == &Value::Bool(true) { Ok(()) } else { Err(format!("{at}: no schema")) };
    };
    for (word, of) in schema {
        let fits = match word.as_str() {
            "$schema" | "title" | "description" | "$defs" | "format" | "default" => true,
            "$ref" => {
                let name = of.as_str().and_then(|path| path.strip_prefix("#/$defs/")).ok_or("a strange reference")?;
                validate(value, &root["$defs"][name], root, at)?;
                true
            }
            "type" => match of {
                Value::Array(kinds) => kinds.iter().any(|kind| is_a(value, kind)),
                kind => is_a(value, kind),
            },
            "const" => value == of,
            "enum" => of.as_array().is_some_and(|all| all.contains(value)),
            "anyOf" | "oneOf" => {
                let all = of.as_array().ok_or("no list")?;
                all.iter().any(|one| validate(value, one, root, at).is_ok())
            }
            "minimum" => value.as_f64() >= of.as_f64(),
            "maximum" => value.as_f64() <= of.as_f64(),
            // The two patterns of the schema are of digits and marks: their letters are checked, not their grammar; a
            // pattern says nothing about what is not text.
            "pattern" => value.as_str().is_none_or(|text| text.chars().all(|c| c.is_ascii_digit() || "-/".contains(c))),
            "required" => of.as_array().is_some_and(|names| {
                names.iter().all(|name| {
                    !value[name.as_str().unwrap_or("?")].is_null()
                        || value.as_object().is_some_and(|object| object.contains_key(name.as_str().unwrap_or("?")))
                })
            }),
            "properties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    let of = of.get(name).ok_or(format!("{at}.{name} is not in the schema"))?;
                    validate(inner, of, root, &format!("{at}.{name}"))?;
                }
                true
            }
            "additionalProperties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    validate(inner, of, root, &format!("{at}.{name}"))?;
                }
                true
            }
            "items" => {
                for inner in value.as_array().into_iter().flatten() {
                    validate(inner, of, root, &format!("{at}[]"))?;
                }
                true
            }
            other => return Err(format!("{at}: the test does not know `{other}`")),
        };
        if !fits {
            return Err(format!("{at}: {value} does not fit {word} {of}"));
        }
    }
    Ok(())
}

fn is_a(value: &Value, kind: &Value) -> bool {
    match kind.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some("integer") => value.is_u64() || value.is_i64(),
        Some("number") => value.is_number(),
        _ => false,
    }
}

#[test]
fn results_fit_the_schema() {
    let folder = Folder::new("validate", &[]);
    let schema: Value = serde_json::from_str(&folder.stdout(&["schema"])).expect("the schema is JSON");
    assert_eq!(folder.code(&["--lang", "fr", "new", "small"]), Some(0));
    assert_eq!(folder.code(&["--lang", "fr", "new", "snia", "--from", "snia"]), Some(0));
    for project in ["small", "snia"] {
        let text = folder.stdout(&["eval", project, "--format", "json"]);
        let document: Value = serde_json::from_str(&text).expect("results are JSON");
        assert!(document["rows"].as_array().is_some_and(|rows| rows.len() > 5), "{project} has figures");
        assert_eq!(validate(&document, &schema, &schema, project), Ok(()));
    }
}

#[test]
fn what_does_not_fit_is_found() {
    let schema: Value =
        serde_json::from_str(&Folder::new("misfit", &[]).stdout(&["schema"])).expect("the schema is JSON");
    for wrong in [
        r#"{"version": 1}"#,
        r#"{"version": 1, "language": "fr", "rows": []}"#,
        r#"{"version": "1", "language": "fr", "rows": [], "sources": []}"#,
        r#"{"version": 1, "language": "fr", "rows": [], "sources": [], "more": 1}"#,
    ] {
        let document: Value = serde_json::from_str(wrong).expect("it is JSON");
        assert!(validate(&document, &schema, &schema, "").is_err(), "{wrong}");
    }
}
