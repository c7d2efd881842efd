use super::*;

fn load(dir: &Path) -> Result<(Secrets, Vec<MadeFile>), SecretsError> {
    Secrets::load_or_make(dir, || {
        Ok(Zeroizing::new(format!("rd_{}", getrandom::u64()?)))
    })
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_first_start_makes_them_and_the_second_finds_them() {
    let root = tempfile::tempdir().unwrap();
    let data = root.path().join("data");
    let (first, made) = load(&data).unwrap();
    let (second, again) = load(&data).unwrap();
    assert_eq!(made.len(), 4);
    for file in &made {
        assert_eq!(mode(&file.path), 0o600, "{file:?}");
    }
    assert_eq!((mode(&data), mode(&data.join(DIRECTORY))), (0o700, 0o700));
    assert!(again.is_empty());
    assert_eq!(first.pepper.fingerprint(), second.pepper.fingerprint());
    assert_eq!(first.public_key, second.public_key);
    assert_eq!(first.admin_key, second.admin_key);
    assert!(second.private_key_is_here);
    assert_eq!(
        fs::read_dir(&data).unwrap().count(),
        1,
        "nothing is left over"
    );
    assert_eq!(format!("{first:?}"), "[redacted]");
}

#[test]
fn starts_that_race_agree() {
    let data = tempfile::tempdir().unwrap();
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| load(data.path()).unwrap()))
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let first = &results[0].0;
    assert!(results.iter().all(|(s, _)| s.admin_key == first.admin_key));
    assert_eq!(
        results.iter().filter(|(_, made)| !made.is_empty()).count(),
        1
    );
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 1);
}

#[test]
fn the_private_key_may_be_moved_away_and_nothing_else() {
    let data = tempfile::tempdir().unwrap();
    load(data.path()).unwrap();
    let dir = data.path().join(DIRECTORY);
    fs::remove_file(dir.join(PRIVATE_KEY)).unwrap();
    assert!(!load(data.path()).unwrap().0.private_key_is_here);
    for name in [PEPPER, PUBLIC_KEY, ADMIN_KEY] {
        let (path, aside) = (dir.join(name), data.path().join("aside"));
        fs::rename(&path, &aside).unwrap();
        let error = load(data.path()).unwrap_err();
        assert!(
            matches!(&error, SecretsError::Missing { path: p } if *p == path),
            "{error}"
        );
        assert!(!path.exists());
        fs::rename(&aside, &path).unwrap();
    }
    assert!(load(data.path()).is_ok());
}

#[test]
fn spoilt_and_open_ones_are_refused_without_being_repeated() {
    let data = tempfile::tempdir().unwrap();
    load(data.path()).unwrap();
    let dir = data.path().join(DIRECTORY);
    for name in [PEPPER, PUBLIC_KEY, ADMIN_KEY, PRIVATE_KEY] {
        let path = dir.join(name);
        let right = fs::read(&path).unwrap();
        let wrong = if name == ADMIN_KEY { "\n" } else { "hunter2!" };
        fs::write(&path, wrong).unwrap();
        let error = load(data.path()).unwrap_err();
        assert!(
            matches!(error, SecretsError::Spoilt { .. }),
            "{name}: {error}"
        );
        assert!(!error.to_string().contains("hunter2"));
        fs::write(&path, right).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = load(data.path()).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let other = OfficerPrivateKey::generate().unwrap();
    fs::write(dir.join(PRIVATE_KEY), other.to_text().as_str()).unwrap();
    let error = load(data.path()).unwrap_err().to_string();
    assert!(error.contains("does not belong to privacy.pub"), "{error}");
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = load(&file.path().join("data")).unwrap_err();
    assert!(error.to_string().contains("cannot be made"), "{error}");
}
