//! A PostgreSQL of Debian's packages, started on loopback on a free port, with its data in a folder of its own, and stopped
//! at the end. Without PostgreSQL on the machine there is none, and the tests say so.

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use postgres::{Client, NoTls};

/// A running server.
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    /// Its port on 127.0.0.1.
    pub port: u16,
}

/// The server's own user, where the tests run as root: PostgreSQL refuses to.
const USER: &str = "postgres";

impl Server {
    /// Starts one; `None`, and a word about it, where the machine has none. `JAUGE_POSTGRES=must` makes that a failure.
    pub fn start() -> Option<Server> {
        let server = Server::try_start();
        if server.is_none() {
            assert!(
                std::env::var("JAUGE_POSTGRES").as_deref() != Ok("must"),
                "PostgreSQL is not installed (apt-get install postgresql)"
            );
            // Not through a macro, whose words are kept from sight where a test succeeds.
            let _ =
                writeln!(std::io::stderr(), "NOT CHECKED: PostgreSQL is not installed (apt-get install postgresql)");
        }
        server
    }

    fn try_start() -> Option<Server> {
        let programs = programs()?;
        let port = free_port()?;
        let folder = std::env::temp_dir().join(format!("jauge-pg-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).ok()?;
        let mut server = Server { folder, programs, port };
        if is_root() && !Command::new("chown").arg(USER).arg(&server.folder).status().ok()?.success() {
            return None;
        }
        let data = server.folder.join("data");
        let made = server
            .run("initdb", &["-D", &shown(&data), "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync"]);
        assert!(made, "initdb");
        let log = shown(&server.folder.join("log"));
        for _ in 0..ATTEMPTS {
            let folder = shown(&server.folder);
            let options = format!("-c listen_addresses=127.0.0.1 -p {} -k {folder} -c fsync=off", server.port);
            if server.run("pg_ctl", &["-D", &shown(&data), "-l", &log, "-o", &options, "-w", "-t", "60", "start"]) {
                return Some(server);
            }
            // Somebody has taken the port since it was free.
            server.port = free_port()?;
        }
        panic!("PostgreSQL does not start: {}", std::fs::read_to_string(log).unwrap_or_default());
    }

    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", USER, "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        let command = command.args(arguments).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().expect("a program to run").success()
    }

    /// A connection as the administrator.
    pub fn client(&self) -> Client {
        let address = format!("host=127.0.0.1 port={} user={USER} dbname=postgres", self.port);
        Client::connect(&address, NoTls).expect("a connection")
    }

    /// The address of a table.
    pub fn address(&self, table: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres?table={table}", self.port)
    }

    /// Makes a table of these columns (name and type) and fills it; empty cells are NULL.
    pub fn load(&self, table: &str, columns: &[(String, String)], rows: &[Vec<String>]) {
        let mut client = self.client();
        let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let defined: Vec<String> = columns.iter().map(|(name, of)| format!("{} {of}", quote(name))).collect();
        let table = quote(table);
        client
            .batch_execute(&format!("DROP TABLE IF EXISTS {table}; CREATE TABLE {table} ({})", defined.join(", ")))
            .expect("a table");
        let mut copy = client.copy_in(&format!("COPY {table} FROM STDIN")).expect("a copy");
        for row in rows {
            let cells: Vec<String> = row
                .iter()
                .map(|cell| match cell.as_str() {
                    "" => "\\N".to_string(),
                    cell => cell.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r"),
                })
                .collect();
            writeln!(copy, "{}", cells.join("\t")).expect("a row");
        }
        copy.finish().expect("all rows");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        if data.exists() {
            self.run("pg_ctl", &["-D", &shown(&data), "-m", "immediate", "stop"]);
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Ports that are tried.
const ATTEMPTS: usize = 8;

fn free_port() -> Option<u16> {
    Some(TcpListener::bind(("127.0.0.1", 0)).ok()?.local_addr().ok()?.port())
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"))
}

/// The folder of PostgreSQL's programs: the newest of Debian's, or that of the path.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        found.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    found.sort();
    found.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    found.extend(std::env::split_paths(&path));
    found.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}
