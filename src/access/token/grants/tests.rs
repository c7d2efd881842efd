use serde_json::json;

use super::*;

const FILE: &str = r#"
[[grants]]
claim = "groups"
value = "gazette-desk"
role = "moderator"
sites = ["gazette"]

[[grants]]
claim = "groups"
value = "herald-desk"
role = "moderator"
sites = ["herald", "courier"]

[[grants]]
claim = ["realm_access", "roles"]
value = "desk-lead"
role = "senior_moderator"
sites_claim = "https://newsroom.example/sites"

[[grants]]
claim = "groups"
value = "operators"
role = "admin"
all_sites = true

[[grants]]
claim = "groups"
value = "privacy"
role = "privacy_officer"
all_sites = true
"#;

fn given(claims: Value) -> Result<(Role, Vec<String>), TokenError> {
    let grants: Grants = FILE.parse().unwrap();
    let found = grants.of(claims.as_object().unwrap());
    found.map(|(role, scope)| (role, scope.names()))
}

fn sites(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_most_senior_role_holds_on_the_sites_of_its_own_rows() {
    let lead = json!({"roles": ["desk-lead"]});
    for (claims, role, names) in [
        (
            json!({"groups": "gazette-desk"}),
            Role::Moderator,
            &["gazette"][..],
        ),
        (
            json!({"groups": ["herald-desk", "x", "gazette-desk"]}),
            Role::Moderator,
            &["courier", "gazette", "herald"],
        ),
        (
            json!({
                "groups": ["herald-desk"],
                "realm_access": lead,
                "https://newsroom.example/sites": ["gazette"],
            }),
            Role::SeniorModerator,
            &["gazette"],
        ),
        (
            json!({"groups": ["operators", "gazette-desk"]}),
            Role::Admin,
            &[],
        ),
        (json!({"groups": "privacy"}), Role::PrivacyOfficer, &[]),
    ] {
        assert_eq!(given(claims), Ok((role, sites(names))));
    }
}

#[test]
fn what_fits_no_row_gives_nothing() {
    let lead = |sites: Value| json!({"realm_access": {"roles": ["desk-lead"]}, "https://newsroom.example/sites": sites});
    let many: Vec<_> = (0..101).map(|n| format!("site-{n}")).collect();
    for (claims, error) in [
        (json!({}), TokenError::NoGrant),
        (json!({"groups": []}), TokenError::NoGrant),
        (
            json!({"groups": ["Operators", "operators "]}),
            TokenError::NoGrant,
        ),
        (json!({"realm_access": ["desk-lead"]}), TokenError::NoGrant),
        (
            json!({"groups": ["privacy", "gazette-desk"]}),
            TokenError::Ambiguous,
        ),
        (json!({"groups": null}), TokenError::Roles),
        (json!({"groups": ["gazette-desk", 1]}), TokenError::Roles),
        (json!({"groups": {"gazette-desk": true}}), TokenError::Roles),
        (
            json!({"realm_access": {"roles": ["desk-lead"]}}),
            TokenError::Sites,
        ),
        (lead(json!([])), TokenError::Sites),
        (lead(json!("*")), TokenError::Sites),
        (lead(json!(["gazette", ""])), TokenError::Sites),
        (lead(json!(["gazette", "Herald"])), TokenError::Sites),
        (lead(json!(["gazette,herald"])), TokenError::Sites),
        (lead(json!([["gazette"]])), TokenError::Sites),
        (lead(json!({"gazette": true})), TokenError::Sites),
        (lead(json!(many)), TokenError::TooManySites),
    ] {
        assert_eq!(given(claims.clone()), Err(error), "{claims}");
    }
}

#[test]
fn everything_that_is_wrong_with_a_file_is_named() {
    let error = r#"
        grant = 1
        [[grants]]
        claim = "realm_access.roles"
        value = ""
        role = "submitter"
        site = "gazette"
        [[grants]]
        claim = []
        value = "x"
        role = "admin"
        all_sites = false
        [[grants]]
        value = 7
        role = "moderator"
        sites = []
        sites_claim = "s"
        [[grants]]
        claim = "g"
        value = "x"
        role = "moderator"
        sites = ["Gazette"]
        [[grants]]
        claim = "groups"
        value = "x"
        role = "moderator"
        sites = ["gazette"]
        [[grants]]
        claim = ["groups"]
        value = "x"
        role = "admin"
        all_sites = true
    "#
    .parse::<Grants>()
    .unwrap_err();
    insta::assert_snapshot!(error.to_string().replace("; ", "\n"));
}

#[test]
fn a_file_without_rows_is_refused() {
    for (text, says) in [
        ("", "there must be 1 to 200 [[grants]]"),
        ("grants = []", "there must be 1 to 200 [[grants]]"),
        ("grants = [1]", "grant 1 must be a table"),
        ("[grants]", "there must be 1 to 200 [[grants]]"),
        ("\n\n[[grants]", "line 3 is not valid TOML"),
    ] {
        let error = text.parse::<Grants>().unwrap_err().to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
    let row = "[[grants]]\nclaim = 'g'\nvalue = 'x'\nrole = 'admin'\nall_sites = true\n";
    let error = row.repeat(201).parse::<Grants>().unwrap_err().to_string();
    assert!(error.contains("there must be 1 to 200"), "{error}");
    assert!(row.parse::<Grants>().is_ok());
}
