#!/bin/sh
# A private authority, and certificates of it, for a test set-up: it keeps the authority's key beside everything else. Where it matters, have an authority of your own sign the same.
#   certificates.sh DIRECTORY host NAME ADDRESS...   a host's, with the addresses and names that clients know it by; also for a service that speaks to the cluster by messages
#   certificates.sh DIRECTORY admin NAME             an operator's, who may do everything
#   certificates.sh DIRECTORY reader NAME            a viewer's, who may look
# Each makes DIRECTORY/NAME with ca.pem, cert.pem and key.pem, the three that PBM_CERT_PATH and DOCKER_CERT_PATH are looked for; the first one makes the authority, in DIRECTORY/ca.
# DAYS=90 says how long they are good for.
set -eu

fail() {
    echo "$(basename "$0"): $*" >&2
    exit 2
}

[ $# -ge 3 ] || fail "usage: $(basename "$0") DIRECTORY host NAME ADDRESS... | DIRECTORY admin NAME | DIRECTORY reader NAME"
command -v openssl >/dev/null || fail "openssl is missing: apt-get install openssl"
directory=$1 role=$2 name=$3
shift 3
case $name in ca | *[!A-Za-z0-9._-]*) fail "'$name' is no name: letters, digits, dots, dashes and underscores, and not ca" ;; esac
days=${DAYS:-90}
case $days in '' | *[!0-9]* | 0*) fail "DAYS=$days is no number of days from 1 on" ;; esac
umask 077
mkdir -p "$directory/ca"

quietly() { said=$("$@" 2>&1) || fail "$said"; }

if [ ! -e "$directory/ca/cert.pem" ]; then
    quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days "$days" -subj "/CN=network-cluster test authority" \
        -addext "basicConstraints = critical, CA:TRUE, pathlen:0" -addext "keyUsage = critical, keyCertSign, cRLSign" -keyout "$directory/ca/key.pem" -out "$directory/ca/cert.pem"
fi

case $role in
    host)
        [ $# -gt 0 ] || fail "a host needs an address or a name that clients know it by"
        names=
        for address; do
            case $address in
                *:*) names="$names, IP:$address" ;;
                *[!0-9.]*) names="$names, DNS:$address" ;;
                *.*.*.*) names="$names, IP:$address" ;;
                *) fail "'$address' is neither an address nor a name" ;;
            esac
        done
        subject="/OU=host/CN=$name" usage="serverAuth, clientAuth" more="subjectAltName = ${names#, }"
        ;;
    admin | reader) subject="/OU=$role/CN=$name" usage="clientAuth" more= ;;
    *) fail "'$role' is not host, admin or reader" ;;
esac

made=$directory/$name
if [ -e "$made/cert.pem" ]; then
    is=$(openssl x509 -noout -subject -nameopt RFC2253 -in "$made/cert.pem" 2>/dev/null) || is=
    case $is in *"OU=$role"*) ;; *) fail "$made has a certificate that is no $role's (${is:-unreadable}): take another name, or remove it" ;; esac
    echo "$made is made anew: the certificate that was there stays good until its last day" >&2
fi
# What is made is there whole or not at all.
new=$made.new
trap 'rm -rf "$new"' EXIT
rm -rf "$new"
mkdir -p "$new"
quietly openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj "$subject" -keyout "$new/key.pem" -out "$new/request.pem"
printf '%s\n' "basicConstraints = critical, CA:FALSE" "keyUsage = critical, digitalSignature" "extendedKeyUsage = $usage" "$more" >"$new/extensions"
quietly openssl x509 -req -in "$new/request.pem" -days "$days" -CA "$directory/ca/cert.pem" -CAkey "$directory/ca/key.pem" -extfile "$new/extensions" -out "$new/cert.pem"
rm "$new/request.pem" "$new/extensions"
cp "$directory/ca/cert.pem" "$new/ca.pem"
mkdir -p "$made"
mv "$new"/*.pem "$made"
