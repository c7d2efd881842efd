//! What an X.509 certificate says that rustls does not ask it.

use std::{
    net::IpAddr,
    time::{Duration, SystemTime},
};

use rustls::pki_types::CertificateDer;
use x509_cert::{
    Certificate,
    der::Decode,
    ext::pkix::{SubjectAltName, name::GeneralName},
};

use crate::access::certificate::ClientCertificate;

/// Not a certificate, or one that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no X.509 certificate that can be read")]
pub struct CertificateError;

/// When a certificate ends.
///
/// # Errors
/// It cannot be read.
pub fn ends_at(certificate: &CertificateDer<'_>) -> Result<SystemTime, CertificateError> {
    let certificate = read(certificate)?;
    let validity = certificate.tbs_certificate().validity();
    Ok(validity.not_after.to_system_time())
}

/// Whom a client's certificate names, by the subject's alternative names of the kinds DNS and URI. The common name says
/// nothing.
///
/// # Errors
/// It cannot be read.
pub fn of_client(certificate: &CertificateDer<'_>) -> Result<ClientCertificate, CertificateError> {
    let expires_at = ends_at(certificate)?;
    let certificate = read(certificate)?;
    let names = certificate
        .tbs_certificate()
        .get_extension::<SubjectAltName>();
    let names = names.map_err(|_| CertificateError)?;
    let names = names.map_or(Vec::new(), |(_, names)| names.0);
    let names = names.iter().filter_map(|name| match name {
        GeneralName::DnsName(name) | GeneralName::UniformResourceIdentifier(name) => {
            Some(name.as_str().to_owned())
        }
        GeneralName::OtherName(_)
        | GeneralName::Rfc822Name(_)
        | GeneralName::DirectoryName(_)
        | GeneralName::EdiPartyName(_)
        | GeneralName::IpAddress(_)
        | GeneralName::RegisteredId(_) => None,
    });
    Ok(ClientCertificate::new(names.collect(), expires_at))
}

/// The hosts and addresses that a server's certificate names.
///
/// # Errors
/// It cannot be read.
pub fn hosts(certificate: &CertificateDer<'_>) -> Result<Vec<String>, CertificateError> {
    let certificate = read(certificate)?;
    let names = certificate
        .tbs_certificate()
        .get_extension::<SubjectAltName>();
    let names = names.map_err(|_| CertificateError)?;
    let names = names.map_or(Vec::new(), |(_, names)| names.0);
    let host = |name: &GeneralName| match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
        GeneralName::IpAddress(octets) => address(octets.as_bytes()),
        GeneralName::UniformResourceIdentifier(_)
        | GeneralName::OtherName(_)
        | GeneralName::Rfc822Name(_)
        | GeneralName::DirectoryName(_)
        | GeneralName::EdiPartyName(_)
        | GeneralName::RegisteredId(_) => None,
    };
    Ok(names.iter().filter_map(host).collect())
}

fn address(octets: &[u8]) -> Option<String> {
    let four = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    let address = four.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from));
    address.ok().map(|address| address.to_string())
}

/// Whole days until then, 0 if it is over.
#[must_use]
pub fn days_left(ends_at: SystemTime, now: SystemTime) -> u64 {
    let left = ends_at.duration_since(now).unwrap_or(Duration::ZERO);
    left.as_secs() / 86_400
}

fn read(certificate: &CertificateDer<'_>) -> Result<Certificate, CertificateError> {
    Certificate::from_der(certificate).map_err(|_| CertificateError)
}
