//! Canaries at the door: in headers, tokens and certificates, in what is no message, and in what is too large.

use replydesk::proto::v1;
use serde_json::json;
use tonic::transport::{ClientTlsConfig, Endpoint};

use super::{raw::Caller, replica::Replica, scene::Scene};
use crate::{
    harness::{
        certificates::{Authority, somebody},
        clients::Client,
        comments::nth,
    },
    tokens::provider::{Signer, claims, now, signed_part, with},
};

const GET: &str = "/replydesk.v1.CommentService/GetComment";
const SUBMIT: &str = "/replydesk.v1.CommentService/SubmitComment";

/// Headers of every kind, with a key and without.
pub async fn headers(scene: &Scene) {
    let email = |name: &str| scene.aviary.email(format!("the header {name}"));
    let keyed = Caller::with_key(scene.address(), &scene.admin_key);
    let endpoint = || Endpoint::from_shared(format!("http://{}", scene.address())).unwrap();
    let nobody = Caller::of(endpoint());
    let mut tries = Vec::new();
    for name in [
        "x-request-id",
        "x-forwarded-for",
        "forwarded",
        "traceparent",
        "cookie",
        "x-canary",
        "grpc-timeout",
        "grpc-encoding",
        "grpc-accept-encoding",
        "content-type",
        "x-canary-bin",
        "grpc-trace-bin",
        "grpc-tags-bin",
    ] {
        for caller in [&keyed, &nobody] {
            tries.push((caller.with(name, email(name).as_bytes()), GET.to_owned()));
            let ip = scene.aviary.ip(format!("the header {name}"));
            tries.push((caller.with(name, ip.as_bytes()), GET.to_owned()));
        }
    }
    let name = "authorization";
    for scheme in [
        "",
        "Bearer ",
        "Basic ",
        "bearer\t",
        "Bearer rd_0102030405060708_",
    ] {
        let value = format!("{scheme}{}", email(name));
        tries.push((nobody.with(name, value.as_bytes()), GET.to_owned()));
    }
    let broken = [email(name).as_bytes(), &[0xFF, 0xFE]].concat();
    tries.push((nobody.with(name, &broken), GET.to_owned()));
    let browser = scene.aviary.user_agent("the header user-agent");
    let known = Caller::of(endpoint().user_agent(browser).unwrap());
    tries.push((known, GET.to_owned()));
    let origin = format!("http://{}", email("host").replace('@', "."));
    let elsewhere = Caller::of(endpoint().origin(origin.parse().unwrap()));
    tries.push((elsewhere, GET.to_owned()));
    for path in ["/replydesk.v1.CommentService/", "/replydesk.v1.", "/"] {
        let path = format!("{path}{}", scene.aviary.email("a method's name"));
        tries.extend([(keyed.clone(), path.clone()), (nobody.clone(), path)]);
    }
    for (caller, path) in tries {
        scene
            .heard
            .hear(&caller.call(&path, vec![Vec::new()]).await);
    }
}

/// Tokens that are refused, with a canary in each claim and each part of the head.
pub async fn tokens(scene: &Scene) {
    let email = |what: &str| scene.aviary.email(format!("a token's {what}"));
    let good = claims("ada", &["operators"]);
    let mut tokens = Vec::new();
    for claim in ["iss", "aud", "sub", "exp", "nbf", "iat", "groups"] {
        let claims = with(good.clone(), claim, json!(email(claim)));
        tokens.push(scene.signer.token(&claims));
    }
    let lead = claims("ada", &["desk-lead"]);
    let lead = with(lead, "desk_sites", json!(email("desk_sites")));
    tokens.push(scene.signer.token(&lead));
    // Refused for something else, with an address in what is not looked at, or not any more.
    let over = with(good.clone(), "exp", json!(now() - 3_600));
    for claim in ["email", "sub", "jti", "name"] {
        let claims = with(over.clone(), claim, json!(email(claim)));
        tokens.push(scene.signer.token(&claims));
        tokens.push(Signer::es256("canary").token(&claims));
    }
    for part in ["kid", "alg", "jku", "typ", "crit"] {
        let mut head = json!({"alg": "ES256", "kid": "canary"});
        head[part] = json!(email(part));
        // An unknown member of the head is passed over: the claims are bad.
        tokens.push(scene.signer.sign(&head.to_string(), &over.to_string()));
    }
    let unsigned = with(good.clone(), "sub", json!(email("sub")));
    let none = r#"{"alg":"none"}"#;
    tokens.push(format!("{}.", signed_part(none, &unsigned.to_string())));
    let large = json!(email("x").repeat(400));
    tokens.push(scene.signer.token(&with(good, "x", large)));
    for token in tokens {
        let client = Client::new(scene.address(), Some(&token));
        let answer = client.events("gazette", "").await;
        assert!(answer.is_err(), "a bad token is good");
        scene.heard.hear(&answer);
    }
}

/// What is no message, or more than one may be.
pub async fn messages(scene: &Scene) {
    let caller = Caller::with_key(scene.address(), &scene.admin_key);
    let mut messages = Vec::new();
    for what in ["text", "a cut message", "no UTF-8", "a wrong type"] {
        let email = scene.aviary.email(format!("what is no message: {what}"));
        messages.push(match what {
            "text" => email.into_bytes(),
            // Field 1 says that it is longer than what comes.
            "a cut message" => [&[0x0A, 0x7F], email.as_bytes()].concat(),
            "no UTF-8" => [&[0x0A, 0x40, 0xFF], email.as_bytes(), &[0xFF; 64]].concat(),
            _ => [&[0x08, 0x01, 0x0D], email.as_bytes()].concat(),
        });
    }
    let large = scene.aviary.email("a message that is too large");
    messages.push(large.repeat(300_000 / large.len()).into_bytes());
    for message in messages {
        for path in [SUBMIT, GET, "/replydesk.v1.ModerationService/WorkQueue"] {
            let answer = caller.call(path, vec![message.clone()]).await;
            assert!(answer.is_err(), "bad bytes are taken");
            scene.heard.hear(&answer);
        }
    }
    for field in ["body", "email"] {
        let mut request = nth("gazette", 0);
        let text = scene
            .aviary
            .email(format!("a submission too large by its {field}"));
        let text = text.repeat(300_000 / text.len());
        match field {
            "body" => request.body = text,
            _ => request.author.as_mut().unwrap().email = text,
        }
        scene.heard.hear(&scene.admin().submit(request).await);
    }
}

/// Certificates that nobody trusts, or that stand for nobody, and a server's name that is an address.
pub async fn certificates(scene: &Scene, replica: &Replica) {
    let (ours, foreign) = (&replica.authority, Authority::new("another"));
    for authority in [ours, &foreign] {
        let name = |kind: &str| scene.aviary.email(format!("a certificate's {kind}"));
        for name in [
            name("e-mail address"),
            format!("mailto://{}", name("URI")),
            name("DNS name").replace(['@', '+'], "."),
        ] {
            let shown = authority.client(&name);
            let client = somebody(replica.process.address, ours, Some(&shown), None);
            let request = v1::ListEventsRequest {
                site: "gazette".to_owned(),
                ..Default::default()
            };
            let answer = client.comments.clone().list_events(request).await;
            assert!(
                answer.is_err(),
                "a certificate that stands for nobody is good"
            );
            scene.heard.hear(&answer);
        }
    }
    let name = scene
        .aviary
        .email("the server's name that a client asks for");
    let config = ClientTlsConfig::new().domain_name(name.replace(['@', '+'], "."));
    let client = Client::over_tls(replica.process.address, None, config);
    let answer = client.events("gazette", "").await;
    assert!(answer.is_err(), "a server has every name");
}
