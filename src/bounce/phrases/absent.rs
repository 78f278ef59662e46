//! What is said of a mailbox or a domain that is not there, or not there any more.

/// Every list of this file.
#[cfg(test)]
pub(super) const ALL: &[&[&str]] =
    &[MAILBOX, MAILBOX_PERHAPS, DISABLED, MOVED, NO_MAIL, DOMAIN, RECIPIENT_DOMAIN, DOMAIN_PERHAPS];

/// There is no such mailbox.
#[rustfmt::skip]
pub(in crate::bounce) const MAILBOX: &[&str] = &[
    // Postfix, Exim, sendmail, qmail, Courier and those who say the same.
    "user unknown", "unknown user", "user * is unknown", "users unknown", "userunknown",
    "unknown recipient", "recipient unknown", "recipients unknown", "recipient * unknown",
    "recipient address unknown", "unknown address", "address unknown", "addressee unknown",
    "destination addresses were unknown", "unknown local part", "unknown local-part", "unknown mailbox",
    "mailbox unknown", "unknown account", "account unknown", "unknown email", "email unknown",
    "unknown or illegal alias", "unknown or invalid", "unknown or disabled", "unknown virtual", "unknown alias",
    "unknown username", "is unknown to", "unrouteable address", "unroutable address", "unrouteable local",
    "no such user", "no such mailbox", "no such mail box", "no such recipient", "no such address",
    "no such person", "no such account", "no such local", "no such email", "no such e-mail",
    "no such name", "no such destination", "no such virtual", "no such alias", "no such box", "no such id",
    "no such entry", "no such username", "no such mail", "no such customer", "no such subscriber",
    "there is no such", "no mailbox here", "no mailbox by that name", "no mailbox for", "no mailbox found",
    "no mail box", "no account by that name", "no account here", "no user by that name", "no one by that name",
    "no users here by that name", "no user here", "no local user", "no local mailbox", "here by that name",
    "here with that name", "no email account", "no valid recipient", "no valid mailbox", "no recipient found",
    "no matching recipient", "no matching users",
    "nobody here", "nobody by that name", "there is no user", "there is no account", "there is no mailbox",
    "there is no one",
    // That it does not exist.
    "mailbox not found", "mailbox * not found", "mailbox does not exist", "mailbox doesn't exist",
    "user does not exist", "user doesn't exist", "user * does not exist", "user * doesn't exist",
    "user not exist", "user not exit", "recipient not exist", "mailbox not exist", "account not exist",
    "recipient does not exist", "recipient doesn't exist", "recipient * does not exist",
    "account does not exist", "account doesn't exist", "account * does not exist",
    "account * doesn't exist", "address does not exist", "address doesn't exist", "address * does not exist",
    "address * doesn't exist", "address not exist", "email does not exist", "does not exist here", "does not exist on",
    "do not exist", "user not found", "user * not found", "user couldn't be found", "user could not be found",
    "users not found", "usernotfound", "recipient not found", "recipient * not found", "recipients not found",
    "recipnotfound", "recipientnotfound", "not found by smtp address lookup", "recipient could not be found",
    "recipient cannot be found", "address not found", "address was not found", "address * wasn't found",
    "address * not found", "address * couldn't be found", "address * could not be found", "wasn't found at",
    "addresses were not found", "account not found", "account was not found", "account * not found", "email not found",
    "person not found", "user name not found", "username not found", "recipient name not found", "mailbox name not found", "email name is not found", "alias not found", "destination not found", "can't find * mailbox",
    "could not find user", "could not find * recipient", "couldn't find * user", "cannot find user",
    "cannot find your recipient", "unable to find recipient", "unable to find user", "unable to locate * user",
    "not found in * directory", "not found in * database", "not listed in * directory", "not listed in * address book",
    "not listed in public name", "not in * directory", "not in the recipient list", "not in my user list",
    "not in our database", "no match in * directory", "nonexistent", "non-existent",
    "non existent", "non-existing", "not existing", "isn't a known", "is not a known", "not a known user",
    "not a known recipient", "not known here", "not known at this", "not known to", "not known in", "user not known",
    "not know this user", "not recognized here", "user not recognized", "user isn't recognized",
    "is not recognized", "not a recognized", "is not recognised", "recipient not recognized",
    // That it is no address here.
    "malformed address", "malformed recipient", "do not have a user", "no account with", "inexistant", "invalid recipient", "recipient invalid", "recipient is invalid", "invalid mailbox", "invalid address",
    "invalid user", "user invalid", "invalid account", "invalid email", "invalid e-mail",
    "invalid local", "invalid final delivery", "invalid destination", "mailbox name invalid",
    "mailbox is invalid", "mailbox invalid", "address invalid", "address is invalid", "address is not valid",
    "bad destination mailbox", "bad destination email", "bad recipient", "bad mailbox", "bad address",
    "bad user", "illegal user", "illegal alias", "illegal recipient", "illegal mailbox", "incorrect address",
    "incorrect email", "incorrect recipient", "wrong recipient", "wrong email", "wrong address",
    "wrong user", "is not a valid", "isn't a valid", "not a valid mailbox", "not a valid recipient",
    "not a valid user", "not a valid address", "not a valid email", "not a valid account", "is not valid mailbox",
    "not valid recipient", "recipient not valid", "recipient * is not valid", "not an active address", "not our customer",
    "not one of our customers", "not a user", "isn't a user", "not a local user", "not a local address", "is not a local",
    "not a mailbox", "is not local", "recipient not local",  "not a subscriber",
    "not registered", "not a registered", "is not hosted here", "not present here", "not here",
    "does not have an account", "doesn't have an account", "doesn't have a yahoo", "doesn't have a * account",
    "does not have a * account", "does not have a mailbox", "has no mailbox", "have no mailbox",
    "user not have", "user has no mailbox", "do not have an account", "don't have an account",
    "does not work here", "not working here", "doesn't work here", "has left the", "has left our", "left the company", "left the organi",
    "no longer with", "no longer work", "no longer employed", "no longer on server",
    "no longer on our", "no longer exist", "not longer exist", "no longer valid", "no longer available", "no longer a user",
    "no longer a valid", "no longer at this", "no longer here", "no longer has", "no longer associated",
    "no longer in use", "no longer in service", "no longer used", "not in use", "not in service",
    "can't verify recipient", "cannot verify recipient", "couldn't verify recipient",
    "undeliverable address", "undeliverable recipient", "undeliverable mailbox", "recipient undeliverable",
    "address is undeliverable", "not deliverable to mailbox", "not a deliverable", "no deliverable",
    "recipient address rejected: undeliverable", "user not local", "delivery to non", "failed to find user",
    "lookup failed for user", "ldap lookup failed", "the recipient name is not",
   
    "previously bounced", "on the suppression list", "suppressed due to", "user account is not available",
    "mailbox has been removed", "has been deleted", "account deleted", "mailbox deleted", "was deleted",
    "as(201806281)", "as(201806271)", "resolver.adr.exrecipnotfound", "resolver.adr.recipnotfound",
    "unknownuser", "mail administrator removed", "removed from our", "has been removed",
    "vdelivermail: account does not", "this is not a valid", "dd this user doesn't", "dd requested mail action aborted",
    "recipient * refused: unknown", "user unkown", "unknow user", "user unknow",
    "nessun utente simile", "no existe dicha persona", "user missing home directory", "badrcptto", "badrecipientto", "not in my validrcptto", "in name directory",
    "address not present", "mailbox not present", "can't accept user", "recipient refuses to accept your mail", "not email addresses", "not ok recipient",
    "recipient unrecognized", "unrecognized recipient", "mailbox name not allowed", "not a known address", "was not found in",
    // Chinese and Korean
    "用户不存在", "收件人不存在", "邮箱不存在", "帐号不存在", "账号不存在", "地址不存在", "无此用户", "找不到收件人", "使用者不存在", "收件人未知", "존재하지 않", "수신자를 찾을 수 없",
    "找不到您输入", "找不到您輸入", "찾을 수 없습니다", "해당 사용자가 없", "사용자를 찾을 수", "없는 사용자",
    // Polish, Czech, Swedish, Danish, Norwegian, Finnish, Turkish
    "nie istnieje", "nie ma takiego", "nincs ilyen", "bulunamadi", "nie można odnaleźć", "nie znaleziono", "nie został znaleziony", "nepodařilo najít", "nebyl nalezen", "nem található", "nem létezik", "det gick inte att hitta", "hittades inte", "blev ikke fundet", "finner ikke e-post", "ble ikke funnet", "ei löytynyt", "bulunamadı", "nu a fost găsit", "nu există", "δεν βρέθηκε", "δεν υπάρχει", "nieznany użytkownik", "nieznany odbiorca", "neexistuje", "neznámý uživatel", "neznámý příjemce", "okänd mottagare", "okänd användare",
    "mottagaren finns inte", "finns inte", "findes ikke", "ukendt modtager", "finnes ikke", "ukjent mottaker", "tuntematon vastaanottaja", "ei löydy",
    // German
    "empfänger unbekannt", "ungueltige empfaenger", "ungültiger empfänger", "ungueltiger empfaenger", "unbekannter empfänger", "unbekannte empfänger", "unbekannter benutzer", "benutzer unbekannt",
    "adresse unbekannt", "existiert nicht", "existieren nicht", "existiert leider nicht", "nicht gefunden",
    "kein postfach", "kein solch", "keinen benutzer", "gibt es nicht", "ist nicht bekannt", "ist unbekannt", "nicht vorhanden",
    "ungültige adresse", "ungültige empfänger", "empfängeradresse * ungültig", "nicht verfügbar: postfach",
    // French
    "utilisateur inconnu", "destinataire inconnu", "adresse inconnue", "boîte inconnue", "compte inconnu",
    "adresse * inconnue", "destinataire * inconnu", "n'existe pas", "n existe pas", "n existe plus", "n'existe plus", "n'a pas été trouvé",
    "introuvable", "adresse invalide", "adresse email invalide", "destinataire invalide", "adresse d au moins un destinataire",
    // Spanish
    "usuario desconocido", "destinatario desconocido", "dirección desconocida", "no existe", "no se encontró",
    "no se ha encontrado", "no encontrado", "dirección no válida", "destinatario no válido", "usuario no válido",
    "usuario inexistente", "cuenta inexistente", "buzón inexistente",
    // Italian
    "utente sconosciuto", "destinatario sconosciuto", "indirizzo sconosciuto", "utente inesistente",
    "indirizzo inesistente", "casella inesistente", "non esiste", "impossibile trovare", "non trovato", "non è stato trovato", "indirizzo non valido",
    "destinatario non valido",
    // Portuguese
    "usuário desconhecido", "utilizador desconhecido", "destinatário desconhecido", "não existe", "nao existe",
    "não encontrado", "não foi encontrado", "conta inexistente", "usuário inexistente", "usuario inexistente:",
    "endereço inválido", "destinatário inválido", "caixa postal inexistente", "endereço não encontrado", "não foi possível encontrar",
    // Dutch
    "onbekende gebruiker", "gebruiker onbekend", "onbekende ontvanger", "ontvanger onbekend", "onbekend adres",
    "bestaat niet", "niet gevonden", "ongeldig adres", "kan niet worden gevonden",
    // Japanese
    "ディレクトリのリストにありません", "ディレクトリにありません", "ディレクトリーにありません", "ディレクトリに見つかりません", "名前がありません", "存在しません", "存在しない", "存在致しません", "存在いたしません", "見つかりません", "見つかりませんでした",
    "宛先不明", "あて先不明", "宛先が不明", "ユーザー不明", "ユーザ不明", "宛先アドレスが", "あて先に間違い",
    "アドレスに間違い", "該当するユーザ", "登録されていません", "未登録",
    // Russian
    "не существует", "не найден", "не найдена", "неизвестный получатель", "неизвестный адрес",
    "неизвестный пользователь", "пользователь неизвестен", "нет такого", "такого пользователя нет",
    "несуществующ", "неверный адрес",
];

/// What is said of a mailbox that is not there, and of one that does not want this mail.
#[rustfmt::skip]
pub(in crate::bounce) const MAILBOX_PERHAPS: &[&str] = &[
    "mailbox unavailable", "mailbox not available", "mailbox is unavailable", "mailbox is not available",
    "mailbox currently unavailable", "recipient not available", "recipient unavailable", "recipient is unavailable",
    "not a user here", "unknown", "not found", "does not exist", "doesn't exist", "not exist", "no user",
    "account not available", "recipient verify failed", "recipient verification failed", "callout verification",
    "verification failed", "no such", "inconnu", "unbekannt", "desconocid", "sconosciut", "desconhecid", "onbekend",
    "неизвест", "can't be found", "cannot be found", "could not be found", "couldn't be found", "invalid",
];

/// The mailbox was there, and was shut for good.
#[rustfmt::skip]
pub(in crate::bounce) const DISABLED: &[&str] = &[
    "user terminated", "mailbox * was removed", "account * was removed", "postfach * geschlossen", "postfach geschlossen", "konto * gelöscht", "postfach * gelöscht", "hat uns verlassen", "nicht mehr im unternehmen", "compte * supprimé", "compte supprimé", "compte fermé", "cuenta * eliminad", "cuenta eliminad", "account * cancellat", "account * eliminat", "casella * eliminat", "conta * excluíd", "conta * removid", "ящик * удал", "ящик удал", "пользователь удал", "账号已注销", "账号已停用", "帐号已停用", "アカウントは削除", "permanently closed", "permanently disabled", "permanently suspended", "was closed by", "archived recipient", "mailbox is archived", "boite * archiv", "boîte * archiv", "disabled recipient", "disabled user", "disabled mailbox", "disabled account", "mailbox is frozen", "user is terminated", "account disabled", "account is disabled", "account * disabled", "account has been disabled",
    "mailbox disabled", "mailbox is disabled", "mailbox * disabled", "user disabled", "user is disabled",
    "user account disabled", "recipient disabled", "recipient is disabled", "recipient * disabled", "address disabled",
    "address is disabled", "address * disabled", "email disabled", "is currently disabled", "delivery disabled",
    "has been disabled", "address has been deactivated", "account deactivated", "account is deactivated", "deactivated", "inactive account",
    "account inactive", "account is inactive", "account * inactive", "mailbox inactive", "mailbox is inactive",
    "user inactive", "user is inactive", "user * inactive", "address inactive", "address is inactive",
    "recipient inactive", "inactive user", "inactive recipient", "inactive mailbox", "inactive on this domain", "is inactive",
    "not active", "isn't active", "no longer active", "account has expired", "account expired", "mailbox expired", "expired account",
    "account closed", "account is closed", "account has been closed", "mailbox closed", "mailbox is closed",
    "has been closed", "been discontinued", "discontinued", "account terminated", "has been terminated",
    "account cancelled", "account canceled", "has been cancelled", "account removed",
    "dormant", "account frozen", "decommissioned", "address retired", "has been retired", "no longer accepts mail",
    "no longer accepting", "no longer receive", "not longer accept", "no longer monitored", "abgeschaltet", "deaktiviert", "gesperrt",
    "désactivé", "deshabilitad", "desactivad", "disabilitat", "disattivat", "desativad", "gedeactiveerd", "uitgeschakeld",
    "отключен", "заблокирован", "利用できません", "無効", "停止され",
];

/// It has another address now.
#[rustfmt::skip]
pub(in crate::bounce) const MOVED: &[&str] = &[
    "has moved to", "user has moved", "has changed to", "new address", "has a new email", "mailbox has moved",
    "address has changed", "address change", "adresse a changé", "neue adresse", "nueva dirección",
    "nuovo indirizzo", "novo endereço", "new email address",
];

/// The domain says itself that it takes no mail (RFC 7505).
#[rustfmt::skip]
pub(in crate::bounce) const NO_MAIL: &[&str] = &[
    "null mx", "nullmx", "null-mx", "indicated no smtp service", "indicates no smtp service", "no smtp service here", "name server: .: host not found",
    "domain does not accept mail", "domain * does not accept mail", "host does not accept mail", "does not accept mail (", "does not accept any mail", "does not accept mail",
    "doesn't accept mail", "does not accept email", "does not accept e-mail", "doesn't accept email", "does not receive mail", "does not receive email", "domain accepts no mail", "domain never accepts mail", "host never accepts mail",
    "mail receiving disabled",
];

/// The account or its domain may not be there: cPanel says so where the look-up failed.
#[rustfmt::skip]
pub(in crate::bounce) const DOMAIN_PERHAPS: &[&str] = &[
    "account or domain may not exist", "domain or account may not exist", "domain may not exist",
];

/// There is no such domain, or none that takes mail.
#[rustfmt::skip]
pub(in crate::bounce) const DOMAIN: &[&str] = &[
    "host unknown", "unknown host", "unknown mail host", "host not found", "host * not found", "host was not found",
    "host is unknown", "no such host", "no such domain", "domain not found", "domain * not found", "domain was not found",
    "domain * couldn't be found", "domain * could not be found", "couldn't find the domain", "host or domain name not found",
    "domain name not found", "domain does not exist", "domain doesn't exist", "domain doesnt exist", "domain * does not exist",
    "domain * doesn't exist", "unknown domain", "domain unknown", "domain is unknown", "bad destination host",
    "bad destination system", "bad domain", "invalid domain", "invalid host", "invalid hostname", "illegal host", "illegal domain", "name or service not known",
    "unrouteable mail domain", "unrouteable domain", "unroutable domain", "unroutable mail domain", "nxdomain",
    "couldn't find any host",
    "couldn't find a mail exchanger", "couldn't find any mail exchanger", "could not find a mail exchanger", "no mail exchanger", "no mail hosts for",
    "no mx record", "no mx for", "no mx or", "no mxs for", "no valid mx", "no valid hosts",
    "mail domain mentioned in email address is unknown", "domain is not reachable", "dead domain",
    "domain isn't valid", "domain is not valid", "domain not exist", "not a valid domain", "domain expired",
    "domain has expired", "domain name does not exist", "domain must exist", "cannot resolve * domain", "could not resolve",
    "cannot find * domain", "couldn't resolve", "unable to resolve", "cannot be resolved", "unresolvable",
    "domain is dead", "domain not hosted", "no route to domain", "dns hard error", "domain no longer", "host does not exist",
    "hôte inconnu", "domaine inconnu", "domaine introuvable", "unbekannte domain", "domain unbekannt", "unbekannter host",
    "dominio desconocido", "dominio no encontrado", "dominio inesistente", "dominio sconosciuto", "domínio inexistente",
    "domínio não", "onbekend domein", "домен не", "домена не", "ドメインが", "ホストが見つ",
];

/// The domain is not there, in words that would otherwise be those of a mailbox.
#[rustfmt::skip]
pub(in crate::bounce) const RECIPIENT_DOMAIN: &[&str] = &[
    "recipient domain * not exist", "domain * is not registered", "domain is not registered", "recipient domain * not found", "recipient domain not found", "recipient's domain * not", "destination domain * not", "unknown host or domain",
    "non-existent domain", "nonexistent domain", "non-existent hosts", "non-existent host", "relevant mx records point to",
];
