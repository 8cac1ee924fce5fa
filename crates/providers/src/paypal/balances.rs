//! What stands on the account, in each currency: `GET /v1/reporting/balances`, up to three hours late.

use super::{PayPal, client, meaning, values, wire};
use crate::contract::{Balances, Call, Standing, Standings};
use crate::wire::CallError;
use async_trait::async_trait;
use hundi_core::Currency;
use meaning::Unheard;

#[async_trait]
impl Balances for PayPal {
    async fn balances(&self, call: Call<'_>) -> Result<Standings, CallError> {
        let told: wire::Balances = client::get(call.to("balances"), "/v1/reporting/balances").await?;
        let of = told.balances.iter().map(standing).collect::<Result<_, _>>()?;
        let as_of = told.last_refresh_time.as_deref().or(told.as_of_time.as_deref());
        Ok(Standings { of, as_of: as_of.map(meaning::time).transpose()? })
    }
}

/// One that can't be read is not left out: what is left would look like all there is.
fn standing(told: &wire::Balance) -> Result<Standing, Unheard> {
    let unreadable = Unheard("a balance that we cannot read");
    let currency: Currency = told.currency.parse().map_err(|_| unreadable)?;
    let minor = |amount: &wire::Amount| {
        values::read_signed(amount)
            .filter(|(_, of)| *of == currency)
            .map(|(minor, _)| minor)
            .ok_or(unreadable)
    };
    Ok(Standing {
        currency,
        total_minor: minor(&told.total_balance)?,
        available_minor: told.available_balance.as_ref().map(minor).transpose()?,
        withheld_minor: told.withheld_balance.as_ref().map(minor).transpose()?,
    })
}
