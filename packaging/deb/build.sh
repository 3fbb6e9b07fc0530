#!/bin/bash
# build.sh BUILD_FOLDER OUTPUT: a Debian package of what a build installs, with what dpkg-dev of Debian has.
set -euo pipefail
build=$(realpath "$1") output=$(realpath -m "$2") here=$(dirname "$(realpath "$0")")
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/root
DESTDIR=$root cmake --install "$build" --prefix /usr --strip > /dev/null
gzip -9n "$root"/usr/share/man/man1/*.1
install -D -m 644 "$here/../bao.sysusers" "$root/usr/lib/sysusers.d/bao.conf"
install -D -m 640 "$here/bao.toml" "$root/etc/bao/bao.toml"
chmod 750 "$root/etc/bao"

version=$("$root/usr/bin/bao" version | sed -n 's/.* v\([0-9.]*\).*/\1/p')
mkdir -p "$stage/debian" "$root/DEBIAN"
printf 'Source: bao\n\nPackage: bao\nArchitecture: any\n' > "$stage/debian/control"
depends=$(cd "$stage" && dpkg-shlibdeps -O root/usr/bin/bao 2> /dev/null | sed -n 's/^shlibs:Depends=//p')
cat > "$root/DEBIAN/control" << CONTROL
Package: bao
Version: $version-1
Architecture: $(dpkg --print-architecture)
Maintainer: bao developers <bao@localhost>
Installed-Size: $(du -k -s --exclude=DEBIAN "$root" | cut -f1)
Depends: $depends, systemd | systemd-standalone-sysusers
Section: admin
Priority: optional
Description: secrets manager, compatible with OpenBao
 Keeps secrets encrypted, issues certificates and tokens, and replicates
 its data between the nodes of a cluster. This package has the server, the
 command line, a systemd unit, man pages and completions.
CONTROL
echo /etc/bao/bao.toml > "$root/DEBIAN/conffiles"
install -m 755 "$here"/{postinst,prerm,postrm} "$root/DEBIAN/"
(cd "$root" && find usr -type f -exec md5sum {} + | sort -k 2) > "$root/DEBIAN/md5sums"
mkdir -p "$(dirname "$output")"
dpkg-deb --root-owner-group --build "$root" "$output" > /dev/null
echo "$output"
