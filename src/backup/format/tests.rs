use std::io::Read;

use super::{
    head::{End, Head, SourceHead},
    *,
};

fn head() -> Head {
    Head {
        schema: 1,
        schema_release: String::new(),
        taken_at_ms: 5,
        replydesk: "0.1.0".to_owned(),
        pepper: "p".to_owned(),
        privacy_key: "k".to_owned(),
    }
}

fn source(server: &str) -> SourceHead {
    SourceHead {
        server: server.to_owned(),
        database: 0,
    }
}

/// A backup of two servers.
fn written(data: &[u8]) -> (Vec<u8>, String) {
    let mut writer = FrameWriter::begin(Vec::new(), &head()).unwrap();
    for server in ["one", "two"] {
        writer.source(&source(server)).unwrap();
        data.chunks(1_000)
            .for_each(|part| writer.data(part).unwrap());
        writer.source_ends().unwrap();
    }
    writer.finish(&End::default()).unwrap()
}

fn read(bytes: &[u8]) -> Result<(Vec<Vec<u8>>, String), FormatError> {
    let mut reader = FrameReader::open(bytes)?;
    assert_eq!(reader.head(), &head());
    let mut all = Vec::new();
    while let Part::Source(_) = reader.next_part()? {
        let mut data = Vec::new();
        reader.read_to_end(&mut data).map_err(FormatError::Io)?;
        all.push(data);
    }
    Ok((all, reader.digest()))
}

#[test]
fn what_was_written_is_read_and_has_one_name() {
    for length in [0, 1, DATA_FRAME - 1, DATA_FRAME, 3 * DATA_FRAME + 7] {
        let data: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
        let (bytes, digest) = written(&data);
        assert_eq!(read(&bytes).unwrap(), (vec![data.clone(), data], digest));
    }
}

/// Where each frame begins, and behind them the end.
fn frames(bytes: &[u8]) -> Vec<usize> {
    let mut starts = vec![12];
    while let Some(start) = starts.last().copied().filter(|start| *start < bytes.len()) {
        let length = u32::from_le_bytes(bytes[start + 1..start + 5].try_into().unwrap());
        starts.push(start + 5 + length as usize + 32);
    }
    starts
}

#[test]
fn no_frame_can_be_left_out_or_come_twice_or_elsewhere() {
    let (bytes, _) = written(&vec![7; 2 * DATA_FRAME]);
    let starts = frames(&bytes);
    let frame = |n: usize| &bytes[starts[n]..starts[n + 1]];
    let count = starts.len() - 1;
    let with = |order: &[usize]| {
        let frames = order.iter().map(|n| frame(*n));
        [&bytes[..12]]
            .into_iter()
            .chain(frames)
            .collect::<Vec<_>>()
            .concat()
    };
    let right: Vec<usize> = (0..count).collect();
    assert!(read(&with(&right)).is_ok());
    for n in 0..count {
        let mut without = right.clone();
        without.remove(n);
        assert!(read(&with(&without)).is_err(), "without {n}");
        let mut twice = right.clone();
        twice.insert(n, n);
        assert!(read(&with(&twice)).is_err(), "{n} twice");
        let mut swapped = right.clone();
        swapped.swap(n, (n + 1) % count);
        assert!(read(&with(&swapped)).is_err(), "{n} and the next");
    }
}

#[test]
fn another_file_and_another_version_are_named() {
    let (mut bytes, _) = written(b"x");
    assert!(matches!(
        read(b"REDIS0010 and so on"),
        Err(FormatError::NotOne)
    ));
    bytes[8] = 2;
    assert!(matches!(read(&bytes), Err(FormatError::Version(2))));
}

#[test]
fn a_length_that_cannot_be_asks_for_no_memory() {
    let (mut bytes, _) = written(b"x");
    bytes[13..17].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(read(&bytes), Err(FormatError::Damaged { .. })));
}
