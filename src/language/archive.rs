//! What the pages of an archive say by themselves, in every language that letters have words in.

use crate::language::plural::Plural;

/// The words of the archive. `{name}` stands for the publication's name.
#[derive(Debug)]
pub struct Archive {
    /// The way past what every page has.
    pub skip: &'static str,
    /// The link to the list of issues.
    pub all_issues: &'static str,
    /// The link to where people sign up.
    pub subscribe: &'static str,
    /// The link to the feed.
    pub feed: &'static str,
    /// The link to the beginning of a page.
    pub top: &'static str,
    /// What the links to the issues before and after one are, for those who do not see them.
    pub more: &'static str,
    /// What the links to the years are, for those who do not see them.
    pub years: &'static str,
    /// In place of a part that only some readers get.
    pub part: &'static str,
    /// In place of an issue that only some readers get.
    pub whole: &'static str,
    /// The link of an invitation: `Subscribe to {name}`.
    pub join: &'static str,
    /// In place of a reader's name.
    pub reader: &'static str,
    /// Where there is no issue yet.
    pub empty: &'static str,
    /// How often a page was read.
    pub views: Plural,
}

pub(super) const ENGLISH: Archive = Archive {
    skip: "Skip to the text",
    all_issues: "All issues",
    subscribe: "Subscribe",
    feed: "Feed",
    top: "Top of page",
    more: "More issues",
    years: "Years",
    part: "This part is for subscribers.",
    whole: "This issue is for subscribers.",
    join: "Subscribe to {name}",
    reader: "reader",
    empty: "There is no issue yet.",
    views: Plural::of("{number} view", "{number} views"),
};

pub(super) const GERMAN: Archive = Archive {
    skip: "Zum Text springen",
    all_issues: "Alle Ausgaben",
    subscribe: "Abonnieren",
    feed: "Feed",
    top: "Zum Seitenanfang",
    more: "Weitere Ausgaben",
    years: "Jahre",
    part: "Dieser Teil ist für Abonnentinnen und Abonnenten.",
    whole: "Diese Ausgabe ist für Abonnentinnen und Abonnenten.",
    join: "{name} abonnieren",
    reader: "Leserschaft",
    empty: "Noch ist keine Ausgabe erschienen.",
    views: Plural::of("{number} Aufruf", "{number} Aufrufe"),
};

pub(super) const FRENCH: Archive = Archive {
    skip: "Aller au texte",
    all_issues: "Tous les numéros",
    subscribe: "S’abonner",
    feed: "Flux",
    top: "Haut de page",
    more: "Autres numéros",
    years: "Années",
    part: "Cette partie est réservée aux abonnés.",
    whole: "Ce numéro est réservé aux abonnés.",
    join: "S’abonner à {name}",
    reader: "lecteur",
    empty: "Aucun numéro n’est encore paru.",
    views: Plural::of("{number} vue", "{number} vues"),
};

pub(super) const UKRAINIAN: Archive = Archive {
    skip: "Перейти до тексту",
    all_issues: "Усі випуски",
    subscribe: "Підписатися",
    feed: "Стрічка",
    top: "На початок сторінки",
    more: "Інші випуски",
    years: "Роки",
    part: "Ця частина — для підписників.",
    whole: "Цей випуск — для підписників.",
    join: "Підписатися на {name}",
    reader: "читачу",
    empty: "Випусків ще немає.",
    views: Plural {
        one: "{number} перегляд",
        few: "{number} перегляди",
        ..Plural::of("{number} перегляд", "{number} переглядів")
    },
};

pub(super) const ARABIC: Archive = Archive {
    skip: "الانتقال إلى النص",
    all_issues: "كل الأعداد",
    subscribe: "اشترك",
    feed: "الخلاصة",
    top: "أعلى الصفحة",
    more: "أعداد أخرى",
    years: "السنوات",
    part: "هذا الجزء مخصص للمشتركين.",
    whole: "هذا العدد مخصص للمشتركين.",
    join: "اشترك في {name}",
    reader: "القارئ",
    empty: "لا توجد أعداد بعد.",
    views: Plural {
        one: "مشاهدة واحدة",
        two: "مشاهدتان",
        few: "{number} مشاهدات",
        many: "{number} مشاهدة",
        other: "{number} مشاهدة",
    },
};
