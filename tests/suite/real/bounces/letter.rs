//! A recipient in, a letter to them handed to a mail server out.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// Where bounces go: a return path with something sealed in it.
pub(super) const RETURN_PATH: &str = "bounces+k7q2@back.example.net";
pub(super) const MESSAGE_ID: &str = "first-frost.9c41@mail.example.com";

/// The bytes of a letter.
pub(super) fn letter(recipient: &str) -> String {
    format!(
        "From: The Tidewater Review <editor@example.com>\r\nTo: {recipient}\r\n\
         Subject: First frost\r\nDate: Fri, 20 Nov 2026 06:30:00 +0000\r\n\
         Message-ID: <{MESSAGE_ID}>\r\nMIME-Version: 1.0\r\n\
         List-Unsubscribe: <https://news.example.com/u/k7q2>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nThe first frost came on Tuesday.\r\n"
    )
}

/// Hands a letter to the server on a port of loopback, which has to take it.
pub(super) fn submit(port: u16, recipient: &str) {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    let message = letter(recipient) + ".\r\n";
    let (from, to) =
        (format!("MAIL FROM:<{RETURN_PATH}>\r\n"), format!("RCPT TO:<{recipient}>\r\n"));
    let dialogue = ["", "EHLO mail.example.com\r\n", &from, &to, "DATA\r\n", &message, "QUIT\r\n"];
    for said in dialogue {
        writer.write_all(said.as_bytes()).unwrap();
        let mut line = String::new();
        while line.get(3..4).is_none_or(|mark| mark != " ") {
            line.clear();
            let length = reader.read_line(&mut line).unwrap();
            assert!(length > 0 && line.starts_with(['2', '3']), "{said}: {line}");
        }
    }
}
