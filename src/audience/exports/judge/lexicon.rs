//! The words that names of columns are made of, folded, beside those of leaving.
//!
//! Each list has spaces between its words.

/// Email itself.
pub(super) const MAIL: &str = "\
    email emails mail mails emailing mailing mailings courriel courriels correo correos epost \
    sahkoposti почта почте пошта имеил newsletter newsletters";

/// Names for a newsletter; beginnings of words.
pub(super) const NEWSLETTER: &str = "\
    подписк підписк newsletter rundbrief rundschreib rundmail infobrief infomail infolettre newsmail mailing \
    mailingliste mailverteil emailverteil verteiler maillist boletin boletim bollettino \
    nieuwsbrief nyhetsbrev nyhedsbrev nyhetsmail biuletyn hirlevel uutiskirje zpravodaj \
    рассылк розсилк ενημερωτικ enews ezine bulletin newslettre";

/// Ways to reach people that are not email.
pub(super) const OTHER_WAY: &str = "\
    sms mms rcs phone phones telephone telefon telefono tel mobile mobil cell call calls \
    whatsapp whats viber telegram push postal fax text texts texting voice print handy papier paper \
    messenger robocall trade web browser anruf courrier";

/// Others than the sender.
pub(super) const THIRD_PARTY: &str = "\
    thirdparty partner partners affiliate affiliates drittanbieter partenaires tiers sponsors \
    sponsor";

/// What leads somewhere or names a record.
pub(super) const LINK: &str = "\
    url urls link links uri href token tokens hash uuid guid key website http https html \
    template footer lien enlace ссылка sujet subject md";

/// Words of numbers.
pub(super) const COUNT: &str = "\
    count counts counter number num nr total sum times rate rates score percent percentage \
    ratio avg average amount anzahl nombre numero days weeks months tally";
/// Words of shares, which say nothing of one mail.
pub(super) const SHARE: &str = "rate rates score percent percentage ratio avg average";

/// Words of dates.
pub(super) const DATE: &str = "\
    at date dates time timestamp datetime datum fecha dato dt ts when since seit day дата data \
    moment am utc gmt zeitpunkt heure hora paivamaara";
/// Words of dates where they stand beside others.
pub(super) const DATE_BESIDE: &str = "on le el il op den d";

/// Small words, which change nothing.
pub(super) const FILLER: &str = "\
    is has was were been are am did does do the a an this our my me us i you your we to from \
    of for by in on any all be currently current flag user contact person people record yn y \
    n yes no or and de du des la der die das von vom per via hs wp mc last first latest \
    recent final e es s not never globally global general permanently manually please want \
    wants ist hat";

/// The record of a subscriber.
pub(super) const SUBSCRIBER: &str = "\
    mitglieds kunden abonnenten empfaenger subscriber subscribers subscription member members membership customer account profile \
    recipient list abonnent abonne abonnement mitglied mitgliedschaft empfanger kontakt \
    patron address adresse addr delivery suscriptor suscripcion iscrizione contatto contacto";

/// Words of leaving that mean other things, too.
pub(super) const VAGUE: &str = "\
    deleted removed disabled invalid quit blocked banned spam junk abuse withdrawn withdraw \
    withdrawal revoked cleaned revocation complaint complaints bounce bounces unreachable \
    hold bouncing gesperrt entfernt suppression gelosct";

/// Words beside those that leave no doubt that mail is meant.
pub(super) const VAGUE_BESIDE: &str = "\
    hard permanent reason reasons type status reported marked as report reports complaining \
    complained enum consent einwilligung gdpr marketing permission opt optin zustimmung \
    consentement blacklisted blocklisted suppressed unsubscribed unsubscribe bounced abuse \
    bulk";

/// What names something else.
pub(super) const NAMES: &str = "\
    name names firstname lastname company organisation organization employer town city street \
    venue product products notes remarks bio description tags tag labels label topic topics \
    house castle birthday vorname nachname ort stadt firma notiz notizen bemerkung \
    bemerkungen nom prenom ville studio shop";

/// Why somebody left; beginnings of words.
pub(super) const REASON: &str = "reason grund motif motiv why cause raison razon причин";

/// What only those have who left.
pub(super) const TRACE: &str = "\
    ip source method campaign title feedback comment comments note code message other \
    diagnostic category classification details detail text id ids quelle survey subtype lists \
    groups page form";

/// What belongs to a status or a consent and is not its word.
pub(super) const STATUS_TRACE: &str = "\
    id ids code message reason updated changed change modified history notes ip source method \
    level version language lang locale format frequency count when where how city tracking";

/// Words for how something stands.
pub(super) const STATUS: &str = "\
    status statut stan situacao situacion situation stav tila allapot статус standing durum \
    staus stato estado etat state состояние стан zustand";
/// Those of them that are places, too.
pub(super) const STATE: &str = "state estado stato etat zustand stan состояние";

/// Words of places beside a state.
pub(super) const PLACE: &str = "\
    province region country county zip postal postcode street city billing shipping home work \
    business address addr us usa abbr provinz provincia residence district territory birth po";

/// What a status is of that is of the subscription; beginnings of words.
pub(super) const ABOUT_SUBSCRIPTION: &str = "\
    abo subscri suscri abonn anmeld marketing optin mailing deliverab inscri iscri prenumer bounce \
    verteiler opt confirm bestat";

/// Matters of money, goods and work, in which people are active and cancelled, too; beginnings of words.
pub(super) const OTHER_MATTER: &str = "\
    order payment charge invoice deal event booking appointment task ticket shipment shipping \
    lead marital employment civil fulfil financial billing job project attendee meeting \
    refund tax visa application loan health vaccin credit kyc verification plan stripe \
    account_balance bestell zahlung familien period sale opportunit campaigns tasks issue \
    support course donation";

/// Words that may mean leaving; beginnings of words.
pub(super) const MAY_LEAVE: &str = "\
    exclude inactiv inaktiv inactif inattiv inativ suspended suspendu paused snoozed dormant lapsed \
    expired terminated deactivat desactiv deaktiv archived trash deceased verstorben \
    ausgetreten austritt kundig kuendig gekundigt gekuendigt resili cancel annul churn \
    unconfirmed unverified pending stopped frozen leaving leave goodbye exit resigned former \
    ehemalig неактив blockiert stillgelegt";

/// Words of consent; beginnings of words.
pub(super) const CONSENT: &str = "\
    subscribed subscribes optin optedin consent einwillig eingewillig zustimm zugestimm \
    consens toestemming samtyck samtykk zgoda zgody соглас згода souhlas permission permitted \
    erlaubnis abonniert angemeldet inscrit suscrit iscritt ingeschreven aangemeld prenumerer \
    prenumerant tilmeld pameld подписан підписан zapisan autorisation autorizacion signedup \
    mailable emailable marketable contactable sendable";

/// Words that agree to what stands beside them; beginnings of words.
pub(super) const AGREED: &str = "\
    accept aceit erlaub gestatt einverstand acept accett akzept agree receiv recevoir recoi erhalt erhaelt recib ricev ontvang \
    wants mochte moechte wunsch wuensch allow souhait desea quier vuole";
/// Whole words that do the same.
pub(super) const AGREED_EXACT: &str = "\
    want send get gets can may ok okay like please wish interested approved subscribe yes";

/// Other things that people agree to; beginnings of words.
pub(super) const UNRELATED: &str = "\
    terms condition privacy policy policies cookie track tos photo picture liability waiver \
    agb profil analytics location medical parental recording data_sharing photos filming \
    image share sharing sell sale rules bedingung nutzungs treatment publication cgu cgv";

/// What is counted of mails.
pub(super) const STATISTICS: &str = "\
    sent sends opens open opened click clicks clicked received read reads delivered seen \
    engagement rank rating activity issue issues dropped replies replied views viewed unique \
    last 7 30 6 recibidos recibidas recebidos recebidas ricevuti ricevute recus recues";

/// What people choose of a newsletter.
pub(super) const PREFERENCES: &str = "\
    frequency format language topic topics interests interest preference preferences plan tier \
    price type campaign segment kind variant edition editions digest digests owner template";

/// Words of a confirmation, of an address that works, and of being there; beginnings of words.
pub(super) const CONFIRMED: &str = "\
    confirmed isconfirmed verified validated bestatigt bestaetigt confirme confirmad confermat \
    bevestigd bekreft bekraft potwierdz подтвержд підтвердж valid deliverable activated \
    active aktiv actif activo ativo attivo actief aktywn активен активн enabled reachable";
