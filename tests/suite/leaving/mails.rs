//! Mails as programs and people write them in, the token in each compared with what it should be.

use newsletter::leaving::{looks_like_mail, read_mail};

use crate::leaving::{key, link, token};

/// Who leaves by a mail; `@` is where Ada's token stands.
fn leaves(mail: &str) -> Option<String> {
    let mail = mail.replace('@', &token(&key(), "ada")).replace('\n', "\r\n");
    assert!(looks_like_mail(mail.as_bytes()), "{mail}");
    read_mail(mail.as_bytes(), &link()).ask?.open(&key())
}

#[test]
fn a_subject_may_be_folded_encoded_and_written_around() {
    let token = token(&key(), "ada");
    let (start, end) = token.split_at(30);
    let encoded = |text: &str| {
        let bytes: String = text.bytes().map(|byte| format!("={byte:02X}")).collect();
        format!("=?utf-8?Q?{bytes}?=")
    };
    for subject in [
        "unsubscribe @".to_owned(),
        "Unsubscribe: @".to_owned(),
        "UNSUBSCRIBE=@".to_owned(),
        "unsubscribe%20@".to_owned(),
        "unsubscribe+@".to_owned(),
        "Re: Fwd: please unsubscribe @, thank you.".to_owned(),
        "unsubscribe\n @".to_owned(),
        "[list] unsubscribe \"@\"".to_owned(),
        "@".to_owned(),
        "my link is https://review.example.org/unsubscribe/@".to_owned(),
        format!("unsubscribe {start}\n {end}"),
        format!("unsubscribe {}\n {}", encoded(start), encoded(end)),
        encoded(&format!("unsubscribe {token}")),
    ] {
        let mail = format!(
            "From: ada\nSubject: {subject}\nDate: Fri, 20 Nov 2026 07:01:09 +0100\n\nbye\n"
        );
        assert_eq!(leaves(&mail).as_deref(), Some("ada@example.org"), "{mail}");
    }
}

#[test]
fn a_text_may_hold_what_the_subject_has_lost() {
    for text in [
        "Subject: leaving\n\nunsubscribe @\n",
        "Subject: leaving\n\nHello,\nI want to unsubscribe from it all.\n\nunsubscribe @ \n-- \nAda\n",
        "Subject: unsubscribe\n\n@\n",
        "Subject: Unsubscribe me\n\nAm 20.11. schrieb die Review:\n> Unsubscribe: https://review.example.org/unsubscribe/@\n",
        "Subject: leaving\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>unsubscribe <b>@</b></p>\n",
        "Subject: leaving\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nunsubscribe @\n--b\nContent-Type: text/html\n\n<p>unsubscribe @</p>\n--b--\n",
    ] {
        let mail = format!("From: ada\n{text}");
        assert_eq!(leaves(&mail).as_deref(), Some("ada@example.org"), "{mail}");
    }
}

#[test]
fn an_answer_that_quotes_a_letter_does_not_leave() {
    let other = token(&key(), "kofi");
    for text in [
        "Subject: Re: First frost\n\nLovely!\n\n> Unsubscribe: https://review.example.org/unsubscribe/@\n",
        "Subject: Re: First frost\n\nLovely!\n\n> unsubscribe @\n",
        "Subject: Fwd: First frost\n\nRead this. It says one can unsubscribe.\n\nhttps://review.example.org/unsubscribe/@\n",
        "Subject: unsubscribe\n\nplease\n",
        &format!("Subject: unsubscribe\n\n@\nhttps://review.example.org/unsubscribe/{other}\n"),
        "Subject: unsubscribe\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nplease\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\n@\n--b--\n",
    ] {
        assert_eq!(leaves(&format!("From: ada\n{text}")), None, "{text}");
    }
}

#[test]
fn a_mailbox_begins_as_mail_and_a_list_does_not() {
    for mail in ["From ada@example.org Fri Nov 20 07:01:09 2026\nSubject: a\n", "Subject: a\n\nx"] {
        assert!(looks_like_mail(mail.as_bytes()), "{mail}");
    }
    for list in
        ["email,token\n", "https://review.example.org/u/x\n", "INFO: a\n", "example.org:443 x", ""]
    {
        assert!(!looks_like_mail(list.as_bytes()), "{list}");
    }
}
