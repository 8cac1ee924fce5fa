//! What becomes of an opening that takes two calls: an order, which stands, and a `upi://` link beneath it.

use crate::contract::{Handle, Opened};
use crate::wire::Called;

/// Whatever became of the second call, the order is open and can be paid on its page; and a link that we never got was
/// never shown. So where there is none, the payer is sent to the page.
pub(crate) fn by_upi(page: Opened, link: Called<Option<String>>) -> Opened {
    match link.ok().flatten().filter(|link| link.starts_with("upi://")) {
        Some(link) => Opened { handle: Handle::Upi { link }, ..page },
        None => page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::doubt::refused;

    #[test]
    fn what_has_no_link_is_paid_on_its_page() {
        let page = || {
            let handle = Handle::Redirect { url: "https://a.example".to_owned() };
            Opened { provider_order: "order_1".to_owned(), handle }
        };
        let link = "upi://pay?pa=a@b".to_owned();
        let opened = by_upi(page(), Ok(Some(link.clone())));
        assert_eq!((opened.provider_order.as_str(), opened.handle), ("order_1", Handle::Upi { link }));
        for none in [Ok(None), Ok(Some("https://a.example".to_owned())), Err(refused("x"))] {
            assert_eq!(by_upi(page(), none), page());
        }
    }
}
