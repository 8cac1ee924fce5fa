//! Lists: their parameters, and that pages neither skip nor repeat while rows come.

use super::super::query::{Params, Start};
use super::house::House;
use hundi_core::Millis;
use serde_json::Value;

#[track_caller]
fn refused(query: &str, param: Option<&str>) {
    let read = Params::read(Some(query)).and_then(|mut params| {
        params.span()?;
        params.refuse_rest()
    });
    let error = read.expect_err(query);
    assert_eq!((error.status(), error.param()), (400, param), "{query}");
}

#[test]
fn parameters_are_read_strictly() {
    for limit in
        ["0", "-1", "+1", "101", "1.0", "1e1", "01", "", " 1", "ten", "99999999999999999999", "%E0%A5%A7"]
    {
        refused(&format!("limit={}", limit.replace('+', "%2B").replace(' ', "%20")), Some("limit"));
    }
    refused("limit=1&limit=2", Some("limit"));
    refused("starting_after=a&ending_before=b", Some("ending_before"));
    refused("page=2", Some("page"));
    refused("created=2026", Some("created"));
    refused("created[ne]=1", Some("created[ne]"));
    for time in
        ["", "yesterday", "2026-08-01", "2026", "-1", "1.5", "123456789012", "2026-08-01T12:00:00+05:30"]
    {
        refused(&format!("created[gte]={time}"), Some("created[gte]"));
    }
    refused("%3Cscript%3E=1", Some("query"));
    refused("4111111111111111=1", Some("query"));
    refused(&"x".repeat(41), Some("query"));
    refused("a=%FF", None);
    refused("a=%00", None);
    refused(&(0..31).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&"), None);
}

#[test]
fn bounds_of_time_are_met_to_the_millisecond() {
    let span = |query: &str| Params::read(Some(query)).unwrap().span().unwrap();
    let all = span("");
    assert_eq!((all.limit, all.from, all.to), (10, Millis(i64::MIN), Millis(i64::MAX)));
    assert_eq!(all.start, Start::Newest);
    let inside = span("created%5Bgte%5D=1785585600&created[lt]=2026-08-01T12:00:01Z&limit=100");
    assert_eq!(
        (inside.limit, inside.from, inside.to),
        (100, Millis(1_785_585_600_000), Millis(1_785_585_601_000))
    );
    let outside =
        span("created[gt]=1785585600&created[lte]=2026-08-01T17:30:01%2B05:30&created[gte]=100000005");
    assert_eq!((outside.from, outside.to), (Millis(1_785_585_600_001), Millis(1_785_585_601_001)));
}

fn ids(answer: &Value) -> Vec<String> {
    answer["data"].as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap().to_owned()).collect()
}

/// Seven orders, at three instants, so that the id has to decide as well.
async fn seven() -> (House, Vec<String>) {
    let house = House::new().await;
    let mut made = Vec::new();
    for n in 0..7 {
        let body = format!("{{\"amount\":100,\"currency\":\"INR\",\"receipt\":\"R{}\"}}", n % 2);
        made.push(house.post("/orders", &body).await.id());
        if n % 3 == 2 {
            house.clock.advance(1_000);
        }
    }
    (house, made)
}

#[tokio::test]
async fn pages_are_whole_while_rows_come() {
    for list in ["/orders", "/events"] {
        let (house, _) = seven().await;
        let newest = house.get(&format!("{list}?limit=100")).await.json;
        let all = ids(&newest);
        assert_eq!((all.len(), &newest["has_more"], &newest["next"]), (7, &Value::Bool(false), &Value::Null));
        let (mut down, mut next) = (Vec::new(), None);
        for _ in 0..10 {
            let after = next.take().map_or(String::new(), |id: String| format!("&starting_after={id}"));
            let page = house.get(&format!("{list}?limit=2{after}")).await.json;
            assert!(ids(&page).len() <= 2);
            down.extend(ids(&page));
            assert_eq!(page["has_more"].as_bool(), Some(page["next"].is_string()));
            next = page["next"].as_str().map(str::to_owned);
            // Newer rows come meanwhile.
            house.post("/orders", r#"{"amount":100,"currency":"INR"}"#).await;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(down, all, "{list}");

        // And back up, from the oldest.
        let page = house.get(&format!("{list}?limit=4&ending_before={}", all[6])).await.json;
        assert_eq!((ids(&page), page["has_more"].as_bool()), (all[2..6].to_vec(), Some(true)));
        let onwards =
            house.get(&format!("{list}?starting_after={}", page["next"].as_str().unwrap())).await.json;
        assert_eq!(ids(&onwards), all[6..]);
    }
}

#[tokio::test]
async fn lists_are_narrowed_by_what_is_asked() {
    let (house, made) = seven().await;
    house.post(&format!("/orders/{}/cancel", made[4]), "").await;
    let count = async |query: &str| ids(&house.get(query).await.json).len();
    assert_eq!(count("/orders?receipt=R1").await, 3);
    assert_eq!(count("/orders?receipt=R").await, 0);
    assert_eq!(count("/orders?status=cancelled").await, 1);
    assert_eq!(count("/orders?status=created&limit=100").await, 6);
    assert_eq!(count("/orders?created[gte]=1789000001").await, 4);
    assert_eq!(count("/orders?created[gt]=1789000001&created[lte]=1789000002").await, 1);
    assert_eq!(
        count("/orders?amount=00000000000000000000100&amount[gte]=000000000000000000000000&limit=9").await,
        7
    );
    assert_eq!(count("/events?type=order.cancelled").await, 1);
    assert_eq!(count(&format!("/events?object_id={}", made[4])).await, 2);
    for (path, param) in [
        ("/orders?status=Paid", "status"),
        ("/orders?staus=paid", "staus"),
        ("/orders?receipt=", "receipt"),
        ("/orders?starting_after=ord_x", "starting_after"),
        ("/orders?starting_after=ord_01k00000000000000000000000", "starting_after"),
        ("/orders?ending_before=evt_01k00000000000000000000000", "ending_before"),
        ("/payments?method=cash", "method"),
        ("/payments?amount=-1", "amount"),
        ("/payments?amount=000", "amount"),
        ("/payments?amount[gte]=", "amount[gte]"),
        ("/payments?amount[lt]=1000000000000000000", "amount[lt]"),
        ("/payments?amount=1e2", "amount"),
        ("/payments?order_id=x", "order_id"),
        ("/payments?connection_id=ord_1", "connection_id"),
        ("/payments?outcome=maybe", "outcome"),
        ("/payments?reference=4111111111111111", "reference"),
        ("/refunds?status=done", "status"),
        ("/refunds?payment_id=1", "payment_id"),
        ("/events?type=order.created.v2", "type"),
        ("/endpoints?starting_after=whe_x", "starting_after"),
        ("/connections?limit=0", "limit"),
        ("/balances?limit=1", "limit"),
        (&format!("/orders/{}?expand=1", made[0]), "expand"),
    ] {
        House::is_problem(&house.get(path).await, 400, "invalid_field", Some(param));
    }
    for path in
        ["/payments", "/refunds", "/connections", "/balances", &format!("/orders/{}/payments", made[0])]
    {
        let answer = house.get(path).await;
        assert_eq!(answer.text, r#"{"data":[],"has_more":false,"next":null,"object":"list"}"#, "{path}");
        assert_eq!(answer.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn short_lists_page_alike() {
    let house = House::new().await;
    let mut made = Vec::new();
    for n in 0..5 {
        made.push(house.post("/endpoints", &format!("{{\"url\":\"https://shop.example/{n}\"}}")).await.id());
        house.clock.advance(1_000);
    }
    made.reverse();
    let first = house.get("/endpoints?limit=2").await.json;
    assert_eq!((ids(&first), first["has_more"].as_bool()), (made[..2].to_vec(), Some(true)));
    let second = house.get(&format!("/endpoints?limit=3&starting_after={}", made[1])).await.json;
    assert_eq!((ids(&second), second["has_more"].as_bool()), (made[2..].to_vec(), Some(false)));
    let up = house.get(&format!("/endpoints?limit=2&ending_before={}", made[4])).await.json;
    assert_eq!((ids(&up), up["has_more"].as_bool()), (made[2..4].to_vec(), Some(true)));
}
