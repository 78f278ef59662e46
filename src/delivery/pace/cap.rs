//! After how many messages a server closed its connections in, how many the next one carries out.

/// How many messages a connection carries at most: as the settings say, and as the server shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cap {
    most: Option<u32>,
    /// After how many messages the server closed last.
    closed_after: Option<u32>,
}

impl Cap {
    /// Takes the setting.
    #[must_use]
    pub fn new(setting: Option<u32>) -> Self {
        Self { most: setting, closed_after: None }
    }

    /// How many messages a connection carries whose server says how many it takes (`MAILMAX`,
    /// RFC 9422), if it does; `None` is as many as there are.
    #[must_use]
    pub fn most(&self, offered: Option<u32>) -> Option<u32> {
        self.most.into_iter().chain(offered).min()
    }

    /// The server closed a connection, or said 421, after so many messages that it had answered.
    ///
    /// Once is chance; twice after the same number is a limit that it keeps to itself.
    pub fn closed_after(&mut self, answered: u32) {
        if answered > 0 && self.closed_after.replace(answered) == Some(answered) {
            self.most = self.most(Some(answered));
        }
    }
}
