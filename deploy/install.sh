#!/bin/sh
# Installs the docket program from a release of GitHub, after it has compared its checksum.
#
#   curl --proto '=https' --tlsv1.2 -fsSL https://github.com/docket-server/docket/releases/latest/download/install.sh | sh
#
# It changes nothing but one file, docket, in the folder that it names at the end. Settings:
#   DOCKET_VERSION      the version, for example 0.1.0 (default: the latest)
#   DOCKET_INSTALL_DIR  the folder (default: /usr/local/bin for root, else ~/.local/bin)
#   DOCKET_BASE_URL     where releases are, without the last slash
set -eu

base=${DOCKET_BASE_URL:-https://github.com/docket-server/docket/releases}

fail() {
    printf 'install.sh: %s\n' "$*" >&2
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# fetch URL FILE
fetch() {
    if has curl; then
        case $1 in
            https:*) curl --proto '=https' --tlsv1.2 -fsSL --retry 3 -o "$2" "$1" ;;
            *) curl -fsSL -o "$2" "$1" ;;
        esac
    elif has wget; then
        wget -q -O "$2" "$1"
    else
        fail "curl or wget is needed"
    fi || fail "$1 cannot be fetched"
}

# The target of this machine, as releases name it.
target() {
    case "$(uname -s)" in
        Linux) system=unknown-linux-musl ;;
        Darwin) system=apple-darwin ;;
        *) fail "there is no build for $(uname -s); docs/install.md names other ways" ;;
    esac
    case "$(uname -m)" in
        x86_64 | amd64) echo "x86_64-$system" ;;
        aarch64 | arm64) echo "aarch64-$system" ;;
        *) fail "there is no build for $(uname -m); docs/install.md names other ways" ;;
    esac
}

sum_of() {
    if has sha256sum; then
        sha256sum "$1" | cut -d ' ' -f 1
    elif has shasum; then
        shasum -a 256 "$1" | cut -d ' ' -f 1
    else
        fail "sha256sum or shasum is needed"
    fi
}

# Everything happens in a function that is called on the last line: a script that arrives only in part
# does nothing.
main() {
    target=$(target)
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM

    if [ -n "${DOCKET_VERSION:-}" ]; then
        from=$base/download/v${DOCKET_VERSION#v}
    else
        from=$base/latest/download
    fi
    fetch "$from/SHA256SUMS" "$work/SHA256SUMS"
    # The name of the archive has the version: the list of checksums says which.
    line=$(grep -E "^[0-9a-f]{64}  docket-[0-9][0-9A-Za-z.-]*-$target\.tar\.gz\$" "$work/SHA256SUMS") ||
        fail "$from/SHA256SUMS names no archive for $target"
    [ "$(printf '%s\n' "$line" | wc -l)" -eq 1 ] || fail "$from/SHA256SUMS names several archives for $target"
    sum=${line%% *}
    archive=${line##* }

    fetch "$from/$archive" "$work/$archive"
    found=$(sum_of "$work/$archive")
    [ "$found" = "$sum" ] || fail "the checksum of $archive is $found, not $sum; nothing was installed"
    tar -xzf "$work/$archive" -C "$work"

    if [ -n "${DOCKET_INSTALL_DIR:-}" ]; then
        folder=$DOCKET_INSTALL_DIR
    elif [ "$(id -u)" = 0 ]; then
        folder=/usr/local/bin
    else
        folder=$HOME/.local/bin
    fi
    mkdir -p "$folder"
    # Next to its place first, then a rename: a running docket keeps its own file.
    cp "$work/${archive%.tar.gz}/docket" "$folder/.docket.new"
    chmod 755 "$folder/.docket.new"
    "$folder/.docket.new" --version >/dev/null || {
        rm -f "$folder/.docket.new"
        fail "the program does not run on this machine; nothing was installed"
    }
    mv "$folder/.docket.new" "$folder/docket"

    echo "installed $("$folder/docket" --version) as $folder/docket"
    case ":$PATH:" in
        *":$folder:"*) ;;
        *) echo "add $folder to your PATH, or call it by its full path" ;;
    esac
    has tesseract || echo "scanned pages and images also need Tesseract (Debian: tesseract-ocr, Homebrew: tesseract)"
    echo "next: docket quickstart"
}

main
