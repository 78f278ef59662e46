//! A real nginx that logs the POSTs of mail programs in, the next send without those readers out.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use mail_parser::MessageParser;
use newsletter::cli::Exit;
use newsletter::clock::Clock;
use tempfile::TempDir;

use crate::real::component::{self, find, free_port, wait_for_port, wait_until};
use crate::support::publication::Publication;

/// An nginx that serves no more than what a host of static files does, and logs in two formats.
struct Nginx {
    child: Child,
    port: u16,
    folder: TempDir,
}

impl Nginx {
    fn start() -> Self {
        let (folder, port) = (component::open_folder("newsletter-nginx-"), free_port());
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {name};\n"))
            .concat();
        let configuration = format!(
            "daemon off; master_process off; pid pid; error_log error.log;\n\
             events {{}}\n\
             http {{ {temporary}\n\
             log_format lines escape=json '{{\"at\":\"$time_iso8601\",\"method\":\"$request_method\",\"uri\":\"$request_uri\",\"agent\":\"$http_user_agent\",\"referer\":\"$http_referer\"}}';\n\
             access_log access.log combined; access_log lines.json lines;\n\
             server {{ listen 127.0.0.1:{port}; root site; try_files $uri /index.html; }} }}\n"
        );
        fs::create_dir(folder.path().join("site")).unwrap();
        fs::write(folder.path().join("site/index.html"), "a site").unwrap();
        fs::write(folder.path().join("nginx.conf"), configuration).unwrap();
        let mut command = Command::new(find("nginx", "nginx-light"));
        command.arg("-p").arg(folder.path()).args(["-e", "error.log", "-c", "nginx.conf"]);
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_for_port(port, || assert!(child.try_wait().unwrap().is_none(), "nginx ended"));
        Self { child, port, folder }
    }

    /// Sends a request, and returns the status of the answer.
    fn ask(&self, method: &str, target: &str, agent: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let body = "List-Unsubscribe=One-Click";
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: review.example.org\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\
             Referer: https://mail.example.net/\"quoted\"\r\nUser-Agent: ",
            body.len()
        );
        let bytes = [head.as_bytes(), agent, b"\r\n\r\n", body.as_bytes()].concat();
        stream.write_all(&bytes).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap().to_owned()
    }

    fn log(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The reader of a message, and the path of the link in its `List-Unsubscribe`.
fn way_out(message: &[u8]) -> (String, String) {
    let message = MessageParser::default().parse(message).unwrap();
    let reader = message.to().unwrap().first().unwrap().address().unwrap().to_owned();
    let link = message.header_raw("List-Unsubscribe").unwrap().replace(['\r', '\n'], "");
    let url = link.split(['<', '>']).nth(1).unwrap().to_owned();
    (reader, url["https://tidewater.example.org".len()..].to_owned())
}

#[test]
#[ignore = "needs nginx"]
fn who_posts_to_a_host_of_static_files_is_left_out_of_the_next_send() {
    let (nginx, publication) = (Nginx::start(), Publication::sample());
    let messages = publication.dry_run(Clock::System);
    let ways: Vec<_> = messages.iter().map(|message| way_out(message)).collect();
    let statuses = [
        nginx.ask("POST", &ways[0].1, b"Mail/1.0 \"quoted\" \\ \xff\x01"),
        nginx.ask("GET", &ways[1].1, b"Scanner/2.0"),
        nginx.ask("HEAD", &ways[1].1, b"Scanner/2.0"),
        nginx.ask("POST", &ways[2].1.replacen("/unsubscribe/", "/%75nsubscribe//", 1), b"-"),
        nginx.ask("POST", &format!("{}x", ways[3].1), b"forger"),
        nginx.ask("POST", &format!("{}?utm_source=mail", ways[4].1), "Пошта".as_bytes()),
    ];
    assert_eq!(statuses[..2], ["405", "200"], "as hosts of static files answer: {statuses:?}");
    let log = nginx.log("access.log");
    wait_until("nginx has logged", || fs::read_to_string(&log).unwrap().lines().count() == 6);
    let applied = publication.run(&["unsubscribe", "apply", &log]);
    assert_eq!(applied.exit, Exit::Done, "{}", applied.messages);
    assert!(applied.messages.contains("2 readers new in suppressions.csv"), "{}", applied.messages);
    assert!(applied.messages.contains("Refused, 1 token"), "{}", applied.messages);
    // The other format tells the same, through a pipe.
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsletter"));
    let json = fs::File::open(nginx.log("lines.json")).unwrap();
    command.args(["unsubscribe", "apply", "-"]).current_dir(publication.path("."));
    let said = command.stdin(json).output().unwrap();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("2 good tokens") && said.contains("0 readers new"), "{said}");
    let left: Vec<_> =
        publication.dry_run(Clock::System).iter().map(|message| way_out(message).0).collect();
    let expected: Vec<_> =
        [1, 2, 3].into_iter().chain(5..ways.len()).map(|at| &ways[at].0).collect();
    assert_eq!(left.iter().collect::<Vec<_>>(), expected);
}
