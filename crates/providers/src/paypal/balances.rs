//! What stands on the account, in each currency: `GET /v1/reporting/balances`, up to three hours late.

use super::{PayPal, client, meaning, values};
use crate::contract::{Balances, Call, Standing, Standings};
use crate::reading::doubt::Heard;
use crate::reading::tree::Tree;
use crate::wire::Called;
use async_trait::async_trait;
use hundi_core::Currency;
use meaning::Unheard;

#[async_trait]
impl Balances for PayPal {
    async fn balances(&self, call: Call<'_>) -> Called<Standings> {
        let told: Tree = client::get(call.to("balances"), "/v1/reporting/balances").await?;
        let of: Vec<Tree> = told.must("/balances")?;
        let of = of.iter().map(standing).collect::<Result<_, _>>()?;
        let as_of = told.text("/last_refresh_time")?.or(told.text("/as_of_time")?);
        Ok(Standings { of, as_of: as_of.as_deref().map(meaning::instant).transpose()? })
    }
}

/// One that can't be read is not left out: what is left would look like all there is.
fn standing(told: &Tree) -> Heard<Standing> {
    let unreadable = Unheard("a balance that we cannot read");
    let currency: Currency = told.need_text("/currency")?.parse().map_err(|_| unreadable)?;
    let minor = |place: &str| {
        let Some(amount) = told.read(place)? else { return Ok(None) };
        let amount = values::read_signed(&amount).filter(|amount| amount.currency() == currency);
        amount.map(|amount| Some(amount.minor())).ok_or(unreadable)
    };
    Ok(Standing {
        currency,
        total_minor: minor("/total_balance")?.ok_or(unreadable)?,
        available_minor: minor("/available_balance")?,
        withheld_minor: minor("/withheld_balance")?,
    })
}
