//! Connects to the first of several addresses that answers (RFC 8305 §5).

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;

/// Delay before the next address is tried beside those that have not answered: the "Connection
/// Attempt Delay" of RFC 8305 §5.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Dials the addresses in their order, each a moment after the one before it, or as soon as that
/// one fails. Returns the first connection; the other attempts end.
///
/// # Errors
/// The last failure, where each address fails.
pub(super) async fn connect<C, F>(
    addresses: impl IntoIterator<Item = SocketAddr>,
    dial: impl Fn(SocketAddr) -> F,
) -> io::Result<C>
where
    C: Send + 'static,
    F: Future<Output = io::Result<C>> + Send + 'static,
{
    let mut addresses = addresses.into_iter().peekable();
    let mut attempts = JoinSet::new();
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    loop {
        if let Some(address) = addresses.next() {
            attempts.spawn(dial(address));
        }
        let more = addresses.peek().is_some();
        let ended = tokio::select! {
            ended = attempts.join_next() => ended,
            () = tokio::time::sleep(ATTEMPT_DELAY), if more => continue,
        };
        match ended {
            // A panic in there is one here.
            Some(attempt) => match attempt.expect("dialling does not panic") {
                Ok(connection) => return Ok(connection),
                Err(error) => last = error,
            },
            None if more => {}
            None => return Err(last),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::SocketAddr;
    use std::time::Duration;

    use tokio::time::Instant;

    use crate::transport::race::connect;

    fn addresses(count: u8) -> impl Iterator<Item = SocketAddr> {
        (1..=count).map(|number| SocketAddr::from(([127, 0, 0, number], 25)))
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_is_a_black_hole_costs_a_moment() {
        let begun = Instant::now();
        let connected = connect(addresses(3), |address| async move {
            match address.ip().to_string() {
                last if last == "127.0.0.3" => Ok(last),
                _ => std::future::pending().await,
            }
        });
        assert_eq!(connected.await.unwrap(), "127.0.0.3");
        assert_eq!(begun.elapsed(), Duration::from_millis(500));
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_that_refuses_costs_nothing_and_the_last_refusal_is_told() {
        let begun = Instant::now();
        let refused = connect::<(), _>(addresses(3), |address| async move {
            Err(io::Error::other(address.ip().to_string()))
        });
        assert_eq!(refused.await.unwrap_err().to_string(), "127.0.0.3");
        assert_eq!(begun.elapsed(), Duration::ZERO);
        assert!(connect::<(), _>(addresses(0), |_| async { Ok(()) }).await.is_err());
    }
}
