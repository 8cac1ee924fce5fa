//! A gate on the way out: a story can hold one call there for as long as it wants, and let others pass.

use async_trait::async_trait;
use hundi::sandbox::InProcess;
use hundi_app::net::{Incoming, NetError, Outgoing, To, Transport};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot::{self, Receiver, Sender};

/// The network behind a gate.
pub struct Gate {
    behind: Arc<InProcess>,
    held: Mutex<Option<Held>>,
    /// What becomes of every answer's body on its way in.
    alters: Mutex<Option<Alters>>,
    /// Where calls to merchants go instead: a real client, for stories of what it refuses.
    to_merchants: Mutex<Option<Arc<dyn Transport>>>,
}

type Alters = Box<dyn Fn(&str, &mut Vec<u8>) + Send>;

struct Held {
    url_part: String,
    /// Held on the way back: what was asked is done, and nobody has heard of it.
    answer: bool,
    arrived: Sender<()>,
    opens: Receiver<()>,
}

/// A call that will be held.
pub struct Waits {
    arrived: Receiver<()>,
    open: Sender<()>,
}

impl Gate {
    pub const fn before(behind: Arc<InProcess>) -> Self {
        Self { behind, held: Mutex::new(None), alters: Mutex::new(None), to_merchants: Mutex::new(None) }
    }

    /// From now on every answer's body passes through this, with the address that was asked.
    pub fn alters(&self, how: impl Fn(&str, &mut Vec<u8>) + Send + 'static) {
        *self.alters.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(how));
    }

    /// Answers come in as they are.
    pub fn alters_nothing(&self) {
        *self.alters.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// From now on calls to merchants go out through this.
    pub fn leads_merchants_calls_through(&self, transport: Arc<dyn Transport>) {
        *self.to_merchants.lock().unwrap_or_else(PoisonError::into_inner) = Some(transport);
    }

    async fn pass(&self, out: Outgoing) -> Result<Incoming, NetError> {
        let elsewhere = self.to_merchants.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let (To::Merchant(_), Some(transport)) = (out.to, elsewhere) {
            return transport.send(out).await;
        }
        let url = out.url.clone();
        let mut answer = self.behind.send(out).await?;
        if let Some(alter) = &*self.alters.lock().unwrap_or_else(PoisonError::into_inner) {
            alter(&url, &mut answer.body);
        }
        Ok(answer)
    }

    /// Holds the next call whose address contains this.
    pub fn holds(&self, url_part: &str) -> Waits {
        self.hold(url_part, false)
    }

    /// Holds the answer to it instead.
    pub fn holds_answer(&self, url_part: &str) -> Waits {
        self.hold(url_part, true)
    }

    fn hold(&self, url_part: &str, answer: bool) -> Waits {
        let ((reached, arrived), (open, opens)) = (oneshot::channel(), oneshot::channel());
        let held = Held { url_part: url_part.to_owned(), answer, arrived: reached, opens };
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
        Waits { arrived, open }
    }

    fn take(&self, url: &str) -> Option<Held> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.take_if(|h| url.contains(&h.url_part))
    }
}

impl Waits {
    /// Until the call stands at the gate.
    pub async fn arrives(&mut self) {
        (&mut self.arrived).await.expect("the gate is there");
    }

    /// The process stops while its call stands at the gate: nothing after it happens.
    pub async fn stops<T>(mut self, request: impl Future<Output = T>) {
        tokio::select! {
            _ = request => panic!("it ended before it could be stopped"),
            () = self.arrives() => {}
        }
    }

    pub fn opens(self) {
        self.open.send(()).expect("the call still waits");
    }
}

#[async_trait]
impl Transport for Gate {
    async fn send(&self, out: Outgoing) -> Result<Incoming, NetError> {
        let Some(held) = self.take(&out.url) else { return self.pass(out).await };
        let early = if held.answer { Some(self.pass(out.clone()).await) } else { None };
        held.arrived.send(()).expect("the story waits for it");
        held.opens.await.expect("the story opens the gate");
        match early {
            Some(answer) => answer,
            None => self.pass(out).await,
        }
    }
}
