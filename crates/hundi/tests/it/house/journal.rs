//! The simulator's own history against ours (SAFETY, witness checks W1 to W4).

use super::TestApp;
use hundi_core::payment::Into;
use hundi_core::refund::Status;
use hundi_store::{Page, orders, payments, refunds};
use std::collections::BTreeMap;

impl TestApp {
    /// Every capture and refund there is exactly one here, and the other way round.
    pub async fn agrees_with_the_simulator(&self) {
        let lines: Vec<_> =
            self.simulators.keys().flat_map(|id| self.simulator(id).journal().to_vec()).collect();
        let amounts = |what: &str| -> BTreeMap<String, i64> {
            let mut all = BTreeMap::new();
            for line in lines.iter().filter(|l| l.what == what) {
                assert!(all.insert(line.id.clone(), line.amount_minor).is_none(), "{what} twice: {line:?}");
            }
            all
        };
        // Without a reference of ours it is somebody else's money on the same account.
        let foreign = |id: &String| lines.iter().any(|l| l.id == *id && l.our_ref.is_empty());
        let mut captured_there = amounts("captured");
        captured_there.retain(|id, _| !foreign(id));
        let processed_there = amounts("refund_processed");

        let (captured_here, refunded_here) = self.ours().await;
        assert_eq!(captured_here, captured_there, "captures differ from the simulator's journal");
        for (id, amount) in &refunded_here {
            assert_eq!(processed_there.get(id), Some(amount), "refund {id} differs");
        }
        assert_eq!(refunded_here.len(), processed_there.len(), "refunds differ from the simulator's journal");
    }

    /// Captures and processed refunds by the provider's id.
    async fn ours(&self) -> (BTreeMap<String, i64>, BTreeMap<String, i64>) {
        let scopes = self.scopes().await;
        let found = self.store().read(async move |tx| {
            let (mut captured, mut refunded) = (BTreeMap::new(), BTreeMap::new());
            for scope in &scopes {
                for order in
                    orders::list(tx, *scope, &orders::Filter::default(), &Page::newest(10_000)).await?
                {
                    for capture in payments::captures_of_order(tx, order.id).await? {
                        assert!(matches!(capture.into, Into::Sales | Into::Suspense));
                        let new = captured.insert(capture.provider_payment, capture.amount.minor());
                        assert!(new.is_none(), "captured twice");
                    }
                }
                for refund in
                    refunds::list(tx, *scope, &refunds::Filter::default(), &Page::newest(10_000)).await?
                {
                    if refund.status() == Status::Processed {
                        let id =
                            refund.provider_refund.clone().expect("a processed refund has the provider's id");
                        assert!(refunded.insert(id, refund.state.amount.minor()).is_none(), "refunded twice");
                    }
                }
            }
            Ok::<_, hundi_store::DbError>((captured, refunded))
        });
        found.await.expect("the database can be read")
    }
}
