//! Customers and the cards they keep. A kept card is one of the named test cards: no number is ever taken.

use super::ask::{Ask, Refusal, Said, collection};
use super::state::{Customer, Token};
use super::{RazorpaySim, cards, show};
use serde_json::{Value, json};

pub(super) fn create(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let text = |name: &str| ask.text(name).map(str::to_owned);
    let (name, email, contact) = (text("name"), text("email"), text("contact"));
    let same = |c: &Customer| {
        c.account == ask.account
            && (email.is_some() || contact.is_some())
            && c.email == email
            && c.contact == contact
    };
    if let Some(known) = sim.customers.iter().find(|c| same(c)) {
        // "1" is the default: a customer who is there already is an error.
        let tolerant = ask.body.get("fail_existing").is_some_and(|v| v == &json!("0") || v == &json!(0));
        return if tolerant {
            Ok(show::customer(known))
        } else {
            Err(Refusal::bad("Customer already exists for the merchant"))
        };
    }
    let customer = Customer {
        id: sim.mint.id("cust"),
        account: ask.account,
        name,
        email,
        contact,
        gstin: text("gstin"),
        notes: ask.notes()?,
        created: sim.now,
        tokens: Vec::new(),
    };
    let shown = show::customer(&customer);
    let id = customer.id.clone();
    sim.customers.put(&id, customer);
    Ok(shown)
}

pub(super) fn list(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let page = ask.page(100)?;
    let mine = |c: &&Customer| c.account == ask.account && page.holds(c.created);
    let items = sim.customers.iter().rev().filter(mine).skip(page.skip).take(page.count);
    Ok(collection(items.map(show::customer).collect()))
}

pub(super) fn fetch(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    Ok(show::customer(find(sim, ask.account, ask.id(0))?))
}

pub(super) fn edit(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let customer = find(sim, ask.account, ask.id(0))?;
    let text = |name: &str| ask.text(name).map(str::to_owned);
    if let Some(name) = text("name") {
        customer.name = Some(name);
    }
    if let Some(email) = text("email") {
        customer.email = Some(email);
    }
    if let Some(contact) = text("contact") {
        customer.contact = Some(contact);
    }
    Ok(show::customer(customer))
}

pub(super) fn tokens(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    Ok(collection(find(sim, ask.account, ask.id(0))?.tokens.iter().map(show::token).collect()))
}

pub(super) fn token(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let customer = find(sim, ask.account, ask.id(0))?;
    customer.tokens.iter().find(|t| t.id == ask.id(1)).map(show::token).ok_or_else(Refusal::no_such_id)
}

pub(super) fn delete_token(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let customer = find(sim, ask.account, ask.id(0))?;
    let before = customer.tokens.len();
    customer.tokens.retain(|t| t.id != ask.id(1));
    if customer.tokens.len() == before {
        return Err(Refusal::no_such_id());
    }
    Ok(json!({ "deleted": true }))
}

/// `POST /v1/tokens`: `{customer_id, method: "card", card: {test_card: "visa"}}`.
pub(super) fn create_token(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let card = ask.body.get("card");
    if card.is_some_and(|c| c.get("number").is_some()) {
        return Err(Refusal::field(
            "card",
            "This simulator takes no card numbers: name a test card instead.",
        ));
    }
    let name = card.and_then(|c| c.get("test_card")).and_then(Value::as_str).unwrap_or(cards::CARDS[0].name);
    let card = cards::card(name).ok_or_else(|| Refusal::field("card", "No test card has this name."))?;
    let customer = ask.text("customer_id").ok_or_else(|| Refusal::missing("customer_id"))?;
    find(sim, ask.account, customer)?;
    let token =
        Token { id: sim.mint.id("token"), card, status: "active", recurring: false, created: sim.now };
    let shown = show::token(&token);
    find(sim, ask.account, customer)?.tokens.push(token);
    Ok(shown)
}

pub(super) fn fetch_token(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let id = ask.text("id").ok_or_else(|| Refusal::missing("id"))?;
    let mine = sim.customers.iter().filter(|c| c.account == ask.account);
    mine.flat_map(|c| &c.tokens).find(|t| t.id == id).map(show::token).ok_or_else(Refusal::no_such_id)
}

fn find<'a>(sim: &'a mut RazorpaySim, account: usize, id: &str) -> Result<&'a mut Customer, Refusal> {
    sim.customers.get_mut(id).filter(|c| c.account == account).ok_or_else(Refusal::no_such_id)
}
