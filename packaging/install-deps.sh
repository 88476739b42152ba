#!/usr/bin/env bash
# Installs the Debian 12 packages that Balmer needs and that are not there yet; does nothing when all are there.
#
#   install-deps.sh [--desktop | --headless] [--no-torch] [--no-tests] [--peers]
#
#   --desktop    everything, the desktop included (this is the default)
#   --headless   leave out Qt and what only the desktop needs
#   --no-torch   leave out libtorch
#   --no-tests   leave out the test and benchmark libraries
#   --peers      also the servers and programs that the tests labelled vo-peers talk to; no service is started
#
# Exit status: 0 all is there, 1 something could not be installed, 2 wrong use.
set -euo pipefail

desktop=1 torch=1 tests=1 peers=0
for argument in "$@"; do
    case "$argument" in
        --desktop) desktop=1 ;;
        --headless) desktop=0 ;;
        --no-torch) torch=0 ;;
        --no-tests) tests=0 ;;
        --peers) peers=1 ;;
        -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
        *) echo "install-deps.sh: unknown option '$argument'; see install-deps.sh --help." >&2; exit 2 ;;
    esac
done

packages=(
    g++ cmake ninja-build pkg-config git
    libcfitsio-dev zlib1g-dev libxml2-dev libhdf5-dev libsqlite3-dev libssl-dev libcurl4-openssl-dev
    libopenblas-dev libdnnl-dev libsvm-dev libxgboost-dev libboost-dev libprotobuf-dev protobuf-compiler
    nlohmann-json3-dev libcli11-dev libspdlog-dev libfmt-dev libexpected-dev libutf8proc-dev
)
((desktop)) && packages+=(qt6-base-dev qt6-svg-dev libqt6svg6 libqcustomplot-dev xvfb xauth fonts-dejavu-core)
((torch)) && packages+=(libtorch-dev)
((tests)) && packages+=(libgtest-dev libgmock-dev libbenchmark-dev clang clang-format clang-tidy)
if ((peers)); then
    packages+=(nginx-light apache2-bin lighttpd vsftpd python3-pyftpdlib openssl)
    packages+=(python3-gavo postgresql-15 postgresql-15-pgsphere postgresql-15-q3c python3-astropy python3-pyvo stilts curl)
    packages+=(jsamp topcat astropy-utils python3-h5py default-jre xvfb xdotool imagemagick libxml2-utils)
fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is not a Debian system, so its packages cannot be installed here." >&2
    echo "Install these by your system's own means and build with 'cmake --preset release': ${packages[*]}" >&2
    exit 1
fi

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == installed ]] || missing+=("$package")
done

as_root=()
install_missing() {
    if [[ $(id -u) -ne 0 ]]; then
        if ! command -v sudo >/dev/null; then
            echo "These packages are missing and only root can install them: ${missing[*]}" >&2
            echo "As root, run: apt-get install --no-install-recommends ${missing[*]}" >&2
            return 1
        fi
        as_root=(sudo)
        sudo -n true 2>/dev/null || echo "sudo may ask for your password, to install packages."
    fi
    # The servers are for tests, which start their own: an answer of 101 here keeps Debian from starting them.
    if ((peers)) && [[ ! -e /usr/sbin/policy-rc.d ]]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee /usr/sbin/policy-rc.d >/dev/null
        "${as_root[@]}" chmod +x /usr/sbin/policy-rc.d
        trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0)
    local attempt
    for attempt in 1 2; do
        if "${apt[@]}" update >/dev/null && "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null; then
            return 0
        fi
        ((attempt == 1)) && { echo "The installation failed; trying once more in ten seconds." >&2; sleep 10; }
    done
    echo "These packages could not be installed: ${missing[*]}" >&2
    echo "Balmer needs Debian 12 (bookworm) or a system with the same packages, and a reachable Debian mirror." >&2
    return 1
}

if ((${#missing[@]})); then
    echo "Installing ${#missing[@]} packages and what they need: ${missing[*]}"
    install_missing || exit 1
    echo "All packages are installed."
fi

# libtorch computes with whatever libblas.so.3 is; the reference library is many times slower than OpenBLAS.
blas=$(readlink -f "/usr/lib/$(uname -m)-linux-gnu/libblas.so.3" 2>/dev/null || true)
if [[ -n $blas && $blas != *openblas* ]]; then
    echo "Warning: libblas.so.3 is $blas, not OpenBLAS; training will be many times slower than it could be." >&2
    echo "To change that, as root: update-alternatives --auto libblas.so.3-$(uname -m)-linux-gnu" >&2
fi
exit 0
