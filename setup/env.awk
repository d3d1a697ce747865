# Reads .env as Docker Compose does, and refuses a line that Compose may read in another way. Prints each setting as shell
# code that keeps a value of the environment; with -v names=1, only the names. The second file is docker-compose.yml: each
# setting that it uses must have a value. Run with LC_ALL=C.

# Only the first problem of a line is printed.
function refuse(why, cure) {
    if (refused != FNR && !names) printf "wirelab: .env, line %d: %s\n    cure: %s\n", FNR, why, cure >"/dev/stderr"
    refused = FNR
}

# expand(TEXT): replaces $NAME and ${NAME} by their values, and $$ by $. The environment comes first, as with Compose.
function expand(text, done, name) {
    if (text ~ /\\/ && text ~ /\$/) refuse(setting " has a backslash and a $", plain_text)
    while (refused != FNR && match(text, /\$(\$|[A-Za-z_][A-Za-z0-9_]*|\{)/)) {
        done = done substr(text, 1, RSTART - 1)
        name = substr(text, RSTART + 1, RLENGTH - 1)
        text = substr(text, RSTART + RLENGTH)
        if (name == "$") {
            done = done "$"
            continue
        }
        if (name == "{") {
            if (!match(text, /^[A-Za-z_][A-Za-z0-9_]*\}/)) refuse(setting " has a ${ that is not ${NAME}", plain_text)
            name = substr(text, 1, RLENGTH - 1)
            text = substr(text, RLENGTH + 1)
        }
        if (name in ENVIRON) done = done ENVIRON[name]
        else if (name in value) done = done value[name]
        else refuse(setting " uses $" name ", which is not set", plain_text ", or set " name " in a line before")
    }
    return done text
}

# quoted(TEXT, QUOTE): the text between the quotes; a comment may follow.
function quoted(text, quote, rest) {
    rest = index(substr(text, 2), quote)
    if (!rest) refuse(setting " has no closing " quote " on its line", "close the quote")
    if (substr(text, rest + 2) !~ /^[ \t]*(#.*)?$/) refuse(setting " goes on after its closing " quote, "quote the whole value")
    return substr(text, 2, rest - 1)
}

function unquoted(text, comment) {
    if (text ~ /\t#/) refuse(setting " has a tab before #, which makes no comment", "put a space before #")
    comment = index(text, " #")
    if (comment) text = substr(text, 1, comment - 1)
    sub(/[ \t]+$/, "", text)
    # The bytes of the blanks of Unicode, which Compose drops at both ends.
    if (text ~ ("^(" blanks ")|(" blanks ")$")) refuse(setting " begins or ends in a blank that is not a space", "remove it")
    return text
}

BEGIN {
    apostrophe = sprintf("%c", 39)
    blanks = "[\013\014]|\302\205|\302\240|\341\232\200|\342\200[\200-\212\250\251\257]|\342\201\237|\343\200\200"
}

FILENAME != ARGV[1] {
    # Two kinds need no value: a setting with a default there, and a variable of a container's shell ($$NAME).
    gsub(/#.*|\$\$\{?[A-Z_]+|\$\{[A-Z_]+:-/, "")
    while (match($0, /(LAB|HTTP|HTTPS|ECHO|WIRE|FLOW|LIVE)_[A-Z_]+/)) {
        setting = substr($0, RSTART, RLENGTH)
        $0 = substr($0, RSTART + RLENGTH)
        if (!(setting in value) && !(setting in ENVIRON)) missing[setting]
    }
    next
}
FNR == 1 && /^(\377\376|\376\377)/ {
    refuse("the file is UTF-16, which some programs of Windows write", "save it as UTF-8, or git checkout .env")
    unreadable = 1
    exit
}
FNR == 1 { sub(/^\357\273\277/, "") }
{ sub(/\r$/, "") }
/^[ \t]*(#.*)?$/ { next }
!/^[ \t]*(export[ \t]+)?[A-Za-z_][A-Za-z0-9_]*[ \t]*=/ {
    refuse("it is not NAME=value", "write NAME=value, or # before a comment; a name has letters, digits and _; the file must be UTF-8")
    next
}
{
    text = $0
    sub(/^[ \t]*(export[ \t]+)?/, "", text)
    setting = text
    sub(/[ \t]*=.*/, "", setting)
    plain_text = "put the value in single quotes, " setting "=" apostrophe "..." apostrophe ", where $ and \\ are plain text"
    sub(/^[^=]*=[ \t]*/, "", text)
    if (text ~ /\r|\302\240/) refuse(setting " has a carriage return or a non-breaking space", "remove it")
    if (text ~ /^"/) {
        text = quoted(text, "\"")
        if (text ~ /\\/) refuse(setting " has a backslash in double quotes", plain_text)
        text = expand(text)
    } else if (substr(text, 1, 1) == apostrophe) {
        text = quoted(text, apostrophe)
        if (text ~ /\\$/) refuse(setting " ends in a backslash in single quotes", "leave the quotes out")
    } else text = expand(unquoted(text))
    value[setting] = text
}

END {
    if (unreadable) exit 2
    for (setting in missing) {
        printf "wirelab: %s has no value: it is not in .env\n    cure: add the line %s= to .env, with the value that git diff .env shows\n", setting, setting >"/dev/stderr"
        refused = 1
    }
    if (refused) exit 2
    for (setting in value) {
        if (names) {
            print setting
            continue
        }
        gsub(apostrophe, apostrophe "\\" apostrophe apostrophe, value[setting])
        printf "if [ -z \"${%s+set}\" ]; then %s=%s%s%s; fi; export %s\n", setting, setting, apostrophe, value[setting], apostrophe, setting
    }
}
