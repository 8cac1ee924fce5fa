//! The plays: what is sent, and what a good receiver answers.

/// One thing that happens to receivers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Play {
    pub(super) name: &'static str,
    pub(super) wants: Wants,
    pub(super) how: How,
    /// What to mend.
    pub(super) advice: &'static str,
}

/// What the right answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    Taken,
    Refused,
}

/// How the scenario's events are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    InOrder,
    Backwards,
    /// Each twice, with the same id.
    Twice,
    /// All at once.
    AtOnce,
    /// One of them, so often at once.
    SameAtOnce(usize),
    /// Sent again after all others were taken.
    OldOnesAgain,
    /// Of a type that came with a later hundi.
    UnknownType,
    /// With a field that came with a later hundi.
    UnknownField,
    /// Signed by another key and by this one, as during a rotation.
    TwoSignatures,
    /// The signature of a kind that it does not know stands before the one it knows.
    StrangeSignatureFirst,
    /// Its time lies so many seconds from now, within what is tolerated.
    Aged(i64),
    /// As large as an event may be.
    Large,
    /// Header names in capitals.
    Capitals,
    // What must be refused.
    AnotherKey,
    /// The signature is right, for another body.
    ChangedBody,
    /// The signature is right, under another id: a replay that looks new.
    ChangedId,
    ChangedTime,
    /// Rightly signed, long ago: somebody kept it.
    Stale(i64),
    NoSignature,
    EmptySignature,
    NoTime,
    NonsenseTime,
    /// The right signature, cut.
    CutSignature,
    /// Only the kind that this secret can't make.
    OnlyStrangeSignature,
    NothingAtAll,
}

const fn play(name: &'static str, wants: Wants, how: How, advice: &'static str) -> Play {
    Play { name, wants, how, advice }
}

/// Every play, the honest ones first.
pub(super) fn all() -> Vec<Play> {
    use Wants::{Refused, Taken};
    const ONCE: &str =
        "Each event arrives at least once: keep the ids you have seen, and answer 2xx to those.";
    const ORDER: &str = "Events may overtake each other: go by `seq`, and answer 2xx to whatever is older than what you know.";
    const LATER: &str =
        "Answer 2xx to what you don't know, and ignore it: new types and fields come in time.";
    const LIST: &str =
        "webhook-signature is a list with blanks between: one that fits is enough, whatever else is in it.";
    const VERIFY: &str =
        "Verify the signature over id, time and raw body, before anything else; refuse with 400.";
    const FRESH: &str =
        "Refuse a webhook-timestamp more than five minutes from now, after its signature was verified.";
    const MISSING: &str = "A message without its three headers is not ours: refuse it with 400.";
    vec![
        play(
            "events in their order",
            Taken,
            How::InOrder,
            "Answer 2xx to every event, also to those that you ignore.",
        ),
        play("each event twice", Taken, How::Twice, ONCE),
        play("the same event eight times at once", Taken, How::SameAtOnce(8), ONCE),
        play("all events at once", Taken, How::AtOnce, ORDER),
        play("events backwards", Taken, How::Backwards, ORDER),
        play("old events again", Taken, How::OldOnesAgain, ORDER),
        play("an event of a later type", Taken, How::UnknownType, LATER),
        play("an event with a later field", Taken, How::UnknownField, LATER),
        play("two signatures, the second one right", Taken, How::TwoSignatures, LIST),
        play("a signature of another kind first", Taken, How::StrangeSignatureFirst, LIST),
        play(
            "an event on its way for four minutes",
            Taken,
            How::Aged(240),
            "Tolerate five minutes: clocks differ.",
        ),
        play(
            "an event of a clock two minutes ahead",
            Taken,
            How::Aged(-120),
            "Tolerate five minutes: clocks differ.",
        ),
        play("a large event", Taken, How::Large, "Take bodies up to 256 KiB."),
        play("headers in capitals", Taken, How::Capitals, "Names of headers have no case."),
        play("signed by another key", Refused, How::AnotherKey, VERIFY),
        play("a body that was changed", Refused, How::ChangedBody, VERIFY),
        play("an id that was changed", Refused, How::ChangedId, VERIFY),
        play("a time that was changed", Refused, How::ChangedTime, VERIFY),
        play("rightly signed, an hour ago", Refused, How::Stale(3_600), FRESH),
        play("rightly signed, an hour ahead", Refused, How::Stale(-3_600), FRESH),
        play("without signature", Refused, How::NoSignature, MISSING),
        play("with an empty signature", Refused, How::EmptySignature, MISSING),
        play("without time", Refused, How::NoTime, MISSING),
        play("with a time that is none", Refused, How::NonsenseTime, MISSING),
        play("with half a signature", Refused, How::CutSignature, VERIFY),
        play("with a signature of another kind alone", Refused, How::OnlyStrangeSignature, VERIFY),
        play("with nothing at all", Refused, How::NothingAtAll, MISSING),
        play("events in their order, after all that", Taken, How::InOrder, "It should be as well as before."),
    ]
}
