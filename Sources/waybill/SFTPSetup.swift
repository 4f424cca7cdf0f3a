/// What an SFTP server for the exchange needs, as a script that its operator reads and then runs as root.
///
/// Each partner is a login of its own, and enters a chroot in which two folders are mounted: its inbox, and its outbox for
/// reading only. sshd demands that a chroot belong to root all the way up, so it cannot be the exchange itself; what is
/// mounted into it is nothing but the partner's own, so that there is no way, not even by a guessed name, to the ledger or
/// to anybody else. Files keep what the exchange needs to know: inotify and leases see through a bind mount.

import Exchange
import Orders

/// The script, for one exchange.
struct SFTPSetup {
  /// Where the exchange lies, absolute.
  let root: String
  /// Each partner's folder, which is the login's name too.
  let partners: [String]
  /// The configuration, where it does not lie in the exchange.
  var configuration: String?

  /// Why no script is printed.
  enum Refusal: Error, Equatable {
    /// The path cannot stand in fstab, sshd's configuration and a unit without being quoted in three ways.
    case path(String)
    /// The folder's name cannot be a login.
    case login(String)
  }

  init(root: String, configuration: String? = nil, partners: [String]) throws(Refusal) {
    for path in [root, configuration].compactMap({ $0 }) where !Self.isPlain(path) { throw .path(path) }
    for partner in partners where !Self.isLogin(partner) { throw .login(partner) }
    self.root = root
    self.configuration = configuration
    self.partners = partners
  }

  /// What useradd(8) takes for a name on Debian, in lower case.
  private static func isLogin(_ name: String) -> Bool {
    guard let first = name.utf8.first, name.utf8.count <= 32 else { return false }
    let isLetter = { (byte: UInt8) in byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
    let isDigit = { (byte: UInt8) in byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    return isLetter(first)
      && name.utf8.allSatisfy {
        isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
      }
      && name != "waybill" && name != "root"
  }

  static func isPlain(_ path: String) -> Bool {
    path.hasPrefix("/") && path.utf8.count > 1
      && path.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  // MARK: The script

  var text: String {
    """
    #!/bin/sh
    # An SFTP server for the exchange in \(root): read it, then run it as root. Running it again changes nothing.
    # It needs Debian's openssh-server, and waybill itself as /usr/local/bin/waybill.
    set -eu

    exchange=\(root)
    doors=/srv/sftp            # the partners' chroots; sshd demands that they belong to root
    keys=/etc/ssh/waybill-keys # one file for each partner, with its public keys

    # waybill has a login that nobody can use; the partners have a group by which sshd knows them.
    getent group waybill-partners >/dev/null || groupadd --system waybill-partners
    getent passwd waybill >/dev/null ||
      useradd --system --user-group --no-create-home --home-dir "$exchange" --shell /usr/sbin/nologin --password '*' waybill
    install -d -o root -g root -m 0755 "$doors" "$keys"
    install -d -o waybill -g waybill -m 0750 "$exchange" "$exchange/inbox" "$exchange/outbox"
    if [ -d "$exchange/ledger" ]; then chown -R waybill:waybill "$exchange/ledger"; fi
    # Whoever may read the reports joins the group waybill-reports.
    getent group waybill-reports >/dev/null || groupadd --system waybill-reports
    usermod --append --groups waybill-reports waybill
    install -d -o waybill -g waybill-reports -m 2750 "$exchange/outbox/reports"

    # bound FOLDER DOOR OPTIONS: mounts a folder of the exchange into a chroot, now and at every start of the machine.
    bound() {
      if mountpoint -q "$2"; then return; fi
      install -d -o root -g root -m 0755 "$2"
      grep -q " $2 none " /etc/fstab || echo "$1 $2 none $3 0 0" >>/etc/fstab
      mount "$2"
    }

    # partner NAME: a login, its inbox (it writes, waybill takes) and its outbox (waybill writes, it reads).
    # Both folders belong to waybill and bear the partner's group, which their files inherit. So the partner can neither
    # close its folders to waybill nor open them to others, and what waybill answers is readable to this partner alone.
    partner() {
      if ! getent passwd "$1" >/dev/null; then
        useradd --user-group --no-create-home --home-dir / --shell /usr/sbin/nologin --password '*' "$1"
        usermod --append --groups waybill-partners "$1"
      elif ! id -nG "$1" | tr ' ' '\\n' | grep -qx waybill-partners; then
        echo "$1 is a login already, and not one of waybill's partners" >&2
        exit 1
      fi
      usermod --append --groups "$1" waybill
      install -d -o waybill -g "$1" -m 2770 "$exchange/inbox/$1"
      install -d -o waybill -g "$1" -m 2750 "$exchange/outbox/$1"
      install -d -o root -g root -m 0755 "$doors/$1"
      bound "$exchange/inbox/$1" "$doors/$1/inbox" bind,nosuid,nodev,noexec
      bound "$exchange/outbox/$1" "$doors/$1/outbox" bind,ro,nosuid,nodev,noexec
    }

    \(partners.map { "partner \($0)" }.joined(separator: "\n"))

    cat >/etc/ssh/sshd_config.d/waybill.conf <<'END'
    \(daemonSettings)
    END

    cat >/etc/systemd/system/waybill.service <<'END'
    \(ServiceUnits(root: root, configuration: configuration).service)END

    mkdir -p /run/sshd
    sshd -t
    if [ -d /run/systemd/system ]; then
      systemctl daemon-reload
      systemctl reload ssh
    fi
    # What is left to do by hand: put each partner's public key into /etc/ssh/waybill-keys/PARTNER (root's, mode 0644), and
    # start the exchange: systemctl enable --now waybill

    """
  }

  /// A link or a second name has no use in an inbox; everything else that a client may ask of its own files is granted,
  /// because clients that set times and modes after an upload take a refusal for a failed upload.
  private var daemonSettings: String {
    """
    # Partners of the exchange: SFTP alone, by key alone, each in a chroot of its own.
    Match Group waybill-partners
      ChrootDirectory /srv/sftp/%u
      ForceCommand internal-sftp -u 0027 -l INFO -P symlink,hardlink
      AuthorizedKeysFile /etc/ssh/waybill-keys/%u
      AuthenticationMethods publickey
      AllowTcpForwarding no
      AllowAgentForwarding no
      AllowStreamLocalForwarding no
      X11Forwarding no
      PermitTunnel no
      PermitTTY no
      PermitUserRC no
      # A peer that is gone is noticed, and what it had open is closed.
      ClientAliveInterval 60
      ClientAliveCountMax 3
    """
  }
}
