//! The address of a table in a database, as `fichier:` writes it: `postgres://serveur:5432/base?table=schéma.table`.
//!
//! Every part but the table may be left out, and is then taken from the environment where the table is read. A password has
//! no place in it.

use crate::problem::{AddressWrong, TableProblem, close_to};

/// Where a table of PostgreSQL is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableAddress {
    /// The host; the environment says where `None`.
    pub host: Option<String>,
    /// The port.
    pub port: Option<u16>,
    /// The database.
    pub database: Option<String>,
    /// Who asks.
    pub user: Option<String>,
    /// A service of the service file.
    pub service: Option<String>,
    /// How the connection is protected.
    pub sslmode: Option<String>,
    /// The schema, where it is named, then the table.
    pub table: Vec<String>,
}

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
const PARAMETERS: [&str; 4] = ["table", "service", "user", "sslmode"];

/// The address of a table; `None` where the path is that of a file.
pub fn table_address(path: &str) -> Option<Result<TableAddress, TableProblem>> {
    let scheme = SCHEMES.iter().find(|scheme| starts_with_case(path, scheme))?;
    Some(read(path.get(scheme.len()..).unwrap_or("")))
}

impl TableAddress {
    /// As messages show it: the schema and the table.
    pub fn shown(&self) -> String {
        format!("postgres: {}", self.table.join("."))
    }

    /// Whether another table is in the same database, whoever asks it.
    pub fn is_beside(&self, other: &TableAddress) -> bool {
        let base = |of: &TableAddress| (of.host.clone(), of.port, of.database.clone(), of.service.clone());
        base(self) == base(other)
    }
}

fn starts_with_case(path: &str, scheme: &str) -> bool {
    path.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

fn read(rest: &str) -> Result<TableAddress, TableProblem> {
    // The last `@` ends the name of the user, and a password that should not be there, whatever signs it has: another one is
    // written `%40`.
    let (user, rest) = match rest.rsplit_once('@') {
        Some((user, rest)) => (Some(user), rest),
        None => (None, rest),
    };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (server, database) = place.split_once('/').unwrap_or((place, ""));
    let parameters: Vec<(&str, &str)> = query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .collect();
    let secret = |name: &str| matches!(name.to_ascii_lowercase().as_str(), "password" | "passwd" | "pwd");
    if user.is_some_and(|user| user.contains(':')) || parameters.iter().any(|(name, _)| secret(name)) {
        let user = user.and_then(|user| user.split(':').next()).filter(|user| !user.is_empty());
        let user = user.map_or(String::new(), |user| format!("{user}@"));
        let kept: Vec<String> = parameters
            .iter()
            .filter(|(name, _)| !secret(name))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let database = if database.is_empty() { String::new() } else { format!("/{database}") };
        let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
        return Err(TableProblem::PasswordInText { without: format!("postgres://{user}{server}{database}{query}") });
    }
    let mut address = TableAddress { user: user.map(decoded).transpose()?, ..TableAddress::default() };
    // An IPv6 address stands in brackets.
    let (host, port) = match server.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':').unwrap_or(port)),
        None => server.split_once(':').unwrap_or((server, "")),
    };
    address.host = some(decoded(host)?);
    if !port.is_empty() {
        let number = port.parse::<u16>().ok().filter(|port| *port > 0);
        address.port = Some(number.ok_or_else(|| part(port))?);
    }
    address.database = some(decoded(database)?);
    for (name, value) in parameters {
        match name {
            "table" => {
                let parts: Result<Vec<String>, TableProblem> = value.split('.').map(decoded).collect();
                address.table = parts?;
                if address.table.len() > 2 || address.table.iter().any(String::is_empty) {
                    return Err(part(value));
                }
            }
            "service" => address.service = some(decoded(value)?),
            "user" => address.user = some(decoded(value)?),
            "sslmode" => address.sslmode = some(decoded(value)?),
            other => {
                let near = close_to(other, PARAMETERS);
                return Err(bad(AddressWrong::Parameter { name: other.to_string(), near }));
            }
        }
    }
    if address.table.is_empty() {
        let more = if query.is_empty() { "?".to_string() } else { format!("?{query}&") };
        return Err(bad(AddressWrong::NoTable { write: format!("postgres://{place}{more}table=schema.table") }));
    }
    Ok(address)
}

fn bad(wrong: AddressWrong) -> TableProblem {
    TableProblem::BadAddress { wrong }
}

fn part(text: &str) -> TableProblem {
    bad(AddressWrong::Part { text: text.to_string() })
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// `%C3%A9` as `é`.
fn decoded(text: &str) -> Result<String, TableProblem> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else { return Err(part(text)) };
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| part(text))?);
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')).ok_or_else(|| part(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(path: &str) -> Result<TableAddress, TableProblem> {
        table_address(path).expect("an address")
    }

    #[test]
    fn parts() {
        let all =
            address("postgres://ana@serveur:5433/stat%20A?table=suivi.enfants%2E2020&sslmode=require").expect("read");
        assert_eq!(all.host.as_deref(), Some("serveur"));
        assert_eq!(all.port, Some(5433));
        assert_eq!(all.database.as_deref(), Some("stat A"));
        assert_eq!(all.user.as_deref(), Some("ana"));
        assert_eq!(all.table, ["suivi", "enfants.2020"]);
        assert_eq!(all.sslmode.as_deref(), Some("require"));
        let least = address("postgresql://?table=enfants").expect("read");
        assert_eq!(least, TableAddress { table: vec!["enfants".into()], ..TableAddress::default() });
        assert_eq!(address("postgres://[::1]:5432/b?table=t").expect("read").host.as_deref(), Some("::1"));
        assert!(table_address("donnees/postgres.csv").is_none());
    }

    #[test]
    fn no_password_is_kept() {
        for path in [
            "postgres://ana:s3cret@serveur/base?table=t",
            "postgres://serveur/base?password=s3cret&table=t",
            "POSTGRES://:s3cret@serveur?Pwd=s3cret",
            "postgres://ana:s3cret/@?s3cret@serveur/base?table=t",
        ] {
            let problem = address(path).expect_err("a password");
            assert!(matches!(problem, TableProblem::PasswordInText { .. }), "{path}");
            assert!(!format!("{problem:?}").contains("s3cret"), "{path}");
        }
        for path in [
            "postgres://serveur/base",
            "postgres://s:0/b?table=t",
            "postgres://s/b?tabel=t",
            "postgres://s/b?table=a.b.c",
            "postgres://s/%ZZ?table=t",
        ] {
            assert!(matches!(address(path), Err(TableProblem::BadAddress { .. })), "{path}");
        }
    }
}
