use proptest::prelude::*;

use super::*;

/// A snapshot of what stands between head and end.
fn snapshot(body: &[u8]) -> Vec<u8> {
    let mut bytes = [b"REDIS0011", body, &[0xFF]].concat();
    let mut checksum = Crc64::default();
    checksum.update(&bytes);
    bytes.extend(checksum.value().to_le_bytes());
    bytes
}

fn read(bytes: &[u8]) -> Result<Vec<Entry>, RdbError> {
    let mut rdb = Rdb::open(bytes, true)?;
    let mut all = Vec::new();
    while let Some(entry) = rdb.next_entry()? {
        all.push(entry);
    }
    Ok(all)
}

#[test]
fn a_key_comes_with_its_database_its_end_and_its_value_as_it_stands() {
    let body = [
        // used-mem is 5; database 2; it expires at 1000 ms; a string "ab" under "k".
        &[0xFA, 8][..],
        b"used-mem",
        &[1, b'5', 0xFE, 2, 0xFC],
        &1000_i64.to_le_bytes(),
        &[0, 1, b'k', 2, b'a', b'b'],
        // In seconds; under the number 7.
        &[0xFD],
        &3_i32.to_le_bytes(),
        &[0, 0xC0, 7, 0xC1, 1, 0],
    ]
    .concat();
    let bytes = snapshot(&body);
    let mut rdb = Rdb::open(&bytes[..], true).unwrap();
    let first = rdb.next_entry().unwrap().unwrap();
    assert_eq!((first.database, &first.key[..]), (2, &b"k"[..]));
    assert_eq!((first.expires_at_ms, first.value_bytes), (Some(1000), 3));
    let dump = first.dump.unwrap();
    assert_eq!(dump[..6], [0, 2, b'a', b'b', 11, 0]);
    assert_eq!(dump.len(), 14);
    let second = rdb.next_entry().unwrap().unwrap();
    assert_eq!(
        (&second.key[..], second.expires_at_ms),
        (&b"7"[..], Some(3000))
    );
    assert_eq!(rdb.next_entry().unwrap(), None);
    assert_eq!(rdb.used_memory(), Some(5));
}

#[test]
fn what_is_not_known_is_named_before_anything_is_made_of_it() {
    for (body, part) in [
        (&[0xF7, 1][..], "data of a module"),
        (&[7, 1, b'k'], "a type of value (number 7)"),
        (&[24, 1, b'k'], "a type of value (number 24)"),
        (&[15, 1, b'k'], "a type of value (number 15)"),
        // A name of 2^63 bytes.
        (&[0, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0], "a name is too long"),
        (&[0, 0xC4], "a length is none"),
        // A value of 2^40 bytes that are not there.
        (&[0, 1, b'k', 0x81, 0, 0, 1, 0, 0, 0, 0, 0], "cut off"),
    ] {
        let said = read(&snapshot(body)).unwrap_err().to_string();
        assert!(said.contains(part), "{body:?}: {said}");
    }
    for (bytes, part) in [
        (&b"REDIS0009\xFF"[..], "version 9"),
        (b"REDIS0099\xFF", "version 99"),
        (b"RDESKBAK0", "no snapshot"),
        (b"REDIS", "cut off"),
    ] {
        let said = read(bytes).unwrap_err().to_string();
        assert!(said.contains(part), "{said}");
    }
    let mut wrong = snapshot(&[]);
    wrong[10] ^= 1;
    assert!(read(&wrong).is_err(), "the checksum");
    assert!(
        read(&[&snapshot(&[])[..], b"x"].concat()).is_err(),
        "something behind it"
    );
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&snapshot(&body));
    }
}
