//! What a charge of a saved method came to.

use crate::contract::{Call, Charge, Report, Subject, Watch};
use crate::reading::doubt::{Unheard, is_refused, surely_unknown};
use crate::wire::Called;

/// A charge is made once beneath its order, so what it came to is asked for, and never charged again. A decline may be a
/// refusal that leaves a failed payment behind: it is believed where nothing is there.
pub(crate) async fn came_to(
    watch: &dyn Watch,
    call: Call<'_>,
    charge: &Charge,
    provider_order: &str,
    said: Called<()>,
) -> Called<Vec<Report>> {
    let refusal = match said {
        Ok(()) => None,
        Err(error) if is_refused(&error) => Some(error),
        Err(other) => return Err(other),
    };
    let (our_ref, provider_order) = (charge.our_ref, provider_order.to_owned());
    let subject = Subject { our_ref, provider_order, flow: None, amount: charge.amount };
    let asked = watch.fetch(call, &subject).await;
    match (asked.map_err(|error| surely_unknown(refusal.as_ref().unwrap_or(&error)))?, refusal) {
        (reports, _) if !reports.is_empty() => Ok(reports),
        (_, Some(refusal)) => Err(refusal),
        (_, None) => Err(Unheard("a charge that was taken on and is not there").into()),
    }
}
