//! A contact as bytes, before it is sealed and after it is opened.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | which parts follow: 1 e-mail, 2 IPv4, 4 IPv6, 8 user agent by the phrase book, 16 user agent as it is; no other bits, no 2 with 4, no 8 with 16 |
//! | 1 + n | e-mail: its length and text |
//! | 4 or 16 | IP address |
//! | the rest | user agent |

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use zeroize::Zeroizing;

use crate::{
    comment::contact::Contact,
    privacy::{opened::OpenedContact, user_agent},
};

const EMAIL: u8 = 1;
const IPV4: u8 = 2;
const IPV6: u8 = 4;
const AGENT_PACKED: u8 = 8;
const AGENT_PLAIN: u8 = 16;

/// The most that [`append`] writes: 254 bytes of e-mail and 1,024 of user agent.
pub(super) const MOST: usize = 1 + 1 + 254 + 16 + 1_024;

/// Appends the contact's bytes, at most [`MOST`].
pub(super) fn append(contact: &Contact, out: &mut Vec<u8>) {
    let at = out.len();
    out.push(0);
    let mut parts = 0;
    if let Some(email) = &contact.email {
        let text = email.expose().as_bytes();
        // An EmailAddress has at most 254 bytes.
        out.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(text);
        parts |= EMAIL;
    }
    match contact.ip.map(|ip| ip.expose()) {
        Some(IpAddr::V4(ip)) => {
            out.extend_from_slice(&ip.octets());
            parts |= IPV4;
        }
        Some(IpAddr::V6(ip)) => {
            out.extend_from_slice(&ip.octets());
            parts |= IPV6;
        }
        None => {}
    }
    if let Some(agent) = &contact.user_agent {
        parts |= match user_agent::pack(agent.expose(), out) {
            Some(()) => AGENT_PACKED,
            None => {
                out.extend_from_slice(agent.expose().as_bytes());
                AGENT_PLAIN
            }
        };
    }
    out[at] = parts;
}

/// `None` for bytes that [`append`] never writes.
pub(super) fn read(bytes: &[u8]) -> Option<OpenedContact> {
    let (&parts, mut rest) = bytes.split_first()?;
    let both = |a, b| parts & a != 0 && parts & b != 0;
    let known = EMAIL | IPV4 | IPV6 | AGENT_PACKED | AGENT_PLAIN;
    if parts & !known != 0 || both(IPV4, IPV6) || both(AGENT_PACKED, AGENT_PLAIN) {
        return None;
    }
    let mut contact = OpenedContact::default();
    if parts & EMAIL != 0 {
        let (&length, behind) = rest.split_first()?;
        let (email, behind) = behind.split_at_checked(usize::from(length))?;
        contact.email = Some(text(email)?);
        rest = behind;
    }
    if parts & IPV4 != 0 {
        let (ip, behind) = rest.split_first_chunk::<4>()?;
        contact.ip = Some(Ipv4Addr::from(*ip).into());
        rest = behind;
    }
    if parts & IPV6 != 0 {
        let (ip, behind) = rest.split_first_chunk::<16>()?;
        contact.ip = Some(Ipv6Addr::from(*ip).into());
        rest = behind;
    }
    if parts & AGENT_PACKED != 0 {
        contact.user_agent = Some(Zeroizing::new(user_agent::unpack(rest)?));
    } else if parts & AGENT_PLAIN != 0 {
        contact.user_agent = Some(text(rest)?);
    } else if !rest.is_empty() {
        return None;
    }
    Some(contact)
}

fn text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_never_written_are_refused() {
        assert_eq!(read(&[0]), Some(OpenedContact::default()));
        for (bytes, why) in [
            (&[][..], "nothing"),
            (&[32], "an unknown part"),
            (&[IPV4 | IPV6; 21], "two addresses"),
            (&[AGENT_PACKED | AGENT_PLAIN, b'a'], "two user agents"),
            (&[EMAIL], "no length"),
            (&[EMAIL, 3, b'a', b'@'], "a short e-mail"),
            (&[EMAIL, 1, 0xff], "an e-mail that is no UTF-8"),
            (&[IPV4, 1, 2, 3], "a short IPv4 address"),
            (&[IPV6, 1, 2, 3, 4], "a short IPv6 address"),
            (&[IPV4, 1, 2, 3, 4, 5], "more than there is"),
            (&[AGENT_PACKED, 0xff], "a phrase of a later book"),
            (&[AGENT_PLAIN, 0xff], "a user agent that is no UTF-8"),
        ] {
            assert_eq!(read(bytes), None, "{why}");
        }
    }
}
