//! An address and the environment to a login, in the order of PostgreSQL's own tools: the address, the service file, the PG*
//! variables, the password file. Passwords come from the last three only and are shown nowhere.

use std::path::{Path, PathBuf};

use jauge::program::TableAddress;

/// The environment, as far as logins look at it.
pub(super) struct Environment<'e> {
    /// A variable.
    pub(super) variable: &'e dyn Fn(&str) -> Option<String>,
    /// A file's text; `None` where it cannot be read.
    pub(super) file: &'e dyn Fn(&Path) -> Option<String>,
}

/// All that a connection needs.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Login {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) database: String,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) sslmode: Option<String>,
    pub(super) root_certificate: Option<PathBuf>,
    pub(super) options: Option<String>,
    pub(super) connect_timeout: Option<u64>,
}

impl Login {
    /// As messages show it, without the password.
    pub(super) fn shown(&self) -> String {
        format!("{}@{}:{}/{}", self.user, self.host, self.port, self.database)
    }

    /// The server is on this machine.
    pub(super) fn is_local(&self) -> bool {
        self.host.starts_with('/') || matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1")
    }
}

/// The service that is not described anywhere.
pub(super) struct NoService(pub(super) String);

/// The login of an address.
pub(super) fn login(address: &TableAddress, environment: &Environment<'_>) -> Result<Login, NoService> {
    let variable = |name: &str| (environment.variable)(name).filter(|value| !value.is_empty());
    let home = variable("HOME").or_else(|| variable("USERPROFILE")).map(PathBuf::from);
    let service = address.service.clone().or_else(|| variable("PGSERVICE"));
    let described = match &service {
        None => Vec::new(),
        Some(name) => {
            let mut files: Vec<PathBuf> = Vec::new();
            match variable("PGSERVICEFILE") {
                Some(file) => files.push(PathBuf::from(file)),
                None => files.extend(home.as_ref().map(|home| home.join(".pg_service.conf"))),
            }
            files.extend(variable("PGSYSCONFDIR").map(|folder| Path::new(&folder).join("pg_service.conf")));
            let texts = files.iter().filter_map(|file| (environment.file)(file));
            let found = texts.into_iter().find_map(|text| service_of(&text, name));
            found.ok_or_else(|| NoService(name.clone()))?
        }
    };
    let of_service = |name: &str| described.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let chosen =
        |own: Option<String>, key: &str, name: &str| own.or_else(|| of_service(key)).or_else(|| variable(name));
    let host = chosen(address.host.clone(), "host", "PGHOST").unwrap_or_else(|| local_host(environment));
    let port = chosen(address.port.map(|port| port.to_string()), "port", "PGPORT");
    let port = port.and_then(|port| port.trim().parse().ok()).unwrap_or(5432);
    let user = chosen(address.user.clone(), "user", "PGUSER")
        .or_else(|| variable("USER"))
        .or_else(|| variable("USERNAME"))
        .unwrap_or_else(|| "postgres".into());
    let database = chosen(address.database.clone(), "dbname", "PGDATABASE").unwrap_or_else(|| user.clone());
    let mut login = Login {
        host,
        port,
        database,
        user,
        password: of_service("password").or_else(|| variable("PGPASSWORD")),
        sslmode: chosen(address.sslmode.clone(), "sslmode", "PGSSLMODE"),
        root_certificate: chosen(None, "sslrootcert", "PGSSLROOTCERT").map(PathBuf::from),
        options: chosen(None, "options", "PGOPTIONS"),
        connect_timeout: chosen(None, "connect_timeout", "PGCONNECT_TIMEOUT").and_then(|text| text.parse().ok()),
    };
    if login.password.is_none() {
        let file = match variable("PGPASSFILE") {
            Some(file) => Some(PathBuf::from(file)),
            None if cfg!(windows) => {
                variable("APPDATA").map(|data| Path::new(&data).join("postgresql").join("pgpass.conf"))
            }
            None => home.map(|home| home.join(".pgpass")),
        };
        let text = file.and_then(|file| (environment.file)(&file));
        login.password = text.and_then(|text| password_of(&text, &login));
    }
    Ok(login)
}

/// Where a server on this machine listens.
fn local_host(environment: &Environment<'_>) -> String {
    // The sockets' folders of Debian and of PostgreSQL itself; a folder has no text, so its lock file is looked for.
    let folders = ["/var/run/postgresql", "/tmp"];
    let port = (environment.variable)("PGPORT").unwrap_or_else(|| "5432".into());
    let has_socket =
        |folder: &&&str| (environment.file)(&Path::new(**folder).join(format!(".s.PGSQL.{port}.lock"))).is_some();
    match folders.iter().find(has_socket) {
        Some(folder) if !cfg!(windows) => folder.to_string(),
        _ => "localhost".into(),
    }
}

/// The parameters of a service in the text of a service file.
fn service_of(text: &str, name: &str) -> Option<Vec<(String, String)>> {
    let mut inside = false;
    let mut found = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = section == name;
            if inside {
                found.get_or_insert_with(Vec::new);
            }
        } else if inside && let Some((key, value)) = line.split_once('=') {
            found.get_or_insert_with(Vec::new).push((key.trim().to_string(), value.trim().to_string()));
        }
    }
    found
}

/// The password of a login in the text of a password file: `host:port:database:user:password`, `*` for any.
fn password_of(text: &str, login: &Login) -> Option<String> {
    let host = if login.host.starts_with('/') { "localhost" } else { &login.host };
    let port = login.port.to_string();
    let wanted = [host, &port, &login.database, &login.user];
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let fields = fields(line);
        let [own @ .., password] = fields.as_slice() else { continue };
        if own.len() == 4 && own.iter().zip(wanted).all(|(field, wanted)| field == "*" || field == wanted) {
            return Some(password.clone());
        }
    }
    None
}

/// Fields between colons; `\:` and `\\` stand for themselves. The fifth one takes the rest.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut signs = line.chars();
    while let Some(c) = signs.next() {
        let c = match c {
            ':' if fields.len() < 5 => {
                fields.push(String::new());
                continue;
            }
            '\\' => signs.next().unwrap_or('\\'),
            c => c,
        };
        if let Some(last) = fields.last_mut() {
            last.push(c);
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: TableAddress, variables: &[(&str, &str)], files: &[(&str, &str)]) -> Result<Login, String> {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string());
        let file =
            |path: &Path| files.iter().find(|(known, _)| Path::new(known) == path).map(|(_, text)| text.to_string());
        login(&address, &Environment { variable: &variable, file: &file }).map_err(|none| none.0)
    }

    #[test]
    fn the_address_comes_first_then_the_service_then_variables() {
        let address = TableAddress { host: Some("a".into()), service: Some("s".into()), ..TableAddress::default() };
        let service = "# x\n[other]\nhost=no\n[s]\nhost=b\nport = 6000\nuser=u\npassword=p w\n";
        let login = of(
            address,
            &[("PGSERVICEFILE", "/f"), ("PGPORT", "7000"), ("PGUSER", "v"), ("PGDATABASE", "d")],
            &[("/f", service)],
        );
        let login = login.expect("a login");
        assert_eq!(login.shown(), "u@a:6000/d");
        assert_eq!(login.password.as_deref(), Some("p w"));
        let missing = TableAddress { service: Some("t".into()), ..TableAddress::default() };
        assert_eq!(of(missing, &[("PGSERVICEFILE", "/f")], &[("/f", service)]).err(), Some("t".into()));
    }

    #[test]
    fn passwords_come_from_the_password_file() {
        let text = "# h\nb:5432:*:u:no\n*:5432:d:u:a\\:b\\\\c:d\n*:*:*:*:last\n";
        let login = of(
            TableAddress { host: Some("h".into()), ..TableAddress::default() },
            &[("HOME", "/home/u"), ("PGUSER", "u"), ("PGDATABASE", "d")],
            &[("/home/u/.pgpass", text)],
        );
        assert_eq!(login.expect("a login").password.as_deref(), Some("a:b\\c:d"));
    }
}
