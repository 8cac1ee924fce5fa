//! What a fault does to an answer, the same at every provider.

use super::dials::{Acts, Fault};
use super::http::typed;
use super::{Manner, SimResponse};

/// How a simulator should take a call that a fault has hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Act, then answer in this way.
    Act(After),
    /// Don't act now; act in so long, and close without a byte.
    ActLater { ms: i64 },
    /// Don't act; close without a byte.
    Drop,
    /// Act or not, then say this status in the provider's own words.
    Refuse { status: u16, acts: Acts },
    /// Don't act; answer as if there were no such thing.
    NotFound,
    /// Act, and make every status in the answer a word that nobody knows.
    Obscure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    Silence,
    HtmlErrorPage,
    Empty,
    CutShort,
    Delay { ms: i64 },
    Nothing,
}

pub(crate) const fn turn(fault: Fault) -> Turn {
    match fault {
        Fault::SilentAfterActing => Turn::Act(After::Silence),
        Fault::ActAfterSilence { ms } => Turn::ActLater { ms },
        Fault::DropBeforeActing => Turn::Drop,
        Fault::Status { status, acts } => Turn::Refuse { status, acts },
        Fault::HtmlErrorPage => Turn::Act(After::HtmlErrorPage),
        Fault::EmptyOk => Turn::Act(After::Empty),
        Fault::TruncatedJson => Turn::Act(After::CutShort),
        Fault::UnknownStatus => Turn::Obscure,
        Fault::Slow { ms } => Turn::Act(After::Delay { ms }),
        Fault::NotFoundThenFound => Turn::NotFound,
        // These take hold elsewhere and are never handed out for an answer.
        Fault::WrongAmount { .. }
        | Fault::LateAuthorization { .. }
        | Fault::RefundDelay { .. }
        | Fault::RefundFails { .. }
        | Fault::WebhookDuplicate { .. }
        | Fault::WebhookReorder
        | Fault::WebhookDelay { .. }
        | Fault::WebhookDrop => Turn::Act(After::Nothing),
    }
}

impl After {
    /// What becomes of the answer that was about to be given.
    pub(crate) fn of(self, answer: SimResponse) -> SimResponse {
        match self {
            Self::Silence => SimResponse { manner: Manner::Silent, ..answer },
            Self::HtmlErrorPage => html_error_page(),
            Self::Empty => SimResponse { status: 200, body: Vec::new(), ..answer },
            Self::CutShort => SimResponse { manner: Manner::Truncated, ..answer },
            Self::Delay { ms } => SimResponse { manner: Manner::After { ms }, ..answer },
            Self::Nothing => answer,
        }
    }
}

/// Closes without a byte.
pub(crate) const fn silent() -> SimResponse {
    SimResponse { status: 200, headers: Vec::new(), body: Vec::new(), manner: Manner::Silent }
}

/// A proxy's page, where JSON was expected.
pub(crate) fn html_error_page() -> SimResponse {
    typed(502, "text/html; charset=UTF-8", PROXY_PAGE.to_owned())
}

const PROXY_PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway\
</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
