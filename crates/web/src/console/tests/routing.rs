//! Routing at the console: rules, what would happen, and the policy.

use crate::testing::House;
use hundi_app::routing;
use hundi_core::order::LateSuccess;
use hundi_core::scope::Role;

const RULE: &str =
    "at=&version=0&name=Large&currency=INR&min=5000&method=card&day=mon&from=09:00&until=18:00";

#[tokio::test]
async fn a_rule_is_added_changed_moved_and_removed() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    let main = house.connection(house.scope, "Main").await;
    // Two of one instant stand in no order.
    house.clock.advance(1);
    let second = house.connection(house.scope, "Second").await;
    house.get(&cookie, "/routing").await.shows(200, "Main, then Second");
    house.get(&cookie, "/routing/rule").await.shows(200, "Add the rule");

    let rule = format!("{RULE}&share_{second}=70&share_{main}=30");
    house.post(&cookie, "/routing/rule", &rule).await.leads_to("/routing?done=saved");
    let page = house.get(&cookie, "/routing").await;
    page.shows(200, "Card, from ₹5,000.00, on Mon, 09:00 to 18:00");
    page.shows(200, "Main 30 of 100, Second 70 of 100");

    let other = format!("at=&version=1&name=All&share_{main}=1");
    house.post(&cookie, "/routing/rule", &other).await.leads_to("/routing?done=saved");
    house.get(&cookie, "/routing/rule?at=0").await.shows(200, "value=\"5000.00\"");
    house.post(&cookie, "/routing/rules", "version=2&at=1&do=up").await.leads_to("/routing?done=saved");
    let changed = format!("at=0&version=3&name=Every&share_{main}=1");
    house.post(&cookie, "/routing/rule", &changed).await.leads_to("/routing?done=saved");
    let names = async || {
        let rules = routing::get(&house.app, house.scope).await.unwrap().rules;
        rules.into_iter().map(|r| r.name).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["Every", "Large"]);
    house.post(&cookie, "/routing/rules", "version=4&at=0&do=remove").await.leads_to("/routing?done=saved");
    assert_eq!(names().await, ["Large"]);

    // Whoever saw an older list undoes nothing of it.
    for (path, form) in [
        ("/routing/rules", "version=4&at=0&do=remove".to_owned()),
        ("/routing/rule", format!("at=0&version=4&name=Mine&share_{main}=1")),
    ] {
        house.post(&cookie, path, &form).await.shows(400, "Somebody changed the rules meanwhile.");
    }
    for form in ["version=5&at=9&do=remove", "version=5&at=x&do=remove"] {
        house.post(&cookie, "/routing/rules", form).await.shows(404, "No such page");
    }
    house.post(&cookie, "/routing/rules", "version=5&at=0&do=nonsense").await.shows(400, "Choose earlier");
    house.post(&cookie, "/routing/rules", "version=5&at=0&do=up").await.shows(400, "Choose earlier");
    assert_eq!(names().await, ["Large"]);
}

#[tokio::test]
async fn a_wrong_rule_keeps_what_was_typed_and_says_where() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    let main = house.connection(house.scope, "Main").await;
    let wrong = format!("at=&version=0&name=&currency=&min=12x&from=25:00&share_{main}=many");
    let page = house.post(&cookie, "/routing/rule", &wrong).await;
    page.shows(422, "4 things to correct");
    for id in ["name", "currency", "from", &format!("share_{main}")] {
        page.shows(422, &format!("href=\"#{id}\""));
        page.shows(422, &format!("id=\"{id}-error\""));
    }
    page.shows(422, "value=\"12x\"");
    page.shows(422, "value=\"many\"");
    // What only the rules themselves know.
    let day = format!("at=&version=0&name=r&day=someday&share_{main}=1");
    house.post(&cookie, "/routing/rule", &day).await.shows(422, "href=\"#days\"");
    assert!(routing::get(&house.app, house.scope).await.unwrap().rules.is_empty());
}

#[tokio::test]
async fn what_would_happen_is_said_of_each_connection() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Finance).await;
    house.connection(house.scope, "Main").await;
    let page = house.get(&cookie, "/routing?amount=1,500&currency=INR&method=upi").await;
    page.shows(200, "₹1,500.00 by UPI, now");
    page.shows(200, "Is asked first.");
    house.get(&cookie, "/routing?amount=0.01").await.shows(200, "Does not take so much, or so little.");
    house.get(&cookie, "/routing?amount=a+lot").await.shows(422, "id=\"amount-error\"");
    // Finance reads, and changes nothing.
    assert!(!page.text.contains("Add a rule") && !page.text.contains("Save the policy"));
}

#[tokio::test]
async fn the_policy_is_chosen_for_new_orders() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    house.get(&cookie, "/routing").await.shows(200, "May be charged twice now</dt><dd>₹0.00");
    house.post(&cookie, "/routing/policy", "late_success=both").await.shows(422, "Choose one of the two.");
    let form = "late_success=accept_and_void_other";
    house.post(&cookie, "/routing/policy", form).await.leads_to("/routing?done=policy_saved");
    let policy = routing::policy(&house.app, house.scope).await.unwrap();
    assert_eq!(policy.late_success, LateSuccess::Accept);
    let page = house.get(&cookie, "/routing?done=policy_saved").await;
    page.shows(200, "value=\"accept_and_void_other\" checked");
    page.shows(200, "It counts for orders created from now on.");
}
