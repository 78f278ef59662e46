//! What the public pages and the mail to confirm say by themselves, in every language that letters have words in.

/// The words of the public pages. `{name}` stands for the publication's name.
#[derive(Debug)]
pub struct Public {
    /// The heading of the page that ends a subscription: `Unsubscribe from {name}?`
    pub leave_title: &'static str,
    /// What it will do: `{address}` is part of an address.
    pub leave_text: &'static str,
    /// Its button.
    pub leave_button: &'static str,
    /// The link to what one gets.
    pub choose: &'static str,
    /// The heading where somebody has left.
    pub left_title: &'static str,
    /// What that means.
    pub left_text: &'static str,
    /// Before the way back.
    pub undo_text: &'static str,
    /// The way back.
    pub undo_button: &'static str,
    /// The heading where somebody came back.
    pub back_title: &'static str,
    /// What that means.
    pub back_text: &'static str,
    /// The heading where a person has to help.
    pub stuck_title: &'static str,
    /// Whom to write to: `{contact}` is an address.
    pub stuck_text: &'static str,
    /// The heading of what one gets.
    pub parts_title: &'static str,
    /// Before the parts.
    pub parts_text: &'static str,
    /// The button that leaves a part out.
    pub part_leave: &'static str,
    /// The button that takes a part in again.
    pub part_join: &'static str,
    /// Beside a part that is left out.
    pub part_gone: &'static str,
    /// Beside a part that one gets.
    pub part_here: &'static str,
    /// Where a choice was kept.
    pub saved: &'static str,
    /// Before the button that ends everything.
    pub all_title: &'static str,
    /// Before the form to sign up.
    pub form_text: &'static str,
    /// The name of the field for the address.
    pub form_email: &'static str,
    /// Before the parts that can be chosen.
    pub form_parts: &'static str,
    /// Where that was no address.
    pub form_wrong: &'static str,
    /// The heading where a mail is on its way.
    pub asked_title: &'static str,
    /// What to do with it; does not say whether there is one.
    pub asked_text: &'static str,
    /// The heading of the page and of the mail that want a confirmation.
    pub confirm_title: &'static str,
    /// What it will do: `{address}` is part of an address.
    pub confirm_text: &'static str,
    /// The button of both.
    pub confirm_button: &'static str,
    /// The heading where somebody has signed up.
    pub done_title: &'static str,
    /// What that means.
    pub done_text: &'static str,
    /// The subject of that mail.
    pub mail_subject: &'static str,
    /// What it says before its button.
    pub mail_text: &'static str,
    /// What it says behind its button.
    pub mail_ignore: &'static str,
    /// Why it was sent.
    pub mail_why: &'static str,
    /// The heading where a link is not ours.
    pub wrong_title: &'static str,
    /// What to do then.
    pub wrong_text: &'static str,
    /// The heading where a link is too old.
    pub old_title: &'static str,
    /// What to do then.
    pub old_text: &'static str,
    /// The heading where somebody asks too often.
    pub often_title: &'static str,
    /// What to do then.
    pub often_text: &'static str,
    /// The heading where the machine failed.
    pub failed_title: &'static str,
    /// What to do then.
    pub failed_text: &'static str,
    /// The heading where there is no page.
    pub missing_title: &'static str,
}

pub(super) const ENGLISH: Public = Public {
    leave_title: "Unsubscribe from {name}?",
    leave_text: "{address} will get no more mail from {name}.",
    leave_button: "Unsubscribe",
    choose: "Choose what you get instead",
    left_title: "You are unsubscribed",
    left_text: "You will get no more mail from {name}. What has left already may still arrive.",
    undo_text: "Was that a mistake?",
    undo_button: "Keep my subscription",
    back_title: "You get {name} again",
    back_text: "Everything is as it was before.",
    stuck_title: "We cannot do that here",
    stuck_text: "Please write to {contact}.",
    parts_title: "What you get",
    parts_text: "Parts of {name} that you can leave out:",
    part_leave: "Leave it out",
    part_join: "Get it again",
    part_gone: "You do not get this.",
    part_here: "You get this.",
    saved: "Your choice is kept.",
    all_title: "Or all of it",
    form_text: "We will send you a mail with a link. Your subscription begins when you confirm it.",
    form_email: "Email address",
    form_parts: "What would you like to get?",
    form_wrong: "That is not an email address. Please look at it once more.",
    asked_title: "Look into your inbox",
    asked_text: "If that address can be subscribed, a mail is on its way to it. Open the link in it to confirm; it works for three days.",
    confirm_title: "Confirm your subscription",
    confirm_text: "{address} will get {name}.",
    confirm_button: "Yes, subscribe",
    done_title: "You get {name}",
    done_text: "Thank you. You can unsubscribe at any time, with the link at the end of every issue.",
    mail_subject: "Please confirm: {name}",
    mail_text: "Somebody, we hope you, asked for {name} to be sent to this address. With this link you confirm it; it works for three days.",
    mail_ignore: "If it was not you, do nothing. Nothing more will be sent.",
    mail_why: "You get this mail because this address was entered in the form of {name}.",
    wrong_title: "This link does not work",
    wrong_text: "It is not whole, or it is not ours. Please open it from the mail once more.",
    old_title: "This link is too old",
    old_text: "Please sign up once more.",
    often_title: "That was too often",
    often_text: "Please try again later.",
    failed_title: "That did not work",
    failed_text: "The fault is ours, and nothing was changed. Please try again in a few minutes.",
    missing_title: "There is no such page",
};

pub(super) const GERMAN: Public = Public {
    leave_title: "{name} abbestellen?",
    leave_text: "{address} erhält keine Post von {name} mehr.",
    leave_button: "Abbestellen",
    choose: "Stattdessen auswählen, was Sie erhalten",
    left_title: "Sie sind abgemeldet",
    left_text: "Sie erhalten keine Post von {name} mehr. Was schon unterwegs ist, kann noch ankommen.",
    undo_text: "War das ein Versehen?",
    undo_button: "Abonnement behalten",
    back_title: "Sie erhalten {name} wieder",
    back_text: "Alles ist wie zuvor.",
    stuck_title: "Das geht hier nicht",
    stuck_text: "Bitte schreiben Sie an {contact}.",
    parts_title: "Was Sie erhalten",
    parts_text: "Teile von {name}, die Sie weglassen können:",
    part_leave: "Weglassen",
    part_join: "Wieder erhalten",
    part_gone: "Sie erhalten diesen Teil nicht.",
    part_here: "Sie erhalten diesen Teil.",
    saved: "Ihre Auswahl ist gespeichert.",
    all_title: "Oder alles",
    form_text: "Wir schicken Ihnen eine E-Mail mit einem Link. Ihr Abonnement beginnt, wenn Sie es bestätigen.",
    form_email: "E-Mail-Adresse",
    form_parts: "Was möchten Sie erhalten?",
    form_wrong: "Das ist keine E-Mail-Adresse. Bitte sehen Sie noch einmal nach.",
    asked_title: "Sehen Sie in Ihr Postfach",
    asked_text: "Wenn diese Adresse angemeldet werden kann, ist eine E-Mail an sie unterwegs. Öffnen Sie den Link darin, um zu bestätigen; er gilt drei Tage.",
    confirm_title: "Bestätigen Sie Ihr Abonnement",
    confirm_text: "{address} erhält dann {name}.",
    confirm_button: "Ja, abonnieren",
    done_title: "Sie erhalten {name}",
    done_text: "Vielen Dank. Abmelden können Sie sich jederzeit, mit dem Link am Ende jeder Ausgabe.",
    mail_subject: "Bitte bestätigen: {name}",
    mail_text: "Jemand, hoffentlich Sie, hat {name} für diese Adresse bestellt. Mit diesem Link bestätigen Sie das; er gilt drei Tage.",
    mail_ignore: "Wenn Sie das nicht waren, tun Sie nichts. Sie hören dann nichts mehr von uns.",
    mail_why: "Sie erhalten diese E-Mail, weil diese Adresse in das Formular von {name} eingetragen wurde.",
    wrong_title: "Dieser Link funktioniert nicht",
    wrong_text: "Er ist nicht vollständig, oder er ist nicht von uns. Bitte öffnen Sie ihn noch einmal aus der E-Mail.",
    old_title: "Dieser Link ist zu alt",
    old_text: "Bitte melden Sie sich noch einmal an.",
    often_title: "Das war zu oft",
    often_text: "Bitte versuchen Sie es später noch einmal.",
    failed_title: "Das hat nicht geklappt",
    failed_text: "Der Fehler liegt bei uns, und es wurde nichts geändert. Bitte versuchen Sie es in ein paar Minuten noch einmal.",
    missing_title: "Diese Seite gibt es nicht",
};

pub(super) const FRENCH: Public = Public {
    leave_title: "Se désabonner de {name}\u{a0}?",
    leave_text: "{address} ne recevra plus de courrier de {name}.",
    leave_button: "Se désabonner",
    choose: "Choisir plutôt ce que vous recevez",
    left_title: "Vous êtes désabonné",
    left_text: "Vous ne recevrez plus de courrier de {name}. Ce qui est déjà parti peut encore arriver.",
    undo_text: "Était-ce une erreur\u{a0}?",
    undo_button: "Garder mon abonnement",
    back_title: "Vous recevez de nouveau {name}",
    back_text: "Tout est comme avant.",
    stuck_title: "Ce n’est pas possible ici",
    stuck_text: "Veuillez écrire à {contact}.",
    parts_title: "Ce que vous recevez",
    parts_text: "Les parties de {name} dont vous pouvez vous passer\u{a0}:",
    part_leave: "Ne plus recevoir",
    part_join: "Recevoir de nouveau",
    part_gone: "Vous ne recevez pas cette partie.",
    part_here: "Vous recevez cette partie.",
    saved: "Votre choix est enregistré.",
    all_title: "Ou tout",
    form_text: "Nous vous enverrons un message avec un lien. Votre abonnement commence quand vous le confirmez.",
    form_email: "Adresse électronique",
    form_parts: "Que souhaitez-vous recevoir\u{a0}?",
    form_wrong: "Ce n’est pas une adresse électronique. Veuillez la vérifier.",
    asked_title: "Regardez dans votre boîte",
    asked_text: "Si cette adresse peut être abonnée, un message est en route. Ouvrez le lien qu’il contient pour confirmer\u{a0}; il est valable trois jours.",
    confirm_title: "Confirmez votre abonnement",
    confirm_text: "{address} recevra {name}.",
    confirm_button: "Oui, m’abonner",
    done_title: "Vous recevez {name}",
    done_text: "Merci. Vous pouvez vous désabonner à tout moment, avec le lien à la fin de chaque numéro.",
    mail_subject: "Veuillez confirmer\u{a0}: {name}",
    mail_text: "Quelqu’un, vous sans doute, a demandé {name} pour cette adresse. Ce lien le confirme\u{a0}; il est valable trois jours.",
    mail_ignore: "Si ce n’était pas vous, ne faites rien. Rien d’autre ne sera envoyé.",
    mail_why: "Vous recevez ce message parce que cette adresse a été saisie dans le formulaire de {name}.",
    wrong_title: "Ce lien ne fonctionne pas",
    wrong_text: "Il est incomplet, ou il ne vient pas de nous. Veuillez l’ouvrir de nouveau depuis le message.",
    old_title: "Ce lien est trop ancien",
    old_text: "Veuillez vous inscrire de nouveau.",
    often_title: "C’était trop souvent",
    often_text: "Veuillez réessayer plus tard.",
    failed_title: "Cela n’a pas fonctionné",
    failed_text: "La faute est la nôtre, et rien n’a été changé. Veuillez réessayer dans quelques minutes.",
    missing_title: "Cette page n’existe pas",
};

pub(super) const UKRAINIAN: Public = Public {
    leave_title: "Відписатися від {name}?",
    leave_text: "{address} більше не отримуватиме листів від {name}.",
    leave_button: "Відписатися",
    choose: "Натомість вибрати, що ви отримуєте",
    left_title: "Ви відписалися",
    left_text: "Ви більше не отримуватимете листів від {name}. Те, що вже надіслано, ще може надійти.",
    undo_text: "Це була помилка?",
    undo_button: "Залишити підписку",
    back_title: "Ви знову отримуєте {name}",
    back_text: "Усе так, як було раніше.",
    stuck_title: "Тут цього зробити не можна",
    stuck_text: "Будь ласка, напишіть на {contact}.",
    parts_title: "Що ви отримуєте",
    parts_text: "Частини {name}, від яких можна відмовитися:",
    part_leave: "Не отримувати",
    part_join: "Отримувати знову",
    part_gone: "Ви не отримуєте цієї частини.",
    part_here: "Ви отримуєте цю частину.",
    saved: "Ваш вибір збережено.",
    all_title: "Або від усього",
    form_text: "Ми надішлемо вам лист із посиланням. Підписка почнеться, коли ви її підтвердите.",
    form_email: "Адреса електронної пошти",
    form_parts: "Що ви хотіли б отримувати?",
    form_wrong: "Це не адреса електронної пошти. Будь ласка, перевірте її.",
    asked_title: "Перевірте поштову скриньку",
    asked_text: "Якщо цю адресу можна підписати, лист уже в дорозі. Відкрийте посилання в ньому, щоб підтвердити; воно діє три дні.",
    confirm_title: "Підтвердьте підписку",
    confirm_text: "{address} отримуватиме {name}.",
    confirm_button: "Так, підписатися",
    done_title: "Ви отримуєте {name}",
    done_text: "Дякуємо. Відписатися можна будь-коли за посиланням наприкінці кожного випуску.",
    mail_subject: "Будь ласка, підтвердьте: {name}",
    mail_text: "Хтось, сподіваємося, що ви, замовив {name} на цю адресу. Це посилання підтверджує підписку; воно діє три дні.",
    mail_ignore: "Якщо це були не ви, нічого не робіть. Більше нічого не надійде.",
    mail_why: "Ви отримали цей лист, бо цю адресу вписали у форму {name}.",
    wrong_title: "Це посилання не працює",
    wrong_text: "Воно неповне або не наше. Будь ласка, відкрийте його з листа ще раз.",
    old_title: "Це посилання застаріло",
    old_text: "Будь ласка, підпишіться ще раз.",
    often_title: "Це було занадто часто",
    often_text: "Будь ласка, спробуйте пізніше.",
    failed_title: "Не вдалося",
    failed_text: "Помилка наша, і нічого не змінено. Будь ласка, спробуйте за кілька хвилин.",
    missing_title: "Такої сторінки немає",
};

pub(super) const ARABIC: Public = Public {
    leave_title: "إلغاء الاشتراك في {name}؟",
    leave_text: "لن تصل إلى {address} رسائل من {name} بعد الآن.",
    leave_button: "إلغاء الاشتراك",
    choose: "اختر ما يصلك بدلًا من ذلك",
    left_title: "أُلغي اشتراكك",
    left_text: "لن تصلك رسائل من {name} بعد الآن. قد يصل ما أُرسل من قبل.",
    undo_text: "هل كان ذلك خطأً؟",
    undo_button: "احتفظ باشتراكي",
    back_title: "تصلك {name} من جديد",
    back_text: "كل شيء كما كان.",
    stuck_title: "لا يمكن ذلك هنا",
    stuck_text: "يرجى الكتابة إلى {contact}.",
    parts_title: "ما يصلك",
    parts_text: "أجزاء من {name} يمكنك الاستغناء عنها:",
    part_leave: "لا أريده",
    part_join: "أريده من جديد",
    part_gone: "لا يصلك هذا الجزء.",
    part_here: "يصلك هذا الجزء.",
    saved: "حُفظ اختيارك.",
    all_title: "أو كل شيء",
    form_text: "سنرسل إليك رسالة فيها رابط. يبدأ اشتراكك عندما تؤكده.",
    form_email: "البريد الإلكتروني",
    form_parts: "ماذا تود أن يصلك؟",
    form_wrong: "هذا ليس عنوان بريد إلكتروني. يرجى التحقق منه.",
    asked_title: "انظر في بريدك",
    asked_text: "إن كان الاشتراك بهذا العنوان ممكنًا فإن رسالة في طريقها إليه. افتح الرابط الذي فيها للتأكيد؛ وهو صالح ثلاثة أيام.",
    confirm_title: "أكّد اشتراكك",
    confirm_text: "ستصل {name} إلى {address}.",
    confirm_button: "نعم، أشترك",
    done_title: "تصلك {name}",
    done_text: "شكرًا لك. يمكنك إلغاء الاشتراك في أي وقت بالرابط الموجود في آخر كل عدد.",
    mail_subject: "يرجى التأكيد: {name}",
    mail_text: "طلب أحدهم، ونرجو أن يكون أنت، أن تصل {name} إلى هذا العنوان. بهذا الرابط تؤكد ذلك؛ وهو صالح ثلاثة أيام.",
    mail_ignore: "إن لم تكن أنت فلا تفعل شيئًا. لن يُرسل شيء آخر.",
    mail_why: "تصلك هذه الرسالة لأن هذا العنوان كُتب في نموذج {name}.",
    wrong_title: "هذا الرابط لا يعمل",
    wrong_text: "إنه ناقص أو ليس منا. يرجى فتحه من الرسالة مرة أخرى.",
    old_title: "هذا الرابط قديم",
    old_text: "يرجى الاشتراك مرة أخرى.",
    often_title: "كثرت المحاولات",
    often_text: "يرجى المحاولة لاحقًا.",
    failed_title: "لم ينجح ذلك",
    failed_text: "الخطأ منا ولم يتغير شيء. يرجى المحاولة بعد بضع دقائق.",
    missing_title: "لا توجد هذه الصفحة",
};
