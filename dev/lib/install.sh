# Sourced by the commands of dev/: brings what they need, or says what is missing.

VENV="$PWD/target/venv"

step() {
    printf '\n==> %s\n' "$*"
}

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Debian packages, where this user may install them.
install_packages() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        step "installing $*"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    else
        fail "Missing: $*. On Debian: sudo apt-get install $*"
    fi
}

has_postgres() {
    command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1
}

# Postgres 15 or newer; the tests start throw-away clusters of it. TEST_DATABASE_URL names a server
# to use instead.
need_postgres() {
    [ -n "${TEST_DATABASE_URL:-}" ] || has_postgres || install_packages postgresql
}

# Tesseract, which reads scanned pages; the tests read some with it.
need_tesseract() {
    command -v tesseract >/dev/null || install_packages tesseract-ocr
}

# A Python environment of the tests with the packages of a requirements file.
need_python_venv() {
    need_venv "$1" "$VENV"
}

# A Python environment in a folder, with the packages of a requirements file.
need_venv() {
    command -v python3 >/dev/null || install_packages python3 python3-venv
    if [ ! -x "$2/bin/python" ]; then
        python3 -m venv "$2" 2>/dev/null || {
            rm -rf "$2"
            install_packages python3-venv
            python3 -m venv "$2"
        }
    fi
    if ! cmp -s "$1" "$2/requirements.installed"; then
        step "installing Python packages of $1"
        "$2/bin/python" -m pip install -q --disable-pip-version-check -r "$1"
        cp "$1" "$2/requirements.installed"
    fi
}

# The npm packages that a package.json pins, in a folder below target.
need_node_modules() {
    command -v npm >/dev/null || install_packages nodejs npm
    mkdir -p "$2"
    if ! cmp -s "$1" "$2/installed.json"; then
        step "installing npm packages of $1"
        cp "$1" "$2/package.json"
        (cd "$2" && npm install --silent --no-audit --no-fund)
        cp "$1" "$2/installed.json"
    fi
}
