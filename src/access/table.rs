//! Who may call what: one row a method, and nothing beside it. The gate, the table in `docs/API.md` and the tests follow it.
//!
//! A method without a row is refused to everyone, and fails a test that holds the rows against the proto files.

use super::role::Role::{self, Admin, Moderator, PrivacyOfficer, SeniorModerator, Submitter};

/// For which sites a key must be good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// For each site that the request names.
    Named,
    /// For any: the answer, or what is changed, stays within the key's own sites.
    Own,
    /// For all, those too that are yet to come.
    All,
}

impl Reach {
    /// As the table in the docs says it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Named => "the sites named",
            Self::Own => "its own sites",
            Self::All => "all sites",
        }
    }
}

type Roles = &'static [Role];

const ANY: Roles = &[Submitter, Moderator, SeniorModerator, Admin];
/// Those and who has to find what a data subject wrote.
const READER: Roles = &[Submitter, Moderator, SeniorModerator, Admin, PrivacyOfficer];
const BLOG: Roles = &[Submitter, Admin];
const DESK: Roles = &[Moderator, SeniorModerator, Admin];
const EDITOR: Roles = &[Admin];
/// An admin is none: who runs the service need not see whom it serves.
const OFFICER: Roles = &[PrivacyOfficer];
/// Who sets how long what is kept, and who answers for it.
const KEEPER: Roles = &[Admin, PrivacyOfficer];
const AUDITOR: Roles = &[Moderator, SeniorModerator, Admin, PrivacyOfficer];

/// Makes the methods and what is known of each from the rows.
macro_rules! table {
    ($($service:literal { $($method:ident $roles:ident $reach:ident)+ })+) => {
        /// A method of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Method {
            $($(
                #[doc = concat!("`", $service, "/", stringify!($method), "`")]
                $method,
            )+)+
        }

        impl Method {
            /// All, service by service.
            pub const ALL: &[Self] = &[$($(Self::$method),+),+];

            /// The method at a request's path, such as `/replydesk.v1.SiteService/GetSite`.
            #[must_use]
            pub fn at(path: &str) -> Option<Self> {
                match path {
                    $($(concat!("/replydesk.v1.", $service, "/", stringify!($method)) => Some(Self::$method),)+)+
                    _ => None,
                }
            }

            /// `Service/Method`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $($(Self::$method => concat!($service, "/", stringify!($method)),)+)+
                }
            }

            /// Who may call it.
            #[must_use]
            pub fn roles(self) -> &'static [Role] {
                match self {
                    $($(Self::$method => $roles,)+)+
                }
            }

            /// Where.
            #[must_use]
            pub fn reach(self) -> Reach {
                match self {
                    $($(Self::$method => Reach::$reach,)+)+
                }
            }
        }
    };
}

table! {
    "CommentService" {
        SubmitComment         BLOG    Named
        GetComment            READER  Named
        ListComments          READER  Named
        CountComments         ANY     Named
        WatchEvents           ANY     Named
        ListEvents            ANY     Named
        GetTransparencyReport ANY     Named
        ReportComment         BLOG    Named
        RetractComment        BLOG    Named
        ReviseComment         BLOG    Named
        AppealComment         BLOG    Named
    }
    "ModerationService" {
        WorkQueue             DESK    Named
        ListModeratedSites    DESK    Own
        ListQueue             DESK    Named
        DecideComment         DESK    Named
        UndoDecision          DESK    Named
        BulkDecide            DESK    Named
        UndoBulkDecision      DESK    Named
        ListBulkChanges       DESK    Named
        RedactComment         DESK    Named
        GetReviewContext      DESK    Named
        SetAuthorStanding     DESK    Named
        GetAuthorStanding     DESK    Named
        ListStandings         DESK    Named
        AddAuthorNote         DESK    Named
        ListAuditEntries      AUDITOR Named
        GetQueueStats         DESK    Named
    }
    "SiteService" {
        CreateSite            EDITOR  All
        GetSite               EDITOR  Named
        ListSites             KEEPER  Own
        UpdateSite            EDITOR  Named
        CloseThread           DESK    Named
        SetThreadPolicy       DESK    Named
        GetThread             DESK    Named
        CreateKey             EDITOR  Named
        RotateKey             EDITOR  Own
        ListKeys              EDITOR  Own
        RevokeKey             EDITOR  Own
        GetModelStatus        EDITOR  Own
        ImportComments        EDITOR  Named
        BacktestPolicy        EDITOR  Named
    }
    "PrivacyService" {
        RevealContact         OFFICER Named
        ExportSubject         OFFICER Named
        EraseSubject          OFFICER Named
        SetLegalHold          OFFICER Named
        PreviewRetention      KEEPER  Named
        ListDataKeys          OFFICER Named
        ReplaceDataKeys       OFFICER Named
    }
}

/// The rows as `docs/API.md` has them, in Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from("| method |");
    for role in Role::ALL {
        text.push_str(&format!(" {} |", role.word()));
    }
    text.push_str(" key good for |\n|---|");
    text.push_str(&"---|".repeat(Role::ALL.len() + 1));
    for method in Method::ALL {
        text.push_str(&format!("\n| `{}` |", method.name()));
        for role in Role::ALL {
            text.push_str(if method.roles().contains(&role) {
                " yes |"
            } else {
                " |"
            });
        }
        text.push_str(&format!(" {} |", method.reach().word()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_docs_have_this_table() {
        let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/API.md"));
        let table = markdown();
        let has = docs.unwrap().contains(&table);
        assert!(has, "docs/API.md must have this table:\n\n{table}\n");
    }

    #[test]
    fn a_path_leads_to_its_method() {
        for method in Method::ALL {
            let path = format!("/replydesk.v1.{}", method.name());
            assert_eq!(Method::at(&path), Some(*method));
        }
        for none in ["", "/", "/replydesk.v1.SiteService/", "SiteService/GetSite"] {
            assert_eq!(Method::at(none), None, "{none}");
        }
    }
}
