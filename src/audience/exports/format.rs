//! The names of a file's columns in, whose export it is and what each column is for out.

use crate::audience::exports::judge::{CellDoubt, CellSign, LeaveDate, LeaveKind};

/// Which tool a list comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// listmonk: its export, and the file that it imports.
    Listmonk,
    /// Mailchimp: subscribed, unsubscribed and cleaned.
    Mailchimp,
    /// Substack: today's and the older ones.
    Substack,
    /// Ghost: members.
    Ghost,
    /// Buttondown: subscribers.
    Buttondown,
    /// Keila: contacts.
    Keila,
    /// beehiiv: subscribers.
    Beehiiv,
    /// Curated: subscribers.
    Curated,
    /// Any other list, of mailmerge for one; our own export, too.
    Plain,
}

/// What a column of a known format is for. All others are fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The address.
    Address,
    /// A field with another name than the column's.
    Field(&'static str),
    /// Tags, in the way of the format.
    Tags,
    /// A dict, whose values are fields.
    Attributes,
    /// It is read to judge who is subscribed, and as evidence of consent.
    Evidence,
    /// A number of the tool's own, of no use elsewhere.
    LeftOut,
}

use Role::{Address, Attributes, Evidence, Field, LeftOut, Tags};

/// A format's columns, by their plain names.
type Columns = &'static [(&'static str, Role)];

const LISTMONK: Columns = &[
    ("email", Address),
    ("attributes", Attributes),
    ("status", Evidence),
    ("created_at", Evidence),
    ("updated_at", LeftOut),
    ("uuid", LeftOut),
];

const MAILCHIMP: Columns = &[
    ("email_address", Address),
    ("tags", Tags),
    ("optin_time", Evidence),
    ("optin_ip", Evidence),
    ("confirm_time", Evidence),
    ("confirm_ip", Evidence),
    ("unsub_time", Evidence),
    ("unsub_reason", Evidence),
    ("unsub_reason_other", Evidence),
    ("unsub_campaign_title", LeftOut),
    ("unsub_campaign_id", LeftOut),
    ("clean_time", Evidence),
    ("clean_campaign_title", LeftOut),
    ("clean_campaign_id", LeftOut),
    ("leid", LeftOut),
    ("euid", LeftOut),
    ("gmtoff", LeftOut),
    ("dstoff", LeftOut),
    ("last_changed", LeftOut),
];

const SUBSTACK: Columns = &[
    ("email", Address),
    ("email_disabled", Evidence),
    ("created_at", Evidence),
    ("stripe_connected_customer_id", LeftOut),
];

const GHOST: Columns = &[
    ("email", Address),
    ("labels", Tags),
    ("subscribed_to_emails", Evidence),
    ("created_at", Evidence),
    ("deleted_at", Evidence),
    ("id", LeftOut),
    ("stripe_customer_id", LeftOut),
    ("error", LeftOut),
];

const BUTTONDOWN: Columns = &[
    ("email", Address),
    ("email_address", Address),
    ("tags", Tags),
    ("metadata", Attributes),
    ("subscriber_type", Evidence),
    ("type", Evidence),
    ("creation_date", Evidence),
    ("subscription_date", Evidence),
    ("unsubscription_date", Evidence),
    ("ip_address", Evidence),
    ("id", LeftOut),
    ("secondary_id", LeftOut),
];

const KEILA: Columns = &[
    ("email", Address),
    ("data", Attributes),
    ("status", Evidence),
    ("external_id", Field("external_id")),
];

const BEEHIIV: Columns = &[
    ("email", Address),
    ("tags", Tags),
    ("status", Evidence),
    ("created_at", Evidence),
    ("unsubscribed_at", Evidence),
    ("stripe_customer_id", LeftOut),
];

const CURATED: Columns =
    &[("email_address", Address), ("subscribed_at", Evidence), ("unsubscribed_at", Evidence)];

/// `status` and the like are read and kept, as they may be the editor's own.
const PLAIN: Columns = &[
    ("email", Address),
    ("e_mail", Address),
    ("email_address", Address),
    ("e_mail_address", Address),
    ("mail", Address),
];

/// Every format with a form of its own: the columns of which a file has to have one each.
const KNOWN: &[(Format, &[&[&str]])] = &[
    (Format::Mailchimp, &[&["email_address"], &["leid", "euid", "member_rating", "optin_time"]]),
    (
        Format::Buttondown,
        &[
            &["email", "email_address"],
            &["subscription_date", "creation_date"],
            &["metadata", "subscriber_type"],
        ],
    ),
    (Format::Ghost, &[&["email"], &["subscribed_to_emails"]]),
    (Format::Substack, &[&["email"], &["email_disabled"], &["expiry", "active_subscription"]]),
    (Format::Listmonk, &[&["email"], &["attributes"], &["name"]]),
    (Format::Keila, &[&["email"], &["data"], &["status"]]),
    (Format::Beehiiv, &[&["email"], &["status"], &["created_at"], &["tier", "stripe_customer_id"]]),
    (Format::Curated, &[&["email_address"], &["subscribed_at"]]),
];

impl Format {
    /// Tells a format by the plain names of a file's columns; [`Format::Plain`] is any other that
    /// has a column of addresses.
    pub(crate) fn of(names: &[String]) -> Option<Self> {
        let has = |name: &&str| names.iter().any(|own| own == name);
        let known = KNOWN.iter().find(|(_, needs)| needs.iter().all(|any| any.iter().any(has)));
        let plain = PLAIN.iter().any(|(name, _)| has(name)).then_some(Self::Plain);
        known.map(|(format, _)| *format).or(plain)
    }

    /// The tool's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listmonk => "listmonk",
            Self::Mailchimp => "Mailchimp",
            Self::Substack => "Substack",
            Self::Ghost => "Ghost",
            Self::Buttondown => "Buttondown",
            Self::Keila => "Keila",
            Self::Beehiiv => "beehiiv",
            Self::Curated => "Curated",
            Self::Plain => "CSV",
        }
    }

    /// What stands as the source of suppressions: `import mailchimp`.
    #[must_use]
    pub fn source(self) -> String {
        format!("import {}", self.name().to_lowercase())
    }

    /// What a column is for; `None` for a field under its own name.
    pub(crate) fn role(self, name: &str) -> Option<Role> {
        let columns = match self {
            Self::Listmonk => LISTMONK,
            Self::Mailchimp => MAILCHIMP,
            Self::Substack => SUBSTACK,
            Self::Ghost => GHOST,
            Self::Buttondown => BUTTONDOWN,
            Self::Keila => KEILA,
            Self::Beehiiv => BEEHIIV,
            Self::Curated => CURATED,
            Self::Plain => PLAIN,
        };
        columns.iter().find(|(own, _)| *own == name).map(|(_, role)| *role)
    }

    /// Whether a column is a status in this format, whatever its name says elsewhere.
    pub(crate) fn has_status(self, column: &str) -> bool {
        self == Self::Buttondown && matches!(column, "type" | "subscriber_type")
    }

    /// Whether a column is one by which the tool tells who left.
    pub(crate) fn is_telling(self, column: &str) -> bool {
        self != Self::Plain && self.role(column) == Some(Evidence)
    }

    /// What a cell says in this format: it adds to what the cell says `in_general`.
    pub(crate) fn reads(self, column: &str, cell: &str, in_general: CellSign) -> CellSign {
        if matches!(in_general, CellSign::Leaves { .. }) {
            return in_general;
        }
        let word = cell.to_lowercase();
        match (self, column, word.as_str()) {
            (Self::Beehiiv, "status", "inactive") => {
                CellSign::Leaves { kind: LeaveKind::Unsubscribed, date: LeaveDate::Absent }
            }
            (Self::Keila | Self::Beehiiv, "status", "")
            | (Self::Ghost, "subscribed_to_emails", "") => CellSign::Doubtful(CellDoubt::Unknown),
            // A paid plan that ended: the reader has the free letters.
            (
                Self::Buttondown,
                "type" | "subscriber_type",
                "regular" | "premium" | "gifted" | "trialed" | "churning" | "churned" | "past_due",
            )
            | (Self::Buttondown, "churn_date", _)
            | (Self::Substack, "active_subscription", _) => CellSign::Nothing,
            _ => in_general,
        }
    }

    /// The words for a sign of this format, where they are its own.
    pub(crate) fn wording(self, column: &str, cell: &str) -> Option<&'static str> {
        let word = cell.to_lowercase();
        Some(match (self, column, word.as_str()) {
            (Self::Listmonk, "status", "blocklisted") => "blocklisted",
            (Self::Substack, "email_disabled", _) => "unsubscribed: mail is switched off",
            (Self::Ghost, "deleted_at", _) => "unsubscribed: deleted",
            (Self::Keila, "status", "unreachable") => "bounced: unreachable",
            (Self::Beehiiv, "status", "invalid") => "bounced: invalid",
            (Self::Mailchimp, "clean_time", _) => "bounced: cleaned",
            (Self::Buttondown, _, "undeliverable") => "bounced: undeliverable",
            (Self::Buttondown, _, "spammy") => "spammy",
            _ => return None,
        })
    }
}
