//! What is said where the mailbox may be there, and the mail did not get into it.

/// Every list of this file.
#[cfg(test)]
pub(super) const ALL: &[&[&str]] = &[
    GREYLISTED,
    FULL,
    TOO_BIG,
    SUSPENDED,
    RELAY,
    LOOP,
    EXPIRED,
    LOOKUP,
    UNREACHABLE,
    PROGRAM,
    SHELL,
    FAULT,
    SYSTEM,
    CONTENT,
];

/// Come back later, as a matter of course.
pub(in crate::bounce) const GREYLISTED: &[&str] =
    &["greylist", "graylist", "grey list", "gray list", "grey-list", "gray-list", "greylisting"];

/// The mailbox is full.
#[rustfmt::skip]
pub(in crate::bounce) const FULL: &[&str] = &[
    "mailbox full", "mailbox is full", "mailbox * full", "mailfolder is full", "mail folder is full", "inbox is full", "inbox full", "inbox * full", "mail box full", "mail box is full", "mailbox's full", "folder full",
    "over quota", "overquota", "over-quota", "over the quota", "over its quota", "over their quota", "over disk quota", "quota exceeded", "quota exceed", "quota has been exceeded", "exceeds * quota", "exceeded * quota", "exceed * quota",
    "exceeding * quota", "quota violation", "quota full", "quota limit", "quota is full", "quota reached", "out of quota", "quota excedida", "quota excedido", "quotaexceeded", "disk quota", "storage quota", "mail quota", "mailbox quota", "user quota", "quota error", "not enough quota", "over allocated quota", "past its quota",
    "storage allocation", "storage limit", "not enough storage", "insufficient storage", "out of storage", "storage space", "storage capacity", "storage exceeded", "storage is full", "exceeded storage", "exceeded its storage", "not enough space", "insufficient disk space", "insufficient space", "out of space", "no space for", "no more space", "not enough disk space", "not enough free space",
    "mailbox size", "mailbox limit", "mailbox * over", "mailbox * exceed", "mailbox has exceeded", "mbox limit", "maximum mailbox", "max mailbox", "maildir over", "maildir * quota", "mailbox too large", "mailbox is too large", "account is over", "account is full", "account full", "account has exceeded", "account storage", "user is over", "user has exceeded", "user over", "user's mailbox has", "recipient over", "recipient exceeded",
    "recipient is over", "recipient's * full", "recipient has exceeded", "exceeded his", "exceeded her", "too many messages in", "too much mail data", "mailbox_full", "errmsg: quota", "would be over", "would exceed", "will exceed * mailbox", "max messages", "message storage", "has no space", "is full",
    "postfach * voll", "postfach voll", "speicherplatz", "speicherkontingent", "kontingent", "mailbox voll", "überfüllt", "boîte * pleine", "boite * pleine", "boîte pleine", "quota dépassé", "dépassé son quota", "est pleine", "espace de stockage", "buzón * lleno", "buzón lleno", "cuota", "está llen", "esta llen", "espacio", "casella * piena", "casella piena", "è piena", "e' piena", "spazio",
    "caixa * cheia", "cheia", "caixa postal lotada", "lotada", "cota excedida", "espaço", "mailbox vol", "postbus * vol", "opslagruimte", "メールボックスが一杯", "一杯", "いっぱい", "容量", "満杯", "переполнен", "превышен", "квот",
];

/// The message is larger than they take.
#[rustfmt::skip]
pub(in crate::bounce) const TOO_BIG: &[&str] = &[
    "message too large", "message is too large", "too large for", "message too big", "message is too big", "mail too big", "mail too large", "too big", "message size", "size limit", "exceeds size", "exceeds * size", "exceeded * size", "exceeds fixed", "exceeds maximum", "exceeds the maximum", "exceeds administrative", "max message", "maximum message", "maximum size", "maximum allowed size",
    "larger than", "length exceeds", "message length", "data size exceeded", "datasize", "message header size", "resolver.rst.sendsizelimit", "resolver.rst.recipsizelimit", "sizelimit", "line too long", "too long line", "nachricht * zu groß", "zu groß", "trop volumineux", "trop gros", "demasiado grande", "troppo grande", "muito grande", "te groot", "サイズ", "слишком больш", "размер",
];

/// The mailbox is shut for a time.
#[rustfmt::skip]
pub(in crate::bounce) const SUSPENDED: &[&str] = &[
    "suspended", "suspension", "temporarily unavailable", "temporary unavailable", "temporarily not", "suspend", "account locked", "mailbox locked", "mailbox is locked", "mailbox temporarily disabled", "temporarily disabled", "mailbox busy", "mailbox is busy", "temporarily inactive", "temporarily limited", "temporarily locked", "temporary locked", "temporary disabled", "temporary suspended", "temporary inactive", "temporarily blocked", "temporar * locked", "temporar * disabled", "temporar * deactivated", "temporar * closed", "temporar * inactive", "locked temporarily", "disabled temporarily", "disabled for now", "disabled temporarly", "account is blocked", "account * is blocked", "account has been blocked", "account blocked", "mailbox is blocked", "mailbox blocked", "user is blocked", "recipient is blocked", "account is locked", "on hold", "away from", "on vacation", "suspendid", "suspendu", "停止",
];

/// The server does not know itself to be the place for it.
#[rustfmt::skip]
pub(in crate::bounce) const RELAY: &[&str] = &[
    "relay access denied", "relaying denied", "relay denied", "relaying is denied", "relay not permitted", "relay is not permitted", "not permitted to relay", "relay prohibited", "relaying prohibited", "relaying not allowed", "relay not allowed", "relaying not permitted", "relaying disallowed", "relaying is not", "unable to relay", "cannot relay", "can't relay", "do not relay", "don't relay", "does not relay", "no relay", "relay operation rejected", "not relay", "relay rejected", "relaying mail to", "relay to domain", "insecure mail relay", "relay attempt", "as a relay", "we don't handle mail for", "do not handle mail for", "specified domain is not allowed",
    "rcpthosts", "not a gateway", "not an open relay", "we are not an mx", "not in my list of allowed", "is not allowed to relay", "not local host", "not handled here", "is not configured to", "not accept mail for domain", "domain not in", "domain not configured", "not hosted by this", "domain isn't allowed", "domain isn't in", "not responsible for", "not a locally hosted domain", "mail to this domain",
];

/// Round and round.
#[rustfmt::skip]
pub(in crate::bounce) const LOOP: &[&str] = &[
    "mail loop", "mail is looping", "too many hops", "too many received", "loop detected", "loops back", "looping", "hop count", "hops exceeded", "routing loop", "forwarding loop", "mail forwarding", "loop!", "message loop", "alias loop", "loop on",
];

/// Tried for too long.
#[rustfmt::skip]
pub(in crate::bounce) const EXPIRED: &[&str] = &[
    "retry timeout exceeded", "retry time not reached", "retry timeout", "delivery time expired", "message expired", "message has expired", "expired * queue", "queue time", "in the queue too long", "in queue too long", "too long in", "been in queue", "in the queue for", "been on the queue", "undeliverable for", "could not be delivered for",
    "could not send message for past", "cannot send message for", "could not send for", "cannot send message within", "not delivered within", "delivery expired", "expired after", "maximum delivery time", "delivery timeout", "delivery time-out", "transport delivery time", "delivered in time", "given up trying", "giving up after", "gave up after", "we've given up", "retry limit", "too many attempts", "attempts exceeded", "after * days", "after * hours", "for * days", "tries expired", "max retries", "maximum retries", "too old",
    "long failure period", "timeout while", "storage time", "seit * tagen", "pendant * jours", "expiré", "expirado", "scaduto", "verlopen", "истек",
];

/// The name server did not answer, so that it is not known whether the domain is there.
#[rustfmt::skip]
pub(in crate::bounce) const LOOKUP: &[&str] = &[
    "host not found, try again", "host not found (try again", "host not found; try again", "name service error * try again", "temporary lookup", "temporary dns", "temporary name", "temporary failure in name resolution", "temporarily unable to resolve", "servfail", "dns soft error", "dns timeout", "dns timed out",
    "dns lookup timed out", "dns lookup timeout", "dns query timed out", "name server timeout", "name server: timeout", "nameserver timeout", "host name lookup failure", "lookup returned dns", "host lookup did not complete", "malformed name server reply", "unexpected name server reply", "resolver timeout", "dns temporary",
];

/// The server could not be spoken to.
#[rustfmt::skip]
pub(in crate::bounce) const UNREACHABLE: &[&str] = &[
    "connection refused", "connection timed out", "connection timeout", "timed out", "timed-out", "time-out", "timeout", "connection reset", "connection dropped", "connection lost", "lost connection", "connection closed", "connection died", "connection was", "connection failed", "connection error", "connection to", "no route to host", "network is unreachable", "network unreachable", "host is unreachable", "host unreachable", "unreachable",
    "no answer from host", "no response", "not responding", "did not respond", "didn't respond", "host is down", "unable to connect", "could not connect", "couldn't connect", "cannot connect", "can't connect", "unable to establish", "establish an smtp connection", "bad connection", "remote host closed", "server closed", "hosts are down", "could not be reached", "couldn't be reached", "name server", "nameserver", "try again", "dns error", "dns failure", "cname lookup failed", "dns query failed", "does not support tls", "tls handshake", "handshake fail", "cannot start tls", "protocol error", "protocol violation", "smtp protocol",
];

/// A program or a file of the recipient's server failed.
#[rustfmt::skip]
pub(in crate::bounce) const PROGRAM: &[&str] = &[
    "no such file", "unknown mailer error", "mailer error", "pipe to |", "local delivery failed", "child process", "exited with status", "exited with error", "exited abnormally", "exit code", "died with signal", "command died", "command failed", "command not found", "cannot execute", "exec failed", "unable to exec", "cannot find program", "failed to run", "procmail", "maildrop", "interrupted system call", "no such device", "is a directory", "not a directory", "no such process",
];

/// The type of what a program of the recipient's server wrote (`X-Unix`), whatever it did not find.
pub(in crate::bounce) const SHELL: &[&str] = &["x-unix"];

/// The server, a command or an error that is unknown, not found or invalid, and no mailbox.
#[rustfmt::skip]
pub(in crate::bounce) const FAULT: &[&str] = &[
    "system not accepting", "internal error", "internal server", "internal failure", "configuration error", "not implemented", "command not", "bad sequence", "unrecognized command", "unrecognised command", "unknown error", "unknown reason", "unknown command", "unknown transport", "unknown method", "unknown option", "unknown failure", "unknown problem",
    "no such route", "no such table", "no such command", "no such transport", "invalid parameter", "invalid argument", "invalid command", "invalid option", "invalid response", "invalid character", "object not found", "table not found", "route not found", "configuration: ", "configuration file", "routing error",
];

/// Something else is wrong over there.
#[rustfmt::skip]
pub(in crate::bounce) const SYSTEM: &[&str] = &[
    "not accepting network messages", "not accepting messages", "service unavailable", "service not available", "service is unavailable", "service currently", "insufficient system", "system resources", "insufficient resources", "out of memory", "local error", "local problem", "system error", "system failure", "server error", "config error", "misconfigur", "can't create", "cannot create", "cannot open", "can't open", "no space left",
    "disk full", "disk is full", "read-only", "read only", "permission denied", "i/o error", "input/output", "temporarily", "temporary", "server busy", "too busy", "overload", "high load", "load average", "resource", "maintenance", "shutting down", "out of order", "exit status", "child crashed", "crashed", "failed to write", "write error", "unable to write", "unable to lock", "cannot lock", "database", "backend", "lmtp", "ldap", "mysql", "system incorrectly configured", "local configuration", "too many recipients", "syntax error", "unrecognized", "unrecognised", "out of sequence", "try later", "later", "deferred", "störung", "temporär", "temporaire", "temporal", "tijdelijk", "временн",
];

/// The message is not made as they want it.
#[rustfmt::skip]
pub(in crate::bounce) const CONTENT: &[&str] = &[
    "rfc 5322", "rfc5322", "rfc 2822", "rfc2822", "rfc 822", "rfc822 compl", "rfc compl", "malformed", "8-bit", "8bit", "non-ascii", "smtputf8", "bare lf", "bare <lf>", "stray newline", "invalid header", "header error", "bad header", "missing header", "duplicate header", "invalid mime", "mime error", "mime content", "illegal attachment", "attachment type", "attachments are not", "attachment not allowed", "attachment is not", "file type", "file extension", "unnecessary base64", "binary content", "mime complexity", "multiple * header", "line length", "line limit", "lines too long", "improper use", "null character", "missing message-id", "invalid message-id", "no message-id", "bad message-id", "missing date", "invalid date", "bad date", "no date header", "missing from", "missing subject", "message format", "header are not accepted", "empty message", "body required", "unsupported",
];
