//! What programs call themselves that look at pages and are nobody, as data.

/// A program that is no reader, by a word of its `User-Agent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scanner {
    /// The word, in lower case; anywhere in the name.
    pub word: &'static str,
    /// Who has it.
    pub who: &'static str,
    /// Where that stands, or where it was seen.
    pub source: &'static str,
}

const fn scanner(word: &'static str, who: &'static str, source: &'static str) -> Scanner {
    Scanner { word, who, source }
}

/// What crawlers are asked to call themselves.
const CUSTOM: &str = "what they call themselves; RFC 9309 §2.2.1";
/// A list of names that were seen.
const SEEN: &str = "https://github.com/monperrus/crawler-user-agents";
/// A field guide to gateways.
const GUIDE: &str =
    "https://check.live-direct-marketing.online/blog/bot-clicks-security-scanners-detect";

/// How real browsers begin: what does not is a program. Those for text are the last.
pub(super) const BROWSERS: [&str; 6] =
    ["Mozilla/", "Opera/", "Lynx/", "w3m/", "Links (", "ELinks/"];

/// Every word that is known. Most of those who look call themselves honestly; the first few words
/// are enough for nearly all of them.
pub const SCANNERS: &[Scanner] = &[
    scanner("bot", "most crawlers: Googlebot, bingbot, Applebot, Slackbot, Discordbot", CUSTOM),
    scanner("crawl", "crawlers", CUSTOM),
    scanner("spider", "crawlers: Baiduspider, Bytespider", CUSTOM),
    scanner("scan", "scanners", CUSTOM),
    scanner("fetch", "fetchers of feeds and pages", CUSTOM),
    scanner("preview", "previews of links: BingPreview, SkypeUriPreview, Snap", CUSTOM),
    scanner("monitor", "monitors of whether a site is there", CUSTOM),
    scanner("archiver", "archives of the web", CUSTOM),
    scanner("+http", "programs that give the address of their own page", SEEN),
    scanner("slurp", "Yahoo", SEEN),
    scanner(
        "mediapartners",
        "Google's advertisements",
        "https://developers.google.com/search/docs/crawling-indexing/google-special-case-crawlers",
    ),
    scanner(
        "google-read-aloud",
        "Google, which reads pages out",
        "https://developers.google.com/search/docs/crawling-indexing/read-aloud-user-agent",
    ),
    scanner("googleimageproxy", "Gmail, for the pictures of mails", SEEN),
    scanner(
        "facebookexternal",
        "Facebook, Instagram, Messenger",
        "https://developers.facebook.com/docs/sharing/webmasters/web-crawlers",
    ),
    scanner("whatsapp", "WhatsApp", SEEN),
    scanner("embedly", "Embedly", SEEN),
    scanner("iframely", "Iframely", SEEN),
    scanner("mastodon", "servers of the fediverse", SEEN),
    scanner("headless", "browsers without a window, such as gateways use", SEEN),
    scanner("phantomjs", "the same, of old", SEEN),
    scanner("lighthouse", "tests of how fast pages are", SEEN),
    scanner("ptst/", "WebPageTest", SEEN),
    scanner("gtmetrix", "tests of how fast pages are", SEEN),
    scanner("ms-office", "Office, before it opens the browser", GUIDE),
    scanner("msoffice", "the same, and Safe Links", GUIDE),
    scanner("microsoft office", "the same", GUIDE),
    scanner("safelinks", "Microsoft Defender", GUIDE),
    scanner("barracuda", "Barracuda", GUIDE),
    scanner("proofpoint", "Proofpoint", GUIDE),
    scanner("mimecast", "Mimecast", GUIDE),
    scanner("ciscosecureemail", "Cisco", GUIDE),
    scanner("ironport", "Cisco, of old", GUIDE),
    scanner("tmes", "Trend Micro", GUIDE),
    scanner("fortinet", "Fortinet", GUIDE),
    scanner("fortimail", "Fortinet", GUIDE),
    scanner("sophos", "Sophos", GUIDE),
];
