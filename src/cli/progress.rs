//! What happens in a delivery in, a progress bar or plain lines out.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;

use crate::cli::env::Env;
use crate::delivery::Event;
use crate::journal::Tally;

/// Shows how far a delivery is.
pub(super) struct Progress<'e> {
    env: &'e mut Env,
    bar: Option<ProgressBar>,
    told: u64,
    waiting: Option<Timestamp>,
}

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
        Self { env, bar, told: settled(tally), waiting: None }
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
                self.say(&format!("{}; trying again in {seconds} s", words.join(": ")));
            }
            Event::Waiting { until } if self.waiting == Some(*until) => {}
            Event::Waiting { until } => {
                self.waiting = Some(*until);
                self.say(&format!("waiting until {until:.0} to try the deferred again"));
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

    fn say(&mut self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => self.env.say(line),
        }
    }
}

fn settled(tally: &Tally) -> u64 {
    tally.accepted + tally.rejected + tally.unknown
}
