/// What lets systemd run the exchange, as units: the daemon's own, and the nightly look with its timer.
///
/// The daemon tells systemd when it is ready and that it lives (`Type=notify`, `WatchdogSec`). It may write nothing but the
/// exchange, sees no home, no device and no network, and has two capabilities: one to ask the kernel who still writes to a
/// partner's file, one to read a file whose sender gave it a mode that keeps everybody else out.

/// The units for one exchange.
struct ServiceUnits {
  /// Where the exchange lies, absolute.
  let root: String
  /// The configuration, where it does not lie in the exchange.
  var configuration: String?

  private func command(_ words: String...) -> String {
    (["/usr/local/bin/waybill"] + words + ["--root \(root)"]
      + (configuration.map { ["--config \($0)"] } ?? []))
      .joined(separator: " ")
  }

  /// What the daemon and the nightly look are both denied.
  ///
  /// `@system-service` is systemd's own list of the calls that services need; the alert program and gzip are bound by it too.
  private var fences: String {
    """
    User=waybill
    UMask=0027
    NoNewPrivileges=yes
    ProtectSystem=strict
    ReadWritePaths=\(root)
    ProtectHome=yes
    PrivateTmp=yes
    PrivateDevices=yes
    ProtectClock=yes
    ProtectHostname=yes
    ProtectKernelTunables=yes
    ProtectKernelModules=yes
    ProtectKernelLogs=yes
    ProtectControlGroups=yes
    RestrictNamespaces=yes
    RestrictRealtime=yes
    RestrictSUIDSGID=yes
    LockPersonality=yes
    MemoryDenyWriteExecute=yes
    SystemCallArchitectures=native
    SystemCallFilter=@system-service
    """
  }

  var service: String {
    """
    [Unit]
    Description=waybill, the file exchange in \(root)
    After=local-fs.target
    StartLimitIntervalSec=300
    StartLimitBurst=10

    [Service]
    Type=notify
    ExecStart=\(command("run"))
    # A start reads the ledger first, however long that takes; the file in hand is finished before the end.
    TimeoutStartSec=infinity
    TimeoutStopSec=15min
    # A daemon that gives no sign of life for so long hangs, and is started again; a start is always a recovery.
    WatchdogSec=5min
    Restart=on-failure
    RestartSec=5
    # The first asks the kernel who still writes to a partner's file; the second reads a file whose sender gave it a mode
    # that keeps everybody else out.
    AmbientCapabilities=CAP_LEASE CAP_DAC_READ_SEARCH
    CapabilityBoundingSet=CAP_LEASE CAP_DAC_READ_SEARCH
    # The alert program of exchange.json may need the network; without one, add PrivateNetwork=yes.
    RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
    \(fences)

    [Install]
    WantedBy=multi-user.target

    """
  }

  /// The nightly look: rows that waited too long are rejected.
  var nightly: String {
    """
    [Unit]
    Description=the nightly look at the file exchange in \(root)
    After=waybill.service

    [Service]
    Type=oneshot
    ExecStart=\(command("reconcile"))
    # 1: something expired or differs, and has been answered.
    SuccessExitStatus=1
    CapabilityBoundingSet=
    RestrictAddressFamilies=AF_UNIX
    \(fences)

    """
  }

  var timer: String {
    """
    [Unit]
    Description=every night, the look at the file exchange in \(root)

    [Timer]
    OnCalendar=*-*-* 01:30:00
    RandomizedDelaySec=60
    Persistent=yes

    [Install]
    WantedBy=timers.target

    """
  }

  /// The script that writes all three, to be read and then run as root.
  var script: String {
    """
    #!/bin/sh
    # systemd runs the exchange in \(root): read this, then run it as root. Running it again changes nothing.
    # It needs waybill itself as /usr/local/bin/waybill.
    set -eu

    getent passwd waybill >/dev/null ||
      useradd --system --user-group --no-create-home --home-dir \(root) --shell /usr/sbin/nologin --password '*' waybill

    cat >/etc/systemd/system/waybill.service <<'END'
    \(service)END

    cat >/etc/systemd/system/waybill-nightly.service <<'END'
    \(nightly)END

    cat >/etc/systemd/system/waybill-nightly.timer <<'END'
    \(timer)END

    if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
    # What is left to do by hand: chown -R waybill \(root), unless the script of `waybill init --sshd` has done it; then
    # systemctl enable --now waybill.service waybill-nightly.timer

    """
  }
}
