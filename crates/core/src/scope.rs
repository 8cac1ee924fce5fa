//! Whose data, in which mode, and who may do what with it.

use crate::ids::{MerchantId, OrganizationId};
use std::fmt;
use std::str::FromStr;

/// Test or live. Part of every key, so that the two never mix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    Test,
    Live,
}

impl Mode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    pub const fn is_live(self) -> bool {
        matches!(self, Self::Live)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Neither `test` nor `live`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownMode;

impl FromStr for Mode {
    type Err = UnknownMode;

    fn from_str(text: &str) -> Result<Self, UnknownMode> {
        match text {
            "test" => Ok(Self::Test),
            "live" => Ok(Self::Live),
            _ => Err(UnknownMode),
        }
    }
}

/// The right to one merchant's data in one mode. Every read of tenant data asks for one.
///
/// It is made in two places only: by authentication (a key, a session), and from a row that is being worked on
/// (a job, a notice at a connection's own address, an order behind its unguessable link).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    merchant: MerchantId,
    mode: Mode,
}

impl Scope {
    /// For authentication: the credential proved who is asking.
    pub const fn authenticated(merchant: MerchantId, mode: Mode) -> Self {
        Self { merchant, mode }
    }

    /// For work on a row: the row says whose it is.
    pub const fn of_row(merchant: MerchantId, mode: Mode) -> Self {
        Self { merchant, mode }
    }

    pub const fn merchant(self) -> MerchantId {
        self.merchant
    }

    pub const fn mode(self) -> Mode {
        self.mode
    }
}

/// What a person is in the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    PlatformAdmin,
    /// Reads everything, changes nothing.
    PlatformSupport,
    OrganizationAdmin,
    Manager,
    Staff,
    /// Reconciliation, payouts, exports.
    Finance,
    /// Keys, webhooks, logs.
    Developer,
}

/// How far a role reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    Platform,
    Organization(OrganizationId),
    Merchant(MerchantId),
}

/// One thing that a person or a key can be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    ReadPayments,
    /// Orders, payments, captures, voids, "check now".
    TakePayments,
    Refund,
    ReadConnections,
    ManageConnections,
    ReadWebhooks,
    ManageWebhooks,
    ManageKeys,
    ManageUsers,
    ReadBooks,
    /// Lists as files.
    Export,
    ManageRouting,
}

use Permission as P;

/// Who may do what: the whole table, at one glance.
///
/// | | payments | take | refund | connections | manage | webhooks | manage | keys | users | books | export | routing |
pub const ROLES: &[(Role, &[Permission])] = &[
    (Role::PlatformAdmin, Permission::ALL),
    (Role::PlatformSupport, &[P::ReadPayments, P::ReadConnections, P::ReadWebhooks, P::ReadBooks]),
    (Role::OrganizationAdmin, Permission::ALL),
    (Role::Manager, Permission::ALL),
    (Role::Staff, &[P::ReadPayments, P::TakePayments]),
    (Role::Finance, &[P::ReadPayments, P::Refund, P::ReadConnections, P::ReadBooks, P::Export]),
    (
        Role::Developer,
        &[P::ReadPayments, P::ReadConnections, P::ReadWebhooks, P::ManageWebhooks, P::ManageKeys],
    ),
];

impl Permission {
    pub const ALL: &[Self] = &[
        P::ReadPayments,
        P::TakePayments,
        P::Refund,
        P::ReadConnections,
        P::ManageConnections,
        P::ReadWebhooks,
        P::ManageWebhooks,
        P::ManageKeys,
        P::ManageUsers,
        P::ReadBooks,
        P::Export,
        P::ManageRouting,
    ];

    /// What a key can be given. People are managed by people.
    pub const OF_KEYS: &[Self] = &[
        P::ReadPayments,
        P::TakePayments,
        P::Refund,
        P::ReadConnections,
        P::ManageConnections,
        P::ReadWebhooks,
        P::ManageWebhooks,
        P::ManageKeys,
        P::ReadBooks,
        P::Export,
        P::ManageRouting,
    ];

    /// What a key may do that was made without a word about it: all but what would let whoever stole it stay, or have
    /// money go elsewhere.
    pub const USUAL_OF_KEYS: &[Self] = &[
        P::ReadPayments,
        P::TakePayments,
        P::Refund,
        P::ReadConnections,
        P::ReadWebhooks,
        P::ManageWebhooks,
        P::ReadBooks,
        P::Export,
        P::ManageRouting,
    ];

    /// Its name among a key's scopes.
    pub const fn as_str(self) -> &'static str {
        match self {
            P::ReadPayments => "payments:read",
            P::TakePayments => "payments:write",
            P::Refund => "refunds:write",
            P::ReadConnections => "connections:read",
            P::ManageConnections => "connections:write",
            P::ReadWebhooks => "webhooks:read",
            P::ManageWebhooks => "webhooks:write",
            P::ManageKeys => "keys:write",
            P::ManageUsers => "users:write",
            P::ReadBooks => "books:read",
            P::Export => "exports:read",
            P::ManageRouting => "routing:write",
        }
    }
}

/// Not a scope's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownPermission;

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        Self::ALL.iter().copied().find(|p| p.as_str() == text).ok_or(UnknownPermission)
    }
}

impl Role {
    pub const ALL: &[Self] = &[
        Self::PlatformAdmin,
        Self::PlatformSupport,
        Self::OrganizationAdmin,
        Self::Manager,
        Self::Staff,
        Self::Finance,
        Self::Developer,
    ];

    pub fn allows(self, permission: Permission) -> bool {
        ROLES.iter().any(|(role, list)| *role == self && list.contains(&permission))
    }

    /// What a person of this role can give a key: no more than the role itself allows. Else whoever may make keys could
    /// give money back, or send it elsewhere, by a key of their own making.
    pub fn gives(self) -> Vec<Permission> {
        Permission::OF_KEYS.iter().copied().filter(|p| self.allows(*p)).collect()
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PlatformAdmin => "platform_admin",
            Self::PlatformSupport => "platform_support",
            Self::OrganizationAdmin => "organization_admin",
            Self::Manager => "manager",
            Self::Staff => "staff",
            Self::Finance => "finance",
            Self::Developer => "developer",
        }
    }
}

/// Not a role's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.iter().copied().find(|r| r.as_str() == text).ok_or(UnknownRole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_stands_in_the_table_once() {
        for role in Role::ALL {
            assert_eq!(ROLES.iter().filter(|(r, _)| r == role).count(), 1, "{role:?}");
            assert_eq!(role.as_str().parse(), Ok(*role));
        }
    }

    #[test]
    fn a_key_is_given_no_more_than_it_can_have() {
        assert!(Permission::USUAL_OF_KEYS.iter().all(|p| Permission::OF_KEYS.contains(p)));
        let withheld = [P::ManageConnections, P::ManageKeys, P::ManageUsers];
        assert!(withheld.iter().all(|p| !Permission::USUAL_OF_KEYS.contains(p)));
        assert!(!Permission::OF_KEYS.contains(&P::ManageUsers));
        for permission in Permission::ALL {
            assert_eq!(permission.as_str().parse(), Ok(*permission));
        }
    }

    #[test]
    fn nobody_gives_a_key_more_than_they_have() {
        assert_eq!(Role::Manager.gives(), Permission::OF_KEYS);
        let developer = Role::Developer.gives();
        assert!(developer.contains(&P::ManageKeys) && !developer.contains(&P::Refund));
        for role in Role::ALL {
            assert!(!role.gives().contains(&P::ManageUsers), "{role:?}");
            assert!(role.gives().iter().all(|p| role.allows(*p)), "{role:?}");
        }
    }

    #[test]
    fn support_changes_nothing_and_staff_refunds_nothing() {
        let changes = [
            P::TakePayments,
            P::Refund,
            P::ManageConnections,
            P::ManageWebhooks,
            P::ManageKeys,
            P::ManageUsers,
            P::ManageRouting,
        ];
        assert!(changes.iter().all(|p| !Role::PlatformSupport.allows(*p)));
        assert!(!Role::Staff.allows(P::Refund));
        assert!(!Role::Developer.allows(P::Refund));
    }
}
