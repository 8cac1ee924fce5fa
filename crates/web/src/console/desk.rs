//! The desk at which a signed-in person sits: who they are, what they may do, and the frame of their pages.

use super::refused::Refused;
use super::session::token_of;
use crate::browser::see_other;
use crate::fields::{Fields, address};
use crate::pages::shell::{Merchant, Place, Shell};
use crate::web::{Asked, Web};
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use hundi_app::people::{self, SignedIn};
use hundi_app::{Actor, App, Error, home};
use hundi_core::scope::{Permission, Role};
use hundi_core::{Millis, Scope};
use std::sync::Arc;

/// A request of somebody who is signed in.
pub(super) struct Desk {
    pub(super) app: Arc<App>,
    pub(super) product: String,
    pub(super) person: SignedIn,
    pub(super) asked: Asked,
    /// This page's own address.
    path: String,
    done: Option<String>,
    searched: String,
}

impl FromRequestParts<Web> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let asked = Asked::from_request_parts(parts, web).await.unwrap_or_else(|never| match never {});
        let path = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        let fields = Fields::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let person = match token_of(&parts.headers, &web.settings) {
            Some(token) => people::who(&web.app, &token).await,
            None => Err(Error::SignInRefused),
        };
        let person = match person {
            Ok(person) => person,
            // After signing in a page is looked at again; a form is not sent again by itself.
            Err(Error::SignInRefused) if parts.method.is_safe() => {
                return Err(see_other(&address("/signin", &[("next", &path)])));
            }
            Err(Error::SignInRefused) => return Err(see_other("/signin")),
            Err(error) => return Err(Refused(error).into_response()),
        };
        Ok(Self {
            app: web.app.clone(),
            product: web.settings.product.clone(),
            person,
            asked,
            path,
            done: Done::said(fields.get("done")).map(str::to_owned),
            searched: fields.get("q").chars().take(100).collect(),
        })
    }
}

impl Desk {
    /// The scope, if the role allows this. Every handler asks once, before it reads anything.
    pub(super) fn may(&self, permission: Permission) -> Result<Scope, Refused> {
        Ok(self.person.may(permission)?)
    }

    pub(super) fn can(&self, permission: Permission) -> bool {
        self.person.can(permission)
    }

    pub(super) fn now(&self) -> Millis {
        self.app.now()
    }

    /// For the audit log.
    pub(super) fn actor(&self) -> Actor {
        Actor::new(format!("user:{}", self.person.person.id), self.asked.ip.to_string())
    }

    /// The frame of a page.
    pub(super) async fn shell(&self, here: Place) -> Result<Shell, Refused> {
        let in_doubt = match self.person.may(Permission::ReadPayments) {
            Ok(scope) => home::in_doubt(&self.app, scope).await?,
            Err(_) => 0,
        };
        let allowed = |place: &Place| self.can(needed(*place));
        let looking_at = self.person.merchant.id;
        let within_reach = people::reach(&self.app, &self.person).await?;
        let merchants = within_reach.into_iter().map(|m| Merchant {
            id: m.id.to_string(),
            current: m.id == looking_at,
            name: m.name,
        });
        Ok(Shell {
            product: self.product.clone(),
            merchant: self.person.merchant.name.clone(),
            organization: String::new(),
            merchants: merchants.collect(),
            user: self.person.person.name.clone(),
            role: role_word(self.person.person.role).to_owned(),
            mode: self.person.mode,
            here,
            places: Place::ALL.iter().copied().filter(allowed).collect(),
            in_doubt: u64::try_from(in_doubt).unwrap_or(0),
            path: self.path.clone(),
            searched: self.searched.clone(),
            done: self.done.clone(),
        })
    }
}

/// What a place of the menu asks for.
const fn needed(place: Place) -> Permission {
    match place {
        Place::Home | Place::Payments | Place::Customers => Permission::ReadPayments,
        Place::Connections | Place::Routing => Permission::ReadConnections,
        Place::Notices | Place::Endpoints | Place::Deliveries => Permission::ReadWebhooks,
        Place::Keys => Permission::ManageKeys,
    }
}

const fn role_word(role: Role) -> &'static str {
    match role {
        Role::PlatformAdmin => "Platform administrator",
        Role::PlatformSupport => "Platform support",
        Role::OrganizationAdmin => "Organization administrator",
        Role::Manager => "Manager",
        Role::Staff => "Staff",
        Role::Finance => "Finance",
        Role::Developer => "Developer",
    }
}

/// What was done, said once on the next page. Codes travel in the address, sentences do not: nobody can put words
/// into our mouth with a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    Checked,
    Captured,
    BegunAgain,
    LetGo,
    Refunded,
    Saved,
    Connected,
    Enabled,
    Disabled,
    Tested,
    Swept,
    Replayed,
    Resent,
    TestSent,
    Revoked,
    Forgotten,
    Erased,
    PolicySaved,
}

impl Done {
    const ALL: &[(Self, &str, &str)] = &[
        (Self::Checked, "checked", "Asked the provider. What it said is below."),
        (Self::Captured, "captured", "The provider was asked to take the money. What it said is below."),
        (Self::BegunAgain, "begun_again", "Begun. The payer goes on at their page, whose link is below."),
        (Self::LetGo, "let_go", "Called off. What becomes of the bank's hold is shown below."),
        (Self::Refunded, "refunded", "Refund asked for. What the provider said is below."),
        (Self::Saved, "saved", "Saved."),
        (Self::Connected, "connected", "Connected. The provider accepted the keys."),
        (Self::Enabled, "enabled", "Enabled."),
        (Self::Disabled, "disabled", "Disabled."),
        (Self::Tested, "tested", "Tested with a real call. What the provider said is below."),
        (Self::Swept, "swept", "The provider's list is read in a moment. What it holds is shown below."),
        (Self::Replayed, "replayed", "It is worked on again in a moment."),
        (Self::Resent, "resent", "It is sent again in a moment."),
        (Self::Revoked, "revoked", "Revoked. Whoever uses that key is refused from now on."),
        (Self::Forgotten, "forgotten", "It is charged no more. The provider is told in a moment."),
        (Self::Erased, "erased", "Erased. Ids and money stay."),
        (Self::PolicySaved, "policy_saved", "Saved. It counts for orders created from now on."),
        (Self::TestSent, "test_sent", "A test event is on its way."),
    ];

    fn said(code: &str) -> Option<&'static str> {
        Self::ALL.iter().find(|(_, c, _)| *c == code).map(|(.., sentence)| *sentence)
    }

    fn code(self) -> &'static str {
        Self::ALL.iter().find(|(done, ..)| *done == self).map_or("", |(_, code, _)| code)
    }

    /// Back to a page that says so.
    pub(super) fn at(self, path: &str) -> Response {
        see_other(&address(path, &[("done", self.code())]))
    }
}
