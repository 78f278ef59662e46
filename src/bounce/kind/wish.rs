//! A letter in, the wish to leave in it out: an exact phrase as its subject, or as what it says.
//!
//! `docs/bounces.md` lists the phrases. A letter that only speaks of leaving has others around them.

/// The phrases, in lower case and without marks.
#[rustfmt::skip]
pub(in crate::bounce) const WISHES: &[&str] = &[
    "unsubscribe", "unsubscribe me", "unsubscribe please", "please unsubscribe", "please unsubscribe me", "unsubscribe from this list", "unsubscribe me from this list", "please unsubscribe me from this list",
    "please unsubscribe me from your list", "please unsubscribe me from this newsletter", "please unsubscribe me from your newsletter", "unsubscription", "unsub", "opt-out", "optout", "opt out", "signoff",
    "remove me", "please remove me", "remove me from this list", "please remove me from this list", "please remove me from your list", "please remove me from your mailing list", "remove me from your list", "take me off this list", "please take me off this list", "take me off your list", "please take me off your list", "stop sending me these emails", "please stop sending me emails",
    "abmelden", "bitte abmelden", "abmeldung", "abmeldung vom newsletter", "vom newsletter abmelden", "bitte vom newsletter abmelden", "newsletter abbestellen", "newsletter abmelden", "abbestellen", "abbestellung", "bitte abbestellen", "austragen", "bitte austragen", "bitte melden sie mich ab", "bitte melden sie mich vom newsletter ab",
    "désabonnement", "désabonner", "me désabonner", "désinscription", "désinscrire", "me désinscrire", "desinscription", "desabonnement", "veuillez me désabonner", "veuillez me désinscrire", "merci de me désabonner", "merci de me désinscrire",
    "baja", "darse de baja", "darme de baja", "desuscribir", "desuscribirse", "desuscribirme", "cancelar suscripción", "cancelar mi suscripción", "por favor darme de baja",
    "cancellami", "cancellatemi", "disiscrizione", "disiscrivi", "disiscrivimi", "cancellare la mia iscrizione",
    "descadastrar", "descadastro", "cancelar inscrição", "cancelar a minha inscrição", "cancelar a minha assinatura",
    "afmelden", "uitschrijven", "afmelding", "meld me af", "schrijf me uit", "graag afmelden", "graag uitschrijven",
    "отписаться", "отписка", "отписать", "прошу отписать меня", "отпишите меня",
    "購読解除", "配信停止", "退会", "解除", "配信を停止してください", "購読を解除してください",
    // What iCloud writes for a reader who pressed its button.
    "this message was automatically generated when a reader of * asked to be unsubscribed",
];

/// How many words there may be beside the phrase: a greeting, thanks, a name.
const BESIDE_MAX: usize = 5;

/// How long the token of a link is, at least: a mail program puts it behind the word.
const TOKEN_MIN: usize = 30;

/// The wish that a subject is, whatever token stands behind it.
pub(super) fn in_subject(subject: &str) -> Option<&'static str> {
    phrase(subject)
}

/// The wish that a letter begins with, where it says little else and asks nothing.
pub(super) fn in_text(text: &str) -> Option<&'static str> {
    let own: Vec<&str> = text
        .lines()
        .take_while(|line| *line != "-- ")
        .filter(|line| !line.trim_start().starts_with(['>', '|']))
        .filter(|line| !line.trim_end().ends_with(':'))
        .collect();
    let own = own.join("\n");
    if own.contains('?') {
        return None;
    }
    let whole = phrase(&own);
    let ends = ['.', '!', ',', ';', '。', '！'];
    let mut sentences = own.split(|c| ends.contains(&c)).flat_map(|part| part.split("\n\n"));
    let found = whole.or_else(|| sentences.find_map(phrase))?;
    let count = |text: &str| text.split_whitespace().count();
    (count(&own) <= count(found) + BESIDE_MAX || whole.is_some()).then_some(found)
}

/// The phrase that a text is, apart from marks, blanks and tokens.
fn phrase(text: &str) -> Option<&'static str> {
    let is_mark = |c: char| !c.is_alphanumeric() && !matches!(c, '-' | '\'' | '_');
    let text = text.to_lowercase();
    let words: Vec<&str> = text
        .split(is_mark)
        .map(|word| word.trim_matches(['-', '\'', '_']))
        .filter(|word| !word.is_empty() && word.len() < TOKEN_MIN)
        .collect();
    let text = words.join(" ");
    WISHES.iter().copied().find(|wish| match wish.split_once('*') {
        Some((before, behind)) => text.starts_with(before.trim()) && text.ends_with(behind.trim()),
        None => *wish == text,
    })
}

#[cfg(test)]
mod tests {
    use crate::bounce::kind::wish::{in_subject, in_text};

    #[test]
    fn only_the_exact_phrase_is_a_wish() {
        for text in
            ["Unsubscribe", "unsubscribe!", "Please unsubscribe me.", "Abmeldung vom Newsletter"]
        {
            assert!(in_subject(text).is_some(), "{text}");
            assert!(in_text(text).is_some(), "{text}");
        }
        for text in [
            "Hello,\n\nplease unsubscribe me.\n\nThanks\nAda\n",
            "Please remove me from this list\n\nOn Friday, Tidewater wrote:\n> Unsubscribe here?\n",
        ] {
            assert!(in_text(text).is_some(), "{text}");
        }
        for text in [
            "Unsubscribe numbers",
            "How do I unsubscribe?",
            "Please do not unsubscribe me.",
            "I tried to unsubscribe me from another letter and it worked. Unsubscribe. A fine word.",
            "Do you want me to unsubscribe? Unsubscribe.",
        ] {
            assert_eq!(in_subject(text), None, "{text}");
            assert_eq!(in_text(text), None, "{text}");
        }
    }
}
