//! What is neither a yes nor a no: words that nobody has mapped, refusals that may be echoes, things that are gone.

use crate::contract::{Forged, Page, Report, TestResult};
use crate::wire::{CallError, Called, ReasonKind};

/// Something that we cannot translate, and so neither believe nor deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unheard(pub(crate) &'static str);

/// What was heard, if it can be translated.
pub(crate) type Heard<T> = Result<T, Unheard>;

/// What an answer must be, or what it is otherwise.
pub(crate) const fn ensure(fits: bool, otherwise: &'static str) -> Heard<()> {
    if fits { Ok(()) } else { Err(Unheard(otherwise)) }
}

/// What has not the shape that it should have.
pub(crate) const ODD: Unheard = Unheard("a field that is not what it should be");
pub(crate) const MISSING: Unheard = Unheard("a field that is missing");

impl From<Unheard> for CallError {
    fn from(unheard: Unheard) -> Self {
        let kind = match unheard {
            ODD | MISSING => ReasonKind::Unreadable,
            Unheard(_) => ReasonKind::Unrecognised,
        };
        Self::unknown(kind, unheard.0)
    }
}

impl From<Unheard> for Forged {
    /// Proven, and for a person.
    fn from(_: Unheard) -> Self {
        Self::Unreadable
    }
}

/// What was said so far, and the last thing in it that we could not translate.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) reports: Vec<Report>,
    unheard: Option<Unheard>,
}

impl Told {
    pub(crate) fn add(&mut self, report: Result<Report, Unheard>) {
        match report {
            Ok(report) => self.reports.push(report),
            Err(unheard) => self.unheard = Some(unheard),
        }
    }

    /// A word that we don't know about one try does not hide the others; alone, it is all that we can say.
    pub(crate) fn into_reports(self) -> Result<Vec<Report>, Unheard> {
        match self.unheard {
            Some(unheard) if self.reports.is_empty() => Err(unheard),
            _ => Ok(self.reports),
        }
    }
}

/// A call that came to nothing, and the provider's own word for why, where it had one.
pub(crate) struct Failed<W> {
    pub(crate) error: CallError,
    pub(crate) word: Option<W>,
}

impl<W> From<CallError> for Failed<W> {
    fn from(error: CallError) -> Self {
        Self { error, word: None }
    }
}

impl<W> From<Failed<W>> for CallError {
    fn from(failed: Failed<W>) -> Self {
        failed.error
    }
}

/// Said before any call, of what the provider does not do.
pub(crate) fn refused(why: &str) -> CallError {
    CallError::not_done(ReasonKind::Refused, why)
}

/// Said before any call, of credentials that are missing or can't be.
pub(crate) fn unauthorized(why: &str) -> CallError {
    CallError::not_done(ReasonKind::Unauthorized, why)
}

/// A success that lacks what it is for.
pub(crate) fn unreadable(what: &str) -> CallError {
    CallError::unknown(ReasonKind::Unreadable, what)
}

impl Failed<String> {
    pub(crate) fn says(&self, word: &str) -> bool {
        self.word.as_deref() == Some(word)
    }
}

/// A no, sure or not.
pub(crate) fn is_refusal(error: &CallError) -> bool {
    error.reason().kind == ReasonKind::Refused
}

/// A no, and nothing was done.
pub(crate) fn is_refused(error: &CallError) -> bool {
    matches!(error, CallError::NotDone(_)) && is_refusal(error)
}

/// Nothing was done, and the reason given has one of these texts in it, which are in small letters.
pub(crate) fn is_refused_with(error: &CallError, texts: &[&str]) -> bool {
    let detail = error.reason().detail.to_lowercase();
    matches!(error, CallError::NotDone(_)) && texts.iter().any(|text| detail.contains(text))
}

/// A definite "not there".
pub(crate) fn is_not_found(error: &CallError) -> bool {
    matches!(error, CallError::NotDone(reason) if reason.kind == ReasonKind::NotFound)
}

/// What was opened is there. That it is suddenly gone is no proof that nothing was paid or given back.
pub(crate) fn unknown_if_gone(error: CallError) -> CallError {
    if is_not_found(&error) { surely_unknown(&error) } else { error }
}

/// Whatever the second of two calls came to, the first may have been done.
pub(crate) fn surely_unknown(error: &CallError) -> CallError {
    CallError::Unknown(error.reason().clone())
}

/// Whatever became of a preparation: what it was wanted for was not done.
pub(crate) fn surely_not_done(error: &CallError) -> CallError {
    CallError::NotDone(error.reason().clone())
}

/// A definite "no such thing" is an answer to whoever asks whether there is one.
pub(crate) fn if_there<T>(asked: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(error) if is_not_found(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A refusal may be the echo of our own earlier call: it is believed only when our reference is surely not there.
pub(crate) fn unless_found(
    refusal: CallError,
    looked: Result<Option<Report>, CallError>,
) -> Result<Report, CallError> {
    match looked {
        Ok(Some(report)) => Ok(report),
        Ok(None) => Err(refusal),
        Err(_) => Err(surely_unknown(&refusal)),
    }
}

/// The provider has it already: an earlier call of ours made it and we never heard. So it is what is found, or in doubt.
pub(crate) fn made_before<T>(
    refusal: &CallError,
    looked: Result<Option<T>, CallError>,
) -> Result<T, CallError> {
    looked.map_err(|error| surely_unknown(&error))?.ok_or_else(|| surely_unknown(refusal))
}

/// A refund that the provider once had a name for was there. That it is gone is no proof that nothing went back, and
/// another one is not it.
pub(crate) fn still_there(
    found: Option<Report>,
    provider_refund: Option<&str>,
) -> Result<Option<Report>, CallError> {
    match (found, provider_refund) {
        (None, Some(_)) => {
            Err(CallError::unknown(ReasonKind::NotFound, "a refund that was there is not there any more"))
        }
        (Some(report), Some(id)) if report.of_refund().is_none_or(|about| about.provider_refund != id) => {
            Err(Unheard("another refund than was asked for").into())
        }
        (found, _) => Ok(found),
    }
}

/// What was made; or after a refusal, whatever is there.
pub(crate) async fn or_found(
    made: Called<Report>,
    is_refusal: fn(&CallError) -> bool,
    look: impl Future<Output = Called<Option<Report>>>,
) -> Called<Report> {
    match made {
        Err(refusal) if is_refusal(&refusal) => unless_found(refusal, look.await),
        made => made,
    }
}

/// What each row of a page is about, asked for one after the other.
pub(crate) async fn each_row<R, F: Future<Output = Called<Option<Report>>>>(
    page: Page<R>,
    about: impl Fn(R) -> F,
) -> Called<Page<Report>> {
    let mut items = Vec::new();
    for row in page.items {
        items.extend(of_this_row(about(row).await)?);
    }
    Ok(Page { items, next: page.next })
}

/// One row of a list that can't be read, or is not there to be asked for, does not hide the others: its report, or
/// none. What speaks of the call itself ends the list.
fn of_this_row(report: Result<Option<Report>, CallError>) -> Result<Option<Report>, CallError> {
    match report {
        Err(error) => match error.reason().kind {
            ReasonKind::NotFound
            | ReasonKind::Unreadable
            | ReasonKind::Unrecognised
            | ReasonKind::Refused => Ok(None),
            ReasonKind::Unreachable
            | ReasonKind::TimedOut
            | ReasonKind::Broken
            | ReasonKind::ServerError
            | ReasonKind::RateLimited
            | ReasonKind::Unauthorized
            | ReasonKind::Forbidden => Err(error),
        },
        report => report,
    }
}

/// What a test of a connection found, by how its call ended.
pub(crate) fn tested<T>(asked: Result<T, CallError>) -> TestResult {
    let Err(CallError::NotDone(reason) | CallError::Unknown(reason)) = asked else {
        return TestResult::Works;
    };
    match reason.kind {
        ReasonKind::Unauthorized => TestResult::WrongKey,
        ReasonKind::Forbidden => TestResult::MissingPermission,
        ReasonKind::Unreachable
        | ReasonKind::TimedOut
        | ReasonKind::Broken
        | ReasonKind::ServerError
        | ReasonKind::RateLimited
        | ReasonKind::Unreadable
        | ReasonKind::Unrecognised
        | ReasonKind::Refused
        | ReasonKind::NotFound => TestResult::Unreachable(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::run;

    fn gone() -> CallError {
        CallError::not_done(ReasonKind::NotFound, "x")
    }

    #[test]
    fn a_refusal_is_believed_only_of_what_is_surely_not_there() {
        let refusal = || refused("x");
        assert_eq!(unless_found(refusal(), Ok(None)), Err(refusal()));
        assert_eq!(unless_found(refusal(), Err(gone())), Err(surely_unknown(&refusal())));
    }

    #[test]
    fn reasons_are_looked_at_where_nothing_was_done() {
        let no = refused("Order is Already paid");
        assert!(is_refused_with(&no, &["captured", "already paid"]) && !is_refused_with(&no, &["captured"]));
        assert!(!is_refused_with(&surely_unknown(&no), &["already paid"]));
    }

    #[test]
    fn only_a_refusal_is_looked_after() {
        let looked = || std::future::ready(Ok(None));
        let said = |error: CallError| run(or_found(Err(error), is_refused, looked()));
        assert_eq!(said(refused("x")), Err(refused("x")));
        let never = || async { panic!("nobody was to look") };
        for error in [gone(), unreadable("x"), surely_unknown(&refused("x"))] {
            assert_eq!(run(or_found(Err(error.clone()), is_refused, never())), Err(error));
        }
    }

    #[test]
    fn what_an_answer_must_be() {
        assert_eq!((ensure(true, "x"), ensure(false, "x")), (Ok(()), Err(Unheard("x"))));
        let kind = |unheard| CallError::from(unheard).reason().kind;
        assert_eq!((kind(ODD), kind(MISSING)), (ReasonKind::Unreadable, ReasonKind::Unreadable));
        assert_eq!(kind(Unheard("x")), ReasonKind::Unrecognised);
    }

    #[test]
    fn rows_are_asked_about_one_by_one() {
        let page = |items| Page { items, next: Some("2".to_owned()) };
        let about = |error: Option<CallError>| async move { error.map_or(Ok(None), Err) };
        let read = run(each_row(page(vec![None, Some(gone()), None]), about));
        assert_eq!(read, Ok(Page { items: vec![], next: Some("2".to_owned()) }));
        let late = CallError::unknown(ReasonKind::TimedOut, "x");
        assert_eq!(run(each_row(page(vec![Some(late.clone()), None]), about)), Err(late));
    }

    #[test]
    fn what_was_made_before_is_found_or_in_doubt() {
        assert_eq!(made_before(&refused("x"), Ok(Some(1))), Ok(1));
        assert_eq!(made_before::<u8>(&refused("x"), Ok(None)), Err(surely_unknown(&refused("x"))));
        assert_eq!(made_before::<u8>(&refused("x"), Err(gone())), Err(surely_unknown(&gone())));
    }

    #[test]
    fn what_was_there_is_not_believed_to_be_gone() {
        assert!(matches!(unknown_if_gone(gone()), CallError::Unknown(_)));
        assert_eq!(unknown_if_gone(refused("x")), refused("x"));
        assert!(matches!(still_there(None, Some("r")), Err(CallError::Unknown(_))));
        assert_eq!(still_there(None, None), Ok(None));
        assert_eq!(if_there::<()>(Err(gone())), Ok(None));
        assert_eq!(if_there::<()>(Err(unknown_if_gone(gone()))), Err(unknown_if_gone(gone())));
    }

    #[test]
    fn a_row_hides_no_other_and_an_end_is_an_end() {
        assert_eq!(of_this_row(Err(gone())), Ok(None));
        let late = CallError::unknown(ReasonKind::TimedOut, "x");
        assert_eq!(of_this_row(Err(late.clone())), Err(late));
    }

    #[test]
    fn tests_say_what_to_mend() {
        assert_eq!(tested(Ok(())), TestResult::Works);
        assert_eq!(tested::<()>(Err(unauthorized("x"))), TestResult::WrongKey);
        assert_eq!(
            tested::<()>(Err(CallError::not_done(ReasonKind::Forbidden, "x"))),
            TestResult::MissingPermission
        );
        assert!(matches!(tested::<()>(Err(gone())), TestResult::Unreachable(_)));
    }
}
