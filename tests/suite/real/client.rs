//! The newest sample in, what Thunderbird shows of it on a screen of the test's own out.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use newsletter::clock::Clock;
use newsletter::templates::Theme;
use tempfile::TempDir;

use crate::desk::Desk;
use crate::gallery;
use crate::real::component;
use crate::support::publication::Publication;

/// Settings that keep everything away but the letter.
const SETTINGS: [(&str, &str); 9] = [
    ("app.donation.eoy.version.viewed", "999"),
    ("app.update.enabled", "false"),
    ("datareporting.policy.dataSubmissionPolicyBypassNotification", "true"),
    ("mail.provider.suppress_dialog_on_startup", "true"),
    ("mail.rights.version", "1"),
    ("mail.shell.checkDefaultClient", "false"),
    ("mail.spotlight.firstRunDone", "true"),
    ("mailnews.start_page.enabled", "false"),
    ("ui.systemUsesDarkTheme", "0"),
];

#[test]
#[ignore = "needs Thunderbird, Xvfb and xdotool"]
fn thunderbird_shows_the_newest_sample() {
    let Theme { light, .. } = theme();
    let folder = component::open_folder("newsletter-thunderbird-");
    let message = folder.path().join("letter.eml");
    fs::write(&message, Publication::sample().dry_run(Clock::System).swap_remove(0)).unwrap();
    let screen = Screen::start(folder);
    let _thunderbird = Thunderbird::start(&screen, &message);
    component::wait_until("Thunderbird has opened the letter", || {
        screen.windows().contains("First frost, and the salt is still on the quay")
    });
    // The ground around the letter, the letter, and the ink of kickers and links.
    let wanted = [(light.page, 20_000), (light.paper, 100_000), (light.accent, 20)];
    let mut seen = Vec::new();
    for _ in 0..40 {
        let colours = screen.colours();
        seen = wanted.iter().map(|(colour, _)| colours.get(&colour.to_string()).copied()).collect();
        let shown = wanted.iter().zip(&seen).all(|((_, least), seen)| *seen >= Some(*least));
        if shown && colours.len() > 100 {
            return;
        }
        component::pause(Duration::from_millis(200));
    }
    panic!("wanted {wanted:?} pixels, and there are {seen:?}; windows: {}", screen.windows());
}

/// How the sample publication looks.
fn theme() -> Theme {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let name = Desk::open(&root.join("newsletter.toml")).config.publication.theme;
    let mut themes = gallery::themes().into_iter().filter(|(theme, _)| *theme == name);
    themes.next().unwrap_or_else(|| panic!("there is no theme `{name}`")).1
}

/// A screen that nobody sees.
struct Screen {
    server: Child,
    display: String,
    folder: TempDir,
}

impl Screen {
    fn start(folder: TempDir) -> Self {
        let mut command = Command::new(component::find("Xvfb", "xvfb"));
        // It finds a free number itself, and keeps the picture in a file.
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1000x1400x24"]);
        command.arg("-fbdir").arg(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().unwrap();
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.trim().is_empty(), "Xvfb did not start");
        Self { server, display: format!(":{}", number.trim()), folder }
    }

    /// The titles of all windows.
    fn windows(&self) -> String {
        let mut command = Command::new(component::find("xdotool", "xdotool"));
        command.args(["search", "--onlyvisible", "--name", ".", "getwindowname", "%@"]);
        let output = command.env("DISPLAY", &self.display).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Every colour on the screen, as `#rrggbb`, and how many pixels have it. The picture is an X
    /// window dump: a header of big-endian numbers, a table of colours, and four bytes a pixel.
    fn colours(&self) -> BTreeMap<String, usize> {
        let dump = fs::read(self.folder.path().join("Xvfb_screen0")).unwrap();
        let number = |field: usize| {
            let bytes = dump[4 * field..4 * field + 4].try_into().unwrap();
            usize::try_from(u32::from_be_bytes(bytes)).unwrap()
        };
        let (header, table, little_endian) = (number(0), number(19) * 12, number(7) == 0);
        assert_eq!(number(11), 32, "bits a pixel");
        let mut colours = BTreeMap::<[u8; 3], usize>::new();
        for pixel in dump[header + table..].chunks_exact(4).take(number(4) * number(5)) {
            let [a, b, c, d] = [pixel[0], pixel[1], pixel[2], pixel[3]];
            let colour = if little_endian { [c, b, a] } else { [b, c, d] };
            *colours.entry(colour).or_default() += 1;
        }
        let named = colours.into_iter().map(|([red, green, blue], pixels)| {
            (format!("#{red:02x}{green:02x}{blue:02x}"), pixels)
        });
        named.collect()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// A running Thunderbird, which leads a group of processes of its own.
struct Thunderbird(Child);

impl Thunderbird {
    fn start(screen: &Screen, message: &Path) -> Self {
        let home = screen.folder.path();
        let profile = home.join("profile");
        fs::create_dir(&profile).unwrap();
        let settings = SETTINGS.into_iter();
        let settings: String =
            settings.map(|(name, value)| format!("user_pref(\"{name}\", {value});\n")).collect();
        fs::write(profile.join("user.js"), settings).unwrap();
        let mut command = Command::new(component::find("thunderbird", "thunderbird"));
        command.arg("--no-remote").arg("-profile").arg(&profile).arg("-file").arg(message);
        command.env("HOME", home).env("DISPLAY", &screen.display).env("LANG", "C.UTF-8");
        // There is no session bus, and none is to be started.
        command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").env("NO_AT_BRIDGE", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.process_group(0).spawn().unwrap())
    }
}

impl Drop for Thunderbird {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        component::run(
            Command::new(component::find("kill", "procps")).args(["-s", "KILL", "--", &group]),
        );
        drop(self.0.wait());
    }
}
