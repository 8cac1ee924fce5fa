//! What surrounds every console page: who is signed in, where, in which mode, and the ways to the other pages.

use super::format::initials;
use hundi_core::Mode;

/// The frame of a console page. Filled once per request, from the session.
#[derive(Clone, Debug)]
pub struct Shell {
    /// Whose installation this is: at the foot of the menu and in titles.
    pub product: String,
    pub merchant: String,
    /// The organization above the merchant; may be empty.
    pub organization: String,
    /// All that this person may look at: a choice where there are several.
    pub merchants: Vec<Merchant>,
    pub user: String,
    /// `Finance`
    pub role: String,
    pub mode: Mode,
    pub here: Place,
    /// The places this user may enter, in order: [`Place::ALL`], or fewer.
    pub places: Vec<Place>,
    /// Payments in doubt: a badge on the menu when there are any.
    pub in_doubt: u64,
    /// This page's own address: where the mode switch comes back to.
    pub path: String,
    /// What is searched for, so that the field keeps it.
    pub searched: String,
    /// Said once after an action: `Refund asked for.`
    pub done: Option<String>,
}

/// A merchant to look at.
#[derive(Clone, Debug)]
pub struct Merchant {
    pub id: String,
    pub name: String,
    pub current: bool,
}

/// A page of the menu. Only pages that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Home,
    Payments,
    Customers,
    Connections,
    Routing,
    Notices,
    Endpoints,
    Deliveries,
    Keys,
}

impl Place {
    pub const ALL: &[Self] = &[
        Self::Home,
        Self::Payments,
        Self::Customers,
        Self::Connections,
        Self::Routing,
        Self::Notices,
        Self::Endpoints,
        Self::Deliveries,
        Self::Keys,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Home => "Home",
            Self::Payments => "Payments",
            Self::Customers => "Customers",
            Self::Connections => "Connections",
            Self::Routing => "Routing",
            Self::Notices => "Webhooks in",
            Self::Endpoints => "Endpoints",
            Self::Deliveries => "Deliveries",
            Self::Keys => "API keys",
        }
    }

    pub const fn url(self) -> &'static str {
        match self {
            Self::Home => "/",
            Self::Payments => "/payments",
            Self::Customers => "/customers",
            Self::Connections => "/connections",
            Self::Routing => "/routing",
            Self::Notices => "/webhooks",
            Self::Endpoints => "/endpoints",
            Self::Deliveries => "/deliveries",
            Self::Keys => "/keys",
        }
    }

    pub const fn icon(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Payments => "pay",
            Self::Customers => "user",
            Self::Connections => "plug",
            Self::Routing => "route",
            Self::Notices => "pulse",
            Self::Endpoints => "code",
            Self::Deliveries => "out",
            Self::Keys => "lock",
        }
    }

    /// The heading above it in the menu.
    const fn group(self) -> &'static str {
        match self {
            Self::Home => "",
            Self::Payments | Self::Customers => "Money in",
            Self::Connections | Self::Routing => "Set up",
            Self::Notices | Self::Endpoints | Self::Deliveries | Self::Keys => "Developers",
        }
    }
}

/// One link of the menu, with the heading that starts its group.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub heading: Option<&'static str>,
    pub place: Place,
    pub current: bool,
    /// What waits there.
    pub badge: u64,
}

impl Shell {
    pub fn menu(&self) -> Vec<Entry> {
        let mut group = "";
        let mut entries = Vec::with_capacity(self.places.len());
        for place in self.places.iter().copied() {
            let heading = (place.group() != group).then_some(place.group());
            group = place.group();
            let badge = if place == Place::Payments { self.in_doubt } else { 0 };
            entries.push(Entry { heading, place, current: place == self.here, badge });
        }
        entries
    }

    pub fn can_enter(&self, place: Place) -> bool {
        self.places.contains(&place)
    }

    pub fn has_a_choice(&self) -> bool {
        self.merchants.len() > 1
    }

    pub const fn is_live(&self) -> bool {
        self.mode.is_live()
    }

    pub fn monogram(&self) -> String {
        initials(&self.merchant)
    }

    pub fn user_monogram(&self) -> String {
        initials(&self.user)
    }
}
