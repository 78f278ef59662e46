//! Tells which column of a file holds the addresses, by its name in many languages.

/// Words that mean email, alone or with [`ADDRESS`] and [`QUALIFIER`] words; parts of a name are
/// joined first, so that `E-Mail-Adresse` is `email adresse`.
const MAIL: &[&str] = &[
    "email",
    "emails",
    "mail",
    "mails",
    "emailaddress",
    "emailaddresses",
    "emailadresse",
    "emailadressen",
    "emailadres",
    "emailadress",
    "emailadresa",
    "mailadresse",
    "mailaddress",
    "mailadress",
    "mailadres",
    "mailadressen",
    "emailid",
    "useremail",
    "contactemail",
    "courriel",
    "courriels",
    "mél",
    "mel",
    "correo",
    "correos",
    "correoe",
    "epost",
    "epostadress",
    "epostadresse",
    "epostaddress",
    "eposta",
    "epostaadresi",
    "epostaadresa",
    "elpost",
    "sähköposti",
    "sähköpostiosoite",
    "sahkoposti",
    "tölvupóstur",
    "netfang",
    "rafpóstur",
    "correu",
    "posta",
    "pošta",
    "epošta",
    "eposte",
    "ímeil",
    "emailcím",
    "ecím",
    "почта",
    "эл_почта",
    "емейл",
    "имейл",
    "имэйл",
    "пошта",
    "мейл",
    "ηλεκτρονικό",
    "メール",
    "メールアドレス",
    "電子メール",
    "電子メールアドレス",
    "eメール",
    "eメールアドレス",
    "邮箱",
    "郵箱",
    "电子邮件",
    "电子邮箱",
    "電子郵件",
    "电子邮件地址",
    "電子郵件地址",
    "邮件地址",
    "邮箱地址",
    "電郵",
    "이메일",
    "이메일주소",
    "메일",
    "بريد",
    "البريد",
    "دوارالکترونیکی",
    "דואל",
    "אימייל",
    "ईमेल",
    "อีเมล",
];
/// Words that mean an address, or that go with a word for email.
const ADDRESS: &[&str] = &[
    "address",
    "addresses",
    "addr",
    "adresse",
    "adressen",
    "adress",
    "adres",
    "adresa",
    "adresi",
    "adresy",
    "direccion",
    "dirección",
    "endereco",
    "endereço",
    "indirizzo",
    "cím",
    "osoite",
    "electronique",
    "électronique",
    "electronico",
    "electrónico",
    "eletronico",
    "eletrônico",
    "elettronica",
    "elektronická",
    "elektronická_pošta",
    "elektroniczna",
    "elektronická",
    "electrònic",
    "electronica",
    "electrónica",
    "elektronisk",
    "elektronische",
    "адрес",
    "адреса",
    "электронная",
    "электронной",
    "электронный",
    "эл",
    "електронна",
    "електронної",
    "почты",
    "пошти",
    "ταχυδρομείο",
    "διεύθυνση",
    "aadress",
    "de",
    "of",
    "del",
    "di",
    "da",
    "e",
    "ел",
    "الإلكتروني",
    "الالكتروني",
    "主",
    "pošty",
    "poczta",
    "poczty",
    "post",
    "osobní",
    "アドレス",
    "주소",
];
/// Words that say whose address it is, or which one; the first ones are the likelier columns.
const QUALIFIER: &[&str] = &[
    "primary",
    "1",
    "main",
    "default",
    "contact",
    "contacts",
    "subscriber",
    "subscribers",
    "user",
    "users",
    "customer",
    "client",
    "member",
    "members",
    "person",
    "people",
    "lead",
    "attendee",
    "buyer",
    "guest",
    "donor",
    "participant",
    "recipient",
    "reader",
    "your",
    "my",
    "value",
    "id",
    "private",
    "personal",
    "home",
    "business",
    "work",
    "company",
    "billing",
    "account",
    "login",
    "profile",
    "the",
    "field",
    "text",
    "required",
    "kontakt",
    "privat",
    "hauptadresse",
    "principal",
    "votre",
    "deine",
    "ihre",
    "tu",
    "su",
    "personnelle",
    "geschäftlich",
    "dienstlich",
];
/// Names of columns of which only the cells tell whether they hold addresses.
const PERHAPS: &[&str] = &[
    "address",
    "addresses",
    "recipient",
    "recipients",
    "subscriber",
    "subscribers",
    "contact",
    "contacts",
    "user",
    "username",
    "user_name",
    "login",
    "member",
    "adresse",
    "to",
    "empfänger",
    "destinataire",
    "account",
    "id",
    "kontakt",
    "key",
    "value",
];

/// How likely a column holds the addresses of the rows, by its plain name: the lowest is the
/// likeliest. `None` where the name says something else.
pub(crate) fn address_rank(name: &str) -> Option<usize> {
    let mut words: Vec<String> = Vec::new();
    for word in name.split('_').filter(|word| !word.is_empty()) {
        match words.last_mut().filter(|last| *last == "e") {
            Some(last) => last.push_str(word),
            None => words.push(word.to_owned()),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_in = |list: &[&str], word: &&str| list.contains(word);
    // `Adresse électronique`: none of the words means email alone.
    let electronic =
        |word: &str| ["troni", "trôni", "tróni", "тронн"].iter().any(|part| word.contains(part));
    let compound = words.len() > 1
        && words.iter().any(|word| electronic(word))
        && words.iter().all(|word| is_in(ADDRESS, word));
    if !compound && !words.iter().any(|word| is_in(MAIL, word)) {
        return None;
    }
    let mut rank = 0;
    for word in &words {
        if is_in(MAIL, word) || is_in(ADDRESS, word) {
            continue;
        }
        rank += 1 + QUALIFIER.iter().position(|own| own == word)?;
    }
    // `mail` alone may be the post.
    Some(rank * 2 + usize::from(words == ["mail"]))
}

/// Whether a column may hold the addresses, which only its cells tell.
pub(crate) fn may_be_address(name: &str) -> bool {
    PERHAPS.contains(&name)
}

#[cfg(test)]
mod tests {
    use crate::audience::exports::cell::plain;
    use crate::audience::exports::headers::address_rank;

    /// Names with `|` between them.
    const ADDRESSES: &str = "Email|E-Mail|e-mail address|Email Address|E-Mail-Adresse|E-Mail Adresse|Mail|\
        E-post|E-postadress|E-postadresse|Adresse e-mail|Adresse email|Adresse électronique|\
        Adresse de courriel|Courriel|Mél|Correo electrónico|Correo|Dirección de correo electrónico|\
        Endereço de e-mail|E-mailadres|Indirizzo e-mail|Indirizzo di posta elettronica|Sähköposti|\
        Sähköpostiosoite|Adres e-mail|E-mail cím|E-posta|E-posta adresi|Email 1 - Value|\
        E-mail 1 - Value|Contact email|Primary email|Primary Email Address|Subscriber Email|\
        EMAIL_ADDRESS|email-id|User Email|Эл. почта|Электронная почта|Адрес электронной почты|\
        メールアドレス|邮箱|电子邮件|이메일|Adresa de e-mail|E-pošta|Elektronická pošta|Work Email|\
        Email (required)";
    const OTHERS: &str = "Email status|Email opt in|Emails sent|Mailing address|Address|Adresse|\
        Email consent|Mail merge|Email 1 - Type|Referred by email|Email sent at|Last email|\
        Unsubscribed email|Second email|Email valid|Postadresse";

    #[test]
    fn columns_of_addresses_are_known_in_many_languages() {
        let rank = |name: &&str| address_rank(&plain(name));
        let unknown = ADDRESSES.split('|').filter(|name| rank(name).is_none());
        assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&str>::new());
        let known = OTHERS.split('|').filter(|name| rank(name).is_some());
        assert_eq!(known.collect::<Vec<_>>(), Vec::<&str>::new());
        for (one, other) in
            [("Email", "Work Email"), ("Email 1 - Value", "Work Email"), ("Email", "Mail")]
        {
            assert!(rank(&one) < rank(&other), "{one}, {other}");
        }
    }
}
