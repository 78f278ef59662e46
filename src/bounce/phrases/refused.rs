//! What is said of mail that a server does not want: of its sender, its looks, its amount.

/// Every list of this file.
#[cfg(test)]
pub(super) const ALL: &[&[&str]] =
    &[SENDER, REPUTATION, AUTHENTICATION, TOO_MUCH, RATE, UNWANTED, REFUSED];

/// The sender stands on a list, or is thought little of.
#[rustfmt::skip]
pub(in crate::bounce) const REPUTATION: &[&str] = &[
    "spamhaus", "spamcop", "barracudacentral", "sorbs", "dnsbl", "rbl restriction", "rblrecipient", "rbl",
    "(rbl", "rbl:", "rbldns", "sbl-xbl", "blacklist", "black list", "black-list", "blocklist", "block list", "block-list", "blocklisted", "denylist",
    "blocked using", "blocked by using", "blocked for spam", "blocked due to spam", "is listed in", "was listed in", "been listed in", "are listed in", "host listed", "address listed", "listed at", "listed on", "listed by",
    "reputation", "senderbase", "sender score", "senderscore", "senderbase.org", "abusix", "cloudmark", "uceprotect", "abuseat", "psbl", "surriel",
    "ip address is blocked", "ip * has been blocked", "ip * is blocked", "ips have been blocked", "part of their network is on our block",
    "your ip address", "your ip has", "ip address * refused", "ip address * rejected", "ip address * banned",
    "banned sending ip", "banned your ip", "client host * blocked", "client host rejected", "connecting ip", "from your ip", "ip blocked",
    "blocked by sender", "your host is", "your server is", "your server has been", "your mail server * blocked", "your network",
    "your domain * blocked", "domain * blacklisted", "sender * blacklisted", "sender blocked", "sender is blocked",
    "sender * blocked", "sender has been blocked", "open relay", "open proxy", "dynamic ip", "dial-up", "dialup", "dynamic address",
    "generic hostname", "dynamic host", "dul.", "mail from * rejected by", "access from ip", "you are blocked", "been blocked by",
    "ip has been temporarily", "bad sender ip", "host network not allowed", "network not allowed", "host not allowed", "network is not allowed", "client not allowed", "not allowed to connect", "sender ip", "(bl)", "ip=", "invalid ip", "ip for sending mail", "server access * forbidden", "no access from", "access from your", "go away", "not accepting mail from your", "not accepting connections", "connections not accepted from", "abus detecte", "not currently accepting mail", "may not be mail exchanger", "too many spams", "multi-blacklist", "black-listed", "black listed", "email blocked by", "use the smtp server of your isp", "confirm this mail server", "bad neighbo", "sender host * not allowed", "sperrliste", "gesperrte ip", "su ip", "sua ip", "votre ip", "votre adresse ip", "ihre ip", "ваш ip", "from unknown host", "unknown client", "unknown host denied", "from this server", "mailing from your", "from your country", "messages from * weren't sent", "messages from * were not sent", "mail from your", "not found in dns", "sending paused", "too many complaints", "dt:spm", "dt:sum", "mi:", "hl:", "rp:", "networks with bad", "too much spam", "abusive", "abuse has been", "ブラックリスト",
    "schwarze liste", "liste noire", "lista negra", "lista nera", "zwarte lijst", "черн",
];

/// Who the sender is was not proved, or is not believed.
#[rustfmt::skip]
pub(in crate::bounce) const AUTHENTICATION: &[&str] = &[
    "spf ", "spf:", "(spf", "spf-", "spf)", "[spf", "=spf", "spf.", "spf check", "sender policy framework", "dkim", "dmarc", "domainkeys",
    "sender id", "senderid", "unauthenticated email", "unauthenticated mail", "unauthenticated sender", "fails authentication", "failed authentication",
    "not pass authentication", "did not pass", "doesn't pass", "authentication checks", "authentication results", "authentication-results",
    "arc seal", "sender verify failed", "sender verification", "sender address verification", "ptr record", "reverse dns", "reverse-dns",
    "reverse lookup", "rdns", "no ptr", "ptr lookup", "fcrdns", "inverse lookup", "cannot find your reverse", "cannot find your hostname",
    "helo command rejected", "helo * rejected", "ehlo * rejected", "invalid helo", "bad helo", "helo name", "helo/ehlo", "sender address rejected",
    "authentication failed", "sender callback", "sender callout", "not verify sender", "cannot verify sender", "unable to verify sender", "authentication failure", "sending for this account", "your account has been", "your account is", "sender rejected", "required for sender", "sender denied", "sender domain", "sender refused", "sender address refused", "domain of sender", "sender unknown", "invalid sender",
    "bad sender", "unknown sender", "sender not found", "sender invalid", "envelope sender", "backscatter", "domain of your address",
    "authentication required", "requires authentication", "authentication is required", "smtp auth", "must authenticate", "not authenticated",
    "client was not authenticated", "please authenticate", "must be authenticated", "must log in", "relayed without", "not authorized to send", "not authorised to send",
    "not allowed to send from", "permission to send as", "not owned by user", "mismatches client ip", "mismatches client", "does not match client", "unroutable sender", "unrouteable sender", "unresolvable relay host", "cannot resolve your address", "cannot resolve * sender", "batv", "empty envelope sender", "null sender", "bogus mail from", "no third-party dsn", "unsigned dsn", "from: domain", "from domain", "from address * invalid", "dns check failed", "sender's domain", "sender email address rejected", "sender is not", "sender not", "emetteur invalide", "rdns record", "not owned by", "email address is not verified", "spoof", "forged", "impersonat", "fake sender", "tls required", "starttls required",
    "must issue a starttls", "requires tls", "insecure connection", "encryption required", "mail from command failed", "from address * not",
];

/// The server does not take mail from this sender, whatever the recipient.
#[rustfmt::skip]
pub(in crate::bounce) const SENDER: &[&str] = &[
    "from unknown addresses", "from unknown senders", "accept mail in", "accept email in", "accept e-mail in", "does not accept mail from", "doesn't accept mail from", "not accept mail from", "do not accept mail from", "does not accept email from", "does not accept e-mail from", "doesn't accept email from", "only accepts mail from", "only accept mail from", "only accepts messages from", "not accepting mail from", "refused mail from",
];

/// The sender sends too much.
#[rustfmt::skip]
pub(in crate::bounce) const TOO_MUCH: &[&str] = &[
    "this hour", "per hour", "hourly", "an hour", "per day", "per minute", "daily relay", "relay quota", "relay limit", "sending limit", "sending quota", "daily sending", "daily limit", "daily user sending", "mail sending limit", "outbound limit", "outgoing limit", "sent too many", "sent to too many", "sending too many", "rate limit", "rate-limit", "ratelimit", "throttl", "try again slower", "frequency limited", "frequency is limited", "unusual sending activity",
    "directory harvest", "harvest attack", "to unknown recipients is", "to nonexistent users", "sent to invalid", "too many user unknown", "лимит писем", "лимит сообщений", "too many unknown", "too many invalid", "too many bad", "too many nonexistent", "too many non-existent", "too many recipients unknown", "too many wrong",
];

/// Too much of it, or too fast.
#[rustfmt::skip]
pub(in crate::bounce) const RATE: &[&str] = &[
    "rate exceeded", "rate control", "sending rate", "message rate", "connection rate",
    "too many messages", "too much mail", "too many mails", "too many emails", "too many connections", "too many concurrent",
    "too many sessions", "too many errors", "too many smtp", "too many simultaneous",
    "connection limit", "connections limit", "concurrent connections", "maximum number of connections", "maximum connections",
    "exceeded the rate", "exceeded * per hour", "exceeds * per hour", "emails per", "messages per", "unusual rate",
    "unexpected volume", "user complaints", "daily message quota", 
    "message limit", "submission quota", "credits exceeded", "receiving mail too quickly", "receiving mail at a rate", "too quickly",
    "too fast", "slow down", "please slow", "excessive", "exceeded the number of", "email volume", "traffic volume", "[ts0", "[tss0", "rp-00", "mail rate", "limit exceeded for * sender",
];

/// A filter, a rule or its owner does not want it.
#[rustfmt::skip]
pub(in crate::bounce) const UNWANTED: &[&str] = &[
    "spam", "junk", "unsolicited", "bulk mail", "bulk email", "ube", "uce", "not a member", "may not have permission", "do not have permission", "not have permission", "virus", "malware", "phish", "infected", "trojan", "malicious", "suspicious", "suspected",
    "content rejected", "content filter", "content reject", "content-filter", "content * rejected", "rejected due to content", "message content", "unacceptable content", "banned content", "contents * rejected", "prohibited content",
    "objectionable", "offensive", "unwanted", "undesirable", "not wanted", "policy", "policies", "administrative prohibition", "administratively", "administrative reasons", "admin refused",
    "access denied", "access is denied", "access rejected", "access not permitted", "permission denied to send", "you are not allowed", "not allowed to post", "not allowed to send",
    "not permitted to send", "not permitted to post", "not authorized", "not authorised", "notauthorized", "unauthorized", "unauthorised", "authorization failed", "prohibited", "restricted", "restriction", "sendertorecipient",
    "doesn't want", "does not want", "refuses to accept", "refuse to accept",
    "mail refused", "message refused", "email refused", "rejected by user", "rejected by recipient", "recipient has rejected", "user has refused", "personal filter", "mail rule", "sieve", "by rule", "by filter", "filtered", "filter rule", "filtering", "challenge",
    "blocked", "blocking", "banned", "block message", "message rejected", "mail rejected", "email rejected", "rejected message", "message was rejected", "message has been rejected", "rejected for policy", "message denied", "denied by", "disallowed", "refused by", "your message was rejected", "your message has been rejected",
    "url", "score", "bayes", "reject mail", "quarantin", "suspect", "classified as", "identified as", "detected as", "looks like", "high probability", "security polic", "security reason", "security risk", "for security", "security threat", "security violation", "violat", "not acceptable", "not accepted by", "complaint", "rejected by the recipient's", "by the recipient's filter", "user reject", "user rules", "previously unsubscribed", "recipient preferences", "recipient id refuse", "refuse to receive", "refuses to receive", "restricted sms", "senderfilterconfig", "mailing list", "mass mailer", "not pre-approved", "delivery not authorized", "organizational settings", "rule imposed", "mail content denied", "considered spam", "considered as spam", "considered unsolicited", "appears to be spam", "appears to be unsolicited", "seems to be a spam", "links in", "cannot be accepted", "拒收", "垃圾邮件", "垃圾郵件", "scanned",
    "denied", "local reject", "rejected by header", "header checks", "body checks", "richtlinie", "unerwünscht", "abgelehnt", "abgewiesen", "rejeté", "rejete", "refusé", "indésirable", "politique", "bloqué", "no deseado", "rechazad", "política", "bloqueado", "rifiutat", "indesiderat", "bloccat", "rejeitad", "indesejad", "geweigerd", "ongewenst", "spamverdacht", "спам", "отклонен", "политик", "迷惑", "受信拒否", "拒否",
];

/// The message was refused, and nothing more is said.
pub(in crate::bounce) const REFUSED: &[&str] = &["rejected", "rejection", "reject,", "refused"];
