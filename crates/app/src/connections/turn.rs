//! Turns at a provider, for jobs: a provider that takes half a minute to answer must not keep the workers from the
//! others (SAFETY F13). Payers' and merchants' own requests need none: each waits in a task of its own, and for nobody
//! but itself.

use super::Opened;
use crate::turns::{self, Busy, Turns};
use crate::{App, random};
use hundi_core::time::seconds;
use hundi_core::{ConnectionId, Millis};

/// Of one merchant's account, so that it leaves turns to the others at the same provider.
const AT_ONE_CONNECTION: usize = 4;
/// Of one provider, whoever's the account: far below what one process runs of a kind of job.
const AT_ONE_PROVIDER: usize = 32;
/// Whoever got no turn looks again after half of what the last one took, within these.
const AGAIN_MS: (i64, i64) = (500, seconds(15));

/// Who is at which provider, and who waits.
#[derive(Debug)]
pub(crate) struct Lines {
    connections: Turns<ConnectionId>,
    providers: Turns<&'static str>,
}

impl Lines {
    pub(crate) fn new() -> Self {
        Self { connections: Turns::new(AT_ONE_CONNECTION), providers: Turns::new(AT_ONE_PROVIDER) }
    }

    async fn take(&self, connection: ConnectionId, provider: &'static str) -> Result<Held<'_>, Busy> {
        let connection = self.connections.take(connection).await?;
        Ok(Held { connection, provider: self.providers.take(provider).await? })
    }
}

#[derive(Debug)]
struct Held<'a> {
    connection: turns::Turn<'a, ConnectionId>,
    provider: turns::Turn<'a, &'static str>,
}

/// A job's turn at a provider.
pub(crate) struct Turn<'a> {
    app: &'a App,
    held: Held<'a>,
    since: Millis,
}

/// A turn, or when to look again.
pub(crate) async fn turn<'a>(app: &'a App, at: &Opened) -> Result<Turn<'a>, Millis> {
    match app.at_providers.take(at.row.id, at.provider.card().id).await {
        Ok(held) => Ok(Turn { app, held, since: app.now() }),
        Err(Busy { last_ms }) => {
            let half = i64::try_from(last_ms / 2).unwrap_or(AGAIN_MS.1).clamp(AGAIN_MS.0, AGAIN_MS.1);
            let bound = u64::try_from(half).unwrap_or(0);
            // Not all of them at one moment.
            let jitter = i64::try_from(random::number(&*app.random, bound)).unwrap_or(0);
            Err(app.now().plus(half + jitter))
        }
    }
}

impl Drop for Turn<'_> {
    /// However it ended, it took so long.
    fn drop(&mut self) {
        let ms = self.app.now().since(self.since);
        self.held.connection.took(ms);
        self.held.provider.took(ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_account_leaves_turns_to_others_and_a_slow_provider_to_other_providers() {
        let lines = Lines::new();
        let id = |n: u8| ConnectionId::new(Millis(1), [n; 10]);
        let mut held = Vec::new();
        for account in 0..8 {
            for _ in 0..AT_ONE_CONNECTION {
                let turn = lines.take(id(account), "slow").await.expect("there are turns");
                turn.connection.took(30_000);
                turn.provider.took(30_000);
                held.push(turn);
            }
            let busy = lines.take(id(account), "slow").await.expect_err("its turns are taken");
            assert_eq!(busy, Busy { last_ms: 30_000 });
        }
        assert_eq!(held.len(), AT_ONE_PROVIDER);
        lines.take(id(9), "slow").await.expect_err("every turn at this provider is taken");
        lines.take(id(9), "quick").await.expect("another provider has turns of its own");
    }
}
