//! What a key needs for each address: the whole table, at one glance. An address that is not in it is closed.

use super::auth::Caller;
use http::Method;
use hundi_app::Error;
use hundi_app::expand::Wanted;
use hundi_core::scope::Permission;
use hundi_core::scope::Permission as P;

/// The first word of the address, what reading needs there, and what anything else needs.
const TABLE: &[(&str, Permission, Permission)] = &[
    ("orders", P::ReadPayments, P::TakePayments),
    ("payments", P::ReadPayments, P::TakePayments),
    ("refunds", P::ReadPayments, P::Refund),
    ("events", P::ReadPayments, P::ManageWebhooks),
    ("endpoints", P::ReadWebhooks, P::ManageWebhooks),
    ("deliveries", P::ReadWebhooks, P::ManageWebhooks),
    ("replays", P::ReadWebhooks, P::ManageWebhooks),
    ("resends", P::ReadWebhooks, P::ManageWebhooks),
    ("exchanges", P::ReadWebhooks, P::ReadWebhooks),
    ("requests", P::ReadWebhooks, P::ReadWebhooks),
    ("test", P::ReadPayments, P::TakePayments),
    ("connections", P::ReadConnections, P::ManageConnections),
    ("sweeps", P::ReadConnections, P::TakePayments),
    ("routing", P::ReadConnections, P::ManageRouting),
    ("fallbacks", P::ReadConnections, P::ManageConnections),
    ("balances", P::ReadBooks, P::ReadBooks),
    ("keys", P::ManageKeys, P::ManageKeys),
    ("customers", P::ReadPayments, P::TakePayments),
    ("saved_methods", P::ReadPayments, P::TakePayments),
];

/// Addresses that need something else, as the router names them.
const EXCEPTIONS: &[(&str, &str, Permission)] = &[
    ("GET", "/orders/export", P::Export),
    ("GET", "/payments/export", P::Export),
    ("GET", "/refunds/export", P::Export),
    ("POST", "/payments/{id}/refunds", P::Refund),
    // Asking the provider changes nothing that it does not say.
    ("POST", "/refunds/{id}/check", P::TakePayments),
    ("POST", "/connections/{id}/sweep", P::TakePayments),
    ("GET", "/connections/{id}/balance", P::ReadBooks),
    ("GET", "/events/{id}/deliveries", P::ReadWebhooks),
    // It decides into whose account the payers' money goes.
    ("PUT", "/routing/fallback", P::ManageConnections),
];

/// What a key needs to ask this. `None`: nobody said, so nobody may.
pub(super) fn needed(method: &Method, route: &str) -> Option<Permission> {
    let path = route.strip_prefix("/api/v1").unwrap_or(route);
    let exception = EXCEPTIONS.iter().find(|(m, p, _)| *m == method.as_str() && *p == path);
    if let Some((_, _, permission)) = exception {
        return Some(*permission);
    }
    let first = path.trim_start_matches('/').split('/').next()?;
    let (_, reads, changes) = TABLE.iter().find(|(word, ..)| *word == first)?;
    Some(if method.is_safe() { *reads } else { *changes })
}

/// Refuses a caller whose key lacks it.
pub(super) fn require(caller: &Caller, permission: Permission) -> Result<(), Error> {
    if caller.may.contains(&permission) {
        Ok(())
    } else {
        Err(Error::ScopeMissing { scope: permission.as_str() })
    }
}

/// Who may read an object may not read all that can be put beside it.
pub(super) fn expanded(caller: &Caller, wanted: &Wanted) -> Result<(), Error> {
    for (word, permission) in [("connection", P::ReadConnections), ("deliveries", P::ReadWebhooks)] {
        if wanted.names(word) {
            require(caller, permission)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read off the router's own table of contents.
    #[test]
    fn every_route_needs_something() {
        let mut count = 0;
        for line in include_str!("mod.rs").lines() {
            let Some(rest) = line.trim().strip_prefix(".route(\"") else { continue };
            let (path, handlers) = rest.split_once("\", ").expect("a path and its handlers");
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                if format!(" {handlers}").replace('.', " ").contains(&format!(" {}(", method.to_lowercase()))
                {
                    let method = method.parse().expect("a method");
                    assert!(needed(&method, path).is_some(), "say in TABLE what {method} {path} needs");
                    count += 1;
                }
            }
        }
        assert!(count > 40, "the file has another form now");
    }

    #[test]
    fn exceptions_are_routes() {
        let source = include_str!("mod.rs");
        for (_, path, _) in EXCEPTIONS {
            assert!(source.contains(&format!(".route(\"{path}\"")), "{path}");
        }
    }

    #[test]
    fn reading_changes_nothing() {
        let of = |method: &str, path: &str| needed(&method.parse().expect("a method"), path);
        assert_eq!(of("GET", "/api/v1/payments/{id}"), Some(P::ReadPayments));
        assert_eq!(of("POST", "/api/v1/payments"), Some(P::TakePayments));
        assert_eq!(of("POST", "/api/v1/payments/{id}/refunds"), Some(P::Refund));
        assert_eq!(of("PATCH", "/api/v1/connections/{id}"), Some(P::ManageConnections));
        assert_eq!(of("GET", "/api/v1/payments/export"), Some(P::Export));
        assert_eq!(of("GET", "/api/v1/something"), None);
        assert_eq!(of("GET", "/"), None);
    }
}
