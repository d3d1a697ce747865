#!/bin/sh
# Makes the lab's CA and the certificates that it signs. Each key goes into the folder of the one program that may read it.
# Valid certificates stay. One that expires within a day or names other addresses is replaced; --new replaces all. With
# --stay it checks twice a day, so that a lab can be up for a year.
set -eu
umask 077

if [ "${1-}" = --stay ]; then
    while "$0"; do sleep 43200; done
    exit 1
fi

ca=/volumes/ca
day=86400

# certificate FOLDER FILE KEY OPTION…: makes a certificate and its key, with these options of openssl req.
certificate() {
    folder=$1 file=$2 key=$3
    shift 3
    rm -f "$folder/new.key" "$folder/new.pem" # a killed run may have left them, read-only
    said=$(openssl req -config /dev/null -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc \
        -keyout "$folder/new.key" -out "$folder/new.pem" "$@" 2>&1) || {
        printf '%s could not be made:\n%s\n' "$folder/$file" "$said" >&2
        exit 1
    }
    chmod 400 "$folder/new.key"
    chmod 444 "$folder/new.pem"
    mv -f "$folder/new.key" "$folder/$key"
    mv -f "$folder/new.pem" "$folder/$file"
}

# usable FOLDER FILE KEY NAMES: true if certificate and key are complete, belong together, are for these names and last
# another day. It runs openssl as little as possible, because each start of the lab waits for it.
usable() {
    public=$(openssl pkey -in "$1/$3" -pubout 2>/dev/null) &&
        said=$(openssl x509 -in "$1/$2" -noout -ext subjectAltName -pubkey -checkend "$day" 2>/dev/null) || return
    case "$said" in *"$public"*) ;; *) return 1 ;; esac
    [ -z "$4" ] || [ "$(printf '%s\n' "$said" | sed -n 's/^ *IP Address:/IP:/; T; s/IP Address:/IP:/g; s/, /,/g; p')" = "$4" ]
}

# signed PROGRAM FILE KEY SUBJECT PURPOSE NAMES: makes that certificate unless it is usable.
signed() {
    folder=/volumes/$1
    case "$verified" in
        *"$folder/$2: OK"*) ! cmp -s "$ca/certificate.pem" "$folder/ca.pem" || ! usable "$folder" "$2" "$3" "$6" || return 0 ;;
    esac
    certificate "$folder" "$2" "$3" -CA "$ca/certificate.pem" -CAkey "$ca/key.pem" -days 397 -subj "/O=wirelab/CN=$4" \
        -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
        -addext "extendedKeyUsage=$5" -addext "subjectAltName=$6"
    made="$made
    $4 ($6), for $1"
}

# Two runs at once would use the same files.
exec 9<"$ca"
flock 9

made=
if [ "${1-}" = --new ] || ! usable "$ca" certificate.pem key.pem ''; then
    certificate "$ca" certificate.pem key.pem -days 3650 -subj '/O=wirelab/CN=wirelab CA' \
        -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign
    made='
    the CA'
fi

server_names="IP:$LAB_SERVER_ADDRESS,IP:127.0.0.1,DNS:server-host,DNS:localhost"
client_names="IP:$LAB_CLIENT_ADDRESS,DNS:client-host"
verified=$(openssl verify -CAfile "$ca/certificate.pem" /volumes/client/host-certificate.pem /volumes/client/certificate.pem \
    /volumes/http/certificate.pem /volumes/echo/certificate.pem 2>/dev/null) || true
# Those of the servers come last: when they serve, the client has its own too.
signed client host-certificate.pem host-key.pem client-host serverAuth "$client_names"
signed client certificate.pem key.pem client clientAuth "$client_names"
signed http certificate.pem key.pem server-host serverAuth "$server_names"
signed echo certificate.pem key.pem server-host serverAuth "$server_names"
for program in client http echo; do
    cmp -s "$ca/certificate.pem" "/volumes/$program/ca.pem" && continue
    cp "$ca/certificate.pem" "/volumes/$program/new.pem"
    chmod 444 "/volumes/$program/new.pem"
    mv -f "/volumes/$program/new.pem" "/volumes/$program/ca.pem"
done
# The student owns work/ and is in the group of these keys.
chmod 440 /volumes/client/*key.pem
[ -z "$made" ] || printf 'certificates made:%s\n' "$made"
