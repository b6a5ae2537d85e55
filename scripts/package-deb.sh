#!/usr/bin/env bash
# Packages programs that are built: lawad_<version>-<revision>_<architecture>.deb.
# Usage: scripts/package-deb.sh BIN OUTPUT_DIRECTORY
#   DEB_REVISION (1), DEBFULLNAME and DEBEMAIL (who packages it), SOURCE_DATE_EPOCH (the last commit): the same sources,
#   programs and environment give the same bytes.
set -euo pipefail
umask 022

[ $# -eq 2 ] || { echo "usage: scripts/package-deb.sh BIN OUTPUT_DIRECTORY" >&2; exit 64; }
bin=$(realpath -- "$1")
mkdir -p -- "$2"
output=$(realpath -- "$2")
cd -- "$(dirname -- "$0")/.."

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH
version=$("$bin/lawad" --version)-${DEB_REVISION:-1}
architecture=$(dpkg --print-architecture)
maintainer="${DEBFULLNAME:-lawad maintainers} <${DEBEMAIL:-maintainers@lawad.invalid}>"

stage=$(mktemp -d)
trap 'rm -rf -- "$stage"' EXIT
root=$stage/debian/lawad
doc=$root/usr/share/doc/lawad
make --no-print-directory install BIN="$bin" PREFIX=/usr DESTDIR="$root" >/dev/null

# What Debian has differently: no licence beside copyright, no notes of the linker, and compressed manuals and changelogs.
rm -f "$doc/LICENSE"
strip --remove-section=.comment --remove-section=.note "$root"/usr/bin/*
mv "$doc/CHANGELOG.md" "$doc/changelog"
install -m 644 packaging/debian/copyright "$doc/copyright"
cat >"$doc/changelog.Debian" <<END
lawad ($version) unstable; urgency=medium

  * Package lawad ${version%-*}; changelog.gz tells what is new in it.

 -- $maintainer  $(date --utc --rfc-email --date="@$SOURCE_DATE_EPOCH")
END
gzip -9n "$doc/changelog" "$doc/changelog.Debian" "$root"/usr/share/man/man?/*
install -D -m 644 packaging/debian/lintian-overrides "$root/usr/share/lintian/overrides/lawad"

mkdir "$root/DEBIAN"
# dpkg-shlibdeps wants to be in a source package.
printf 'Source: lawad\n\nPackage: lawad\nArchitecture: any\n' >"$stage/debian/control"
depends=$(cd "$stage" && dpkg-shlibdeps -O debian/lawad/usr/bin/lawad debian/lawad/usr/bin/lawa)

for script in postinst prerm postrm; do
    install -m 755 "packaging/debian/$script" "$root/DEBIAN/$script"
done
sed -e "s|@VERSION@|$version|; s|@ARCHITECTURE@|$architecture|; s|@MAINTAINER@|$maintainer|" \
    -e "s|@DEPENDS@|${depends#shlibs:Depends=}|; s|@INSTALLED_SIZE@|$(du -sk --apparent-size "$root/usr" | cut -f 1)|" \
    packaging/debian/control.in >"$root/DEBIAN/control"
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
chmod 644 "$root/DEBIAN/control" "$root/DEBIAN/md5sums"

package=$output/lawad_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$package" >/dev/null
echo "$package"
