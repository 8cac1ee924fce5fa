//! A customer of the healthy book: two methods kept by consent, one of them charged.

use super::book::ASKED;
use super::door::{Desk, NOW, at, captured, id};
use crate::customers::{self, Customer};
use crate::saved_methods::{self, Consent, Outcome, SavedMethod, State};
use crate::{DbError, Tx};
use hundi_core::order::LateSuccess;
use hundi_core::payment::Happened;
use hundi_core::{CustomerId, Method, PaymentId, SavedMethodId};

pub(super) async fn write(tx: &mut Tx, desk: Desk) -> Result<(), DbError> {
    let customer = Customer {
        id: id(CustomerId::new),
        scope: desk.scope,
        name: Some("Asha".into()),
        email: None,
        phone: None,
        metadata: "{}".into(),
        erased_at: None,
        created_by: "test".into(),
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    };
    customers::insert(tx, &customer).await?;
    let mut methods = Vec::new();
    for name in ["pay_kept_1", "pay_kept_2"] {
        let payment = paid(tx, desk, &customer, name).await?;
        let method = method(desk, &customer, payment, name);
        let consent = Consent {
            payment,
            customer: customer.id,
            connection: desk.connection,
            provider_customer: "cust_1".into(),
            at: NOW,
            version: "1".into(),
            ip: String::new(),
            state: Outcome::Asked,
        };
        saved_methods::insert_consent(tx, &consent).await?;
        saved_methods::consent_ended(tx, payment, Outcome::Kept).await?;
        assert!(saved_methods::insert(tx, &method).await?);
        // The same token again is the same method.
        let again = SavedMethod { id: id(SavedMethodId::new), ..method.clone() };
        assert!(!saved_methods::insert(tx, &again).await?);
        methods.push(method.id);
    }
    assert!(saved_methods::make_default(tx, customer.id, methods[0], NOW).await?);
    assert!(saved_methods::make_default(tx, customer.id, methods[1], NOW).await?);
    let charged = paid(tx, desk, &customer, "pay_charged").await?;
    tx.batch(&format!("UPDATE payment SET flow = 'saved' WHERE id = '{charged}'")).await?;
    saved_methods::insert_charge(tx, charged, methods[1]).await?;
    assert!(saved_methods::begin_charge(tx, charged, NOW).await?);
    assert!(!saved_methods::begin_charge(tx, charged, NOW).await?, "there is one right to charge");
    Ok(())
}

async fn paid(tx: &mut Tx, desk: Desk, customer: &Customer, name: &str) -> Result<PaymentId, DbError> {
    let order = desk.order(tx, ASKED, LateSuccess::Refund).await?;
    tx.batch(&format!("UPDATE orders SET customer_id = '{}' WHERE id = '{order}'", customer.id)).await?;
    desk.pay(tx, order, None, &[at(1, Happened::Opened), captured(name, 2, ASKED)]).await
}

fn method(desk: Desk, customer: &Customer, payment: PaymentId, print: &str) -> SavedMethod {
    SavedMethod {
        id: id(SavedMethodId::new),
        scope: desk.scope,
        customer: customer.id,
        connection: desk.connection,
        payment,
        state: State::Active,
        token: Some(vec![1]),
        token_print: print.to_owned(),
        method: Method::Card,
        network: Some("Visa".into()),
        last4: Some("1007".into()),
        expiry_month: Some(12),
        expiry_year: Some(2035),
        label: None,
        is_default: false,
        consent_at: NOW,
        consent_version: "1".into(),
        consent_ip: String::new(),
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}
