//! An address in, what is probably meant otherwise about it out.

use std::collections::HashMap;

use crate::address::EmailAddress;

/// What is doubtful about an address that mail can be sent to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// An office reads it and no person, who could have signed up for it.
    #[error("`{0}@` is the address of an office, not of a person")]
    Role(String),
    /// Its domain is almost one that millions have.
    #[error("`{domain}` is probably `{meant}`")]
    Typo {
        /// The domain.
        domain: String,
        /// The one that is probably meant.
        meant: String,
    },
}

/// Looks at addresses, and remembers what it found out about their domains.
#[derive(Debug, Default)]
pub struct Doubts {
    meant: HashMap<String, Option<String>>,
}

/// How many domains are remembered; then it begins anew.
const DOMAINS_MAX: usize = 10_000;

/// Names of mailboxes that offices have; RFC 2142 has most of them.
const ROLES: [&str; 27] = [
    "abuse",
    "accounts",
    "admin",
    "administrator",
    "billing",
    "contact",
    "enquiries",
    "help",
    "hostmaster",
    "info",
    "jobs",
    "mail",
    "mailer-daemon",
    "marketing",
    "no-reply",
    "noc",
    "noreply",
    "office",
    "postmaster",
    "press",
    "root",
    "sales",
    "security",
    "support",
    "team",
    "webmaster",
    "hello",
];

/// Domains at which many people have their mailbox.
const DOMAINS: [&str; 30] = [
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.fr",
    "yahoo.de",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.fr",
    "outlook.com",
    "icloud.com",
    "protonmail.com",
    "proton.me",
    "fastmail.com",
    "comcast.net",
    "verizon.net",
    "web.de",
    "t-online.de",
    "freenet.de",
    "orange.fr",
    "wanadoo.fr",
    "laposte.net",
    "libero.it",
    "btinternet.com",
    "mailbox.org",
    "posteo.de",
    "ukr.net",
    "yandex.ru",
    "hotmail.de",
    "hotmail.it",
];

/// Others that differ from them by a letter and are what they say.
const OTHERS: [&str; 16] = [
    "mail.com",
    "email.com",
    "ymail.com",
    "rocketmail.com",
    "mail.ru",
    "gmx.de",
    "gmx.com",
    "gmx.net",
    "gmx.at",
    "web.com",
    "live.com",
    "outlook.de",
    "outlook.fr",
    "fmail.com",
    "orange.com",
    "proton.com",
];

/// Ends of domains that are slips of the finger.
const ENDS: [(&str, &str); 8] = [
    (".con", ".com"),
    (".cmo", ".com"),
    (".ocm", ".com"),
    (".comm", ".com"),
    (".vom", ".com"),
    (".ogr", ".org"),
    (".nte", ".net"),
    (".met", ".net"),
];

impl Doubts {
    /// What is doubtful about an address.
    pub fn of(&mut self, address: &EmailAddress) -> Vec<Doubt> {
        let local = address.local().to_lowercase();
        let role = ROLES.contains(&local.as_str()).then_some(Doubt::Role(local));
        let typo = self.meant(address.domain()).map(|meant| Doubt::Typo {
            domain: address.domain().to_owned(),
            meant: meant.to_owned(),
        });
        role.into_iter().chain(typo).collect()
    }

    fn meant(&mut self, domain: &str) -> Option<&str> {
        if self.meant.len() >= DOMAINS_MAX {
            self.meant.clear();
        }
        let meant = self.meant.entry(domain.to_owned()).or_insert_with(|| meant(domain));
        meant.as_deref()
    }
}

/// The domain that is probably meant in place of one.
fn meant(domain: &str) -> Option<String> {
    if DOMAINS.contains(&domain) || OTHERS.contains(&domain) {
        return None;
    }
    for (end, right) in ENDS {
        if let Some(name) = domain.strip_suffix(end) {
            let right = format!("{name}{right}");
            return Some(meant(&right).unwrap_or(right));
        }
    }
    // One letter too many, too few, wrong, or two in the wrong order. A short name is near to many.
    let near = |known: &&&str| known.len() > 6 && strsim::osa_distance(domain, known) == 1;
    DOMAINS.iter().find(near).map(|known| (*known).to_owned())
}
