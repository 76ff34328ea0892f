# shellcheck shell=bash
# A Debian of its own in a directory, made by debootstrap, and commands run inside it. What uses this sets `root`, the
# directory that becomes "/", and needs to be root. Sourced, after lib.sh.

: "${root:=}"

need_chroot() {
    [ "$(id -u)" -eq 0 ] || fail "needs root (debootstrap, chroot)"
    have debootstrap || apt-get install -y --no-install-recommends debootstrap || fail "needs debootstrap"
    have unshare || fail "needs unshare (Debian package util-linux)"
}

# The mirror that this machine's own Debian packages come from.
debian_mirror() {
    local origin label uri
    while IFS='|' read -r origin label uri; do
        if [ "$origin" = Debian ] && [ "$label" = Debian ]; then
            echo "$uri"
            return
        fi
    done < <(apt-get indextargets --format "\$(ORIGIN)|\$(LABEL)|\$(REPO_URI)" "Created-By: Packages")
    echo "https://deb.debian.org/debian"
}

# make_chroot RELEASE [OPTION...]: a Debian RELEASE with nothing more than these options of debootstrap say.
make_chroot() {
    local release=$1
    shift
    # It becomes "/", which is for everybody.
    chmod 755 "$root"
    debootstrap --variant=minbase "$@" "$release" "$root" "$(debian_mirror)"
    take_over_network_settings
}

# How this machine reaches its package sources holds for the new one, too.
take_over_network_settings() {
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    apt-config dump | grep '^Acquire::' | grep -v '^Acquire::Languages' >"$root/etc/apt/apt.conf.d/90host" || true
    if [ -d /etc/apt/auth.conf.d ]; then cp -r /etc/apt/auth.conf.d "$root/etc/apt/"; fi
    mkdir -p "$root/usr/local/share/ca-certificates" "$root/root/.config/pip"
    find /usr/local/share/ca-certificates -name '*.crt' \
        -exec cp {} "$root/usr/local/share/ca-certificates/" \; 2>/dev/null || true
    if [ -f /etc/pip.conf ]; then cp /etc/pip.conf "$root/etc/pip.conf"; fi
    if [ -f ~/.config/pip/pip.conf ]; then cp ~/.config/pip/pip.conf "$root/root/.config/pip/"; fi
}

# Runs a command inside, with /proc and /dev, and nothing of this environment but what reaches the mirrors. Mounts and
# processes live in namespaces of their own, so that they end with it.
inside() {
    local variables=() name
    for name in $(compgen -e); do
        case $name in
            PIP_* | http_proxy | https_proxy | no_proxy | HTTP_PROXY | HTTPS_PROXY | NO_PROXY | CI)
                variables+=("$name=${!name}")
                ;;
        esac
    done
    # shellcheck disable=SC2016  # expands inside
    unshare --mount --pid --fork --kill-child --propagation private bash -c '
        mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"' \
        "$root" env -i HOME=/root LANG=C.UTF-8 TERM="${TERM:-dumb}" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        "${variables[@]}" bash -c "$1"
}
