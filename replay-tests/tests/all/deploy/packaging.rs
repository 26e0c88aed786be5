//! The package as text: that its units are hardened, start the program in the role they say, and
//! that nothing in it takes data away. `api/packaging/test-package` installs it for real.

use api::config::File;

use crate::tidy::tree;

/// What every unit must say.
const HARDENING: &[&str] = &[
    "User=crowdminder",
    "StateDirectory=crowdminder",
    "StateDirectoryMode=0700",
    "UMask=0077",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectControlGroups=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces=yes",
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources",
];

fn packaged(name: &str) -> String {
    let path = format!("api/packaging/{name}");
    tree::files().remove(&path).unwrap_or_else(|| panic!("{path} is missing"))
}

#[test]
fn every_unit_is_hardened_and_waits_for_nobody() {
    for unit in ["crowdminder", "crowdminder-api", "crowdminder-worker", "crowdminder-migrate"] {
        let text = packaged(&format!("systemd/{unit}.service"));
        for line in HARDENING {
            assert!(text.lines().any(|it| it == *line), "{unit}: {line}");
        }
        assert!(!text.contains("Requires="), "{unit}: a database that is away is waited for");
        let serves = unit != "crowdminder-migrate";
        assert_eq!(text.contains("Type=notify\n"), serves, "{unit}");
        assert_eq!(text.contains("WatchdogSec="), serves, "{unit}");
        let role = unit.strip_prefix("crowdminder-").unwrap_or("all");
        let does = if serves { format!("serve --role {role}\n") } else { "migrate\n".to_owned() };
        assert!(text.contains(&does), "{unit}: {does}");
    }
}

#[test]
fn the_configuration_that_is_installed_can_be_read_with_all_it_suggests() {
    let text = packaged("crowdminder.toml");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("crowdminder.toml");
    // A line that begins with # and no space is a suggestion.
    let suggested: String = text
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
            Some(_) | None => format!("{line}\n"),
        })
        .collect();
    for text in [text, suggested] {
        std::fs::write(&path, text).expect("own folder");
        let file = File::find(Some(&path)).expect("it can be read");
        assert_eq!(file.data_dir.expect("it says where").to_str(), Some("/var/lib/crowdminder"));
    }
}

#[test]
fn no_script_of_the_package_takes_data_away() {
    for script in ["postinst", "prerm", "postrm"] {
        let text = packaged(&format!("debian/{script}"));
        let commands = text.lines().filter(|line| !line.trim_start().starts_with(['#']));
        for line in commands.filter(|line| !line.contains("echo ")) {
            for word in ["rm ", "rmdir", "deluser", "userdel", "dropdb", "drop "] {
                assert!(!line.contains(word), "{script}: {line}");
            }
        }
    }
}
