//! What happens in a delivery in, a progress bar or plain lines out.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::{SignedDuration, Timestamp};

use crate::cli::env::Env;
use crate::delivery::{Event, Why};
use crate::diagnostic::visible;
use crate::journal::Tally;

/// Shows how far a delivery is.
pub(super) struct Progress<'e> {
    env: &'e mut Env,
    bar: Option<ProgressBar>,
    told: u64,
    /// What was said last of waiting and of trouble, and when.
    repeated: Vec<(String, Timestamp)>,
}

/// For how long the same is not said again: each connection has the same trouble.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);

impl<'e> Progress<'e> {
    /// A bar where a person watches, plain lines elsewhere.
    pub(super) fn new(env: &'e mut Env, tally: &Tally) -> Self {
        let bar = env.terminal.then(|| {
            let target = ProgressDrawTarget::stderr();
            let bar = ProgressBar::with_draw_target(Some(tally.recipients()), target);
            bar.set_position(settled(tally));
            bar.reset_eta();
            let template = "{bar:30} {pos} of {len}, {eta} left";
            bar.with_style(ProgressStyle::with_template(template).expect("it is well-formed"))
        });
        Self { env, bar, told: settled(tally), repeated: Vec::new() }
    }

    /// Takes in one event.
    pub(super) fn observe(&mut self, event: &Event<'_>) {
        match event {
            Event::Progress(tally) => self.advance(tally),
            Event::Notable { address, state, reply } => {
                self.say(&format!("{address}: {}: {reply}", state.word()));
            }
            Event::Suppressed { address, reason } => {
                self.say(&format!("{address}: suppressed since the run began: {reason}"));
            }
            Event::Trouble { error, wait } => {
                let mut words = vec![error.to_string()];
                let mut source = std::error::Error::source(error);
                while let Some(cause) = source {
                    words.push(cause.to_string());
                    source = cause.source();
                }
                let seconds = wait.as_secs_f32().ceil();
                let words = words.join(": ");
                self.say_once(&words, &format!("{words}; trying again in {seconds} s"));
            }
            Event::Waiting { until, why } => {
                let what = match why {
                    None => "to try the deferred again",
                    Some(Why::Rate) => "as `rate` allows no more",
                    Some(Why::Window) => "as `window` allows no more",
                    Some(Why::WarmUp) => "as `warm_up` allows no more",
                    Some(Why::Pause) => "as the mail server asked for less; then at a slower pace",
                    Some(Why::Domain) => "as `[send.domains]` allows no more",
                };
                self.say_once(what, &format!("waiting until {until:.0} {what}"));
            }
        }
    }

    /// Ends the bar.
    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }

    /// Plain lines come at every twentieth of the whole, so that a log stays readable.
    fn advance(&mut self, tally: &Tally) {
        let settled = settled(tally);
        let step = (tally.recipients() / 20).max(100);
        match &self.bar {
            Some(bar) => bar.set_position(settled),
            None if settled >= self.told + step => {
                self.told = settled;
                self.env.say(format_args!("{settled} of {}", tally.recipients()));
            }
            None => {}
        }
    }

    /// Says a line, if none about the same thing was said lately.
    fn say_once(&mut self, what: &str, line: &str) {
        let now = self.env.clock.now();
        self.repeated.retain(|(_, at)| now.duration_since(*at) < AGAIN);
        if self.repeated.iter().any(|(said, _)| said == what) {
            return;
        }
        self.repeated.push((what.to_owned(), now));
        self.say(line);
    }

    fn say(&mut self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(visible(line)),
            None => self.env.say(line),
        }
    }
}

fn settled(tally: &Tally) -> u64 {
    tally.accepted + tally.rejected + tally.unknown
}
