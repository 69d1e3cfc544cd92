//! A login to a connection, and what PostgreSQL says to problems. On the network the connection is encrypted and the server's
//! certificate is verified, unless `sslmode` says otherwise.

use std::sync::Arc;
use std::time::Duration;

use jauge::problem::{NotReached, Stopped, TableProblem};
use postgres::config::SslMode;
use postgres::error::SqlState;
use postgres::{Client, Config, NoTls};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::login::Login;

/// Seconds to wait for a server where the environment says nothing.
const PATIENCE: u64 = 15;

/// Opens a connection.
pub(super) fn connect(login: &Login) -> Result<(Client, Option<MakeRustlsConnect>), TableProblem> {
    let mut config = Config::new();
    config
        .host(&login.host)
        .port(login.port)
        .dbname(&login.database)
        .user(&login.user)
        .application_name("jauge")
        .connect_timeout(Duration::from_secs(login.connect_timeout.filter(|seconds| *seconds > 0).unwrap_or(PATIENCE)));
    if let Some(password) = &login.password {
        config.password(password);
    }
    if let Some(options) = &login.options {
        config.options(options);
    }
    let mode = match login.sslmode.as_deref() {
        Some("disable") => SslMode::Disable,
        Some("allow" | "prefer") => SslMode::Prefer,
        // The certificate is verified whatever kind of `require` is asked for.
        Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
        None if login.is_local() => SslMode::Disable,
        None => SslMode::Require,
        Some(other) => {
            let said = format!("sslmode={other}");
            return Err(not_reached(login, NotReached::Tls, said));
        }
    };
    config.ssl_mode(mode);
    if mode == SslMode::Disable || login.host.starts_with('/') {
        return config.connect(NoTls).map(|client| (client, None)).map_err(|error| refused(login, &error));
    }
    let tls = tls(login).map_err(|said| not_reached(login, NotReached::Tls, said))?;
    let client = config.connect(tls.clone()).map_err(|error| refused(login, &error))?;
    Ok((client, Some(tls)))
}

fn tls(login: &Login) -> Result<MakeRustlsConnect, String> {
    let mut roots = RootCertStore::empty();
    match &login.root_certificate {
        Some(path) => {
            let certificates =
                CertificateDer::pem_file_iter(path).map_err(|error| format!("{}: {error}", path.display()))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| format!("{}: {error}", path.display()))?;
                roots.add(certificate).map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn not_reached(login: &Login, why: NotReached, said: String) -> TableProblem {
    TableProblem::NotReached { server: login.shown(), why, said }
}

/// Why a connection was not opened.
fn refused(login: &Login, error: &postgres::Error) -> TableProblem {
    let state = error.code();
    let login_states =
        [SqlState::INVALID_PASSWORD, SqlState::INVALID_AUTHORIZATION_SPECIFICATION, SqlState::INSUFFICIENT_PRIVILEGE];
    let why = match state {
        Some(state) if login_states.contains(state) => NotReached::Login,
        Some(state) if *state == SqlState::INVALID_CATALOG_NAME => NotReached::Database,
        Some(_) => NotReached::NoAnswer,
        None => {
            let text = said(error).to_lowercase();
            if text.contains("password") || text.contains("authentication") {
                NotReached::Login
            } else if text.contains("tls") || text.contains("certificate") || text.contains("ssl") {
                NotReached::Tls
            } else {
                NotReached::NoAnswer
            }
        }
    };
    not_reached(login, why, said(error))
}

/// What the server or the system says: never with a value of the data, which `detail` may hold.
pub(super) fn said(error: &postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return error.message().to_string();
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

/// Why a statement did not come to its end.
pub(super) fn stopped(error: &postgres::Error) -> TableProblem {
    let why = match error.code() {
        Some(state) if *state == SqlState::QUERY_CANCELED => {
            // The server tells a timeout from a cancellation by its words only, which follow its language.
            let text = said(error);
            if text.contains("timeout") || text.contains("délai") || text.contains("temps") {
                Stopped::Timeout
            } else {
                Stopped::Cancelled
            }
        }
        Some(state) if *state == SqlState::ADMIN_SHUTDOWN || *state == SqlState::CRASH_SHUTDOWN => Stopped::Lost,
        Some(_) => Stopped::Failed,
        None => Stopped::Lost,
    };
    // The words for values that do not fit name the value, which may be confidential.
    let value = error.code().is_some_and(|state| state.code().starts_with("22"));
    let said = match (value, error.code()) {
        (true, Some(state)) => format!("SQLSTATE {}", state.code()),
        _ => said(error),
    };
    TableProblem::Stopped { why, said }
}
