# shellcheck shell=bash
# Shared by the sources whose tables are files in HDFS: hive_metastore and iceberg_rest. Each is one Java process, of
# which a NameNode and a DataNode are part, on loopback. A script sets CLASSES to the libraries of its server, then
# calls `start_lakehouse DIR MAIN-CLASS ARGUMENTS…`.
. "$(dirname "$0")/common.sh"

HADOOP_VERSION=3.4.1
LAKEHOUSE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Hadoop does not run on Java 24 and newer (JEP 486). Its files belong to whoever starts it: it has no objection to root.
java17() { printf '%s\n' /usr/lib/jvm/java-17-openjdk-*/bin/java | head -n 1; }

install_hadoop() {
    apt_install openjdk-17-jre-headless
    # shaded: it brings no library that could be another version of one of the server's
    HADOOP=$("$AKKO_REPO/tools/maven-closure" "hadoop-$HADOOP_VERSION" org.apache.hadoop:hadoop-client-minicluster:$HADOOP_VERSION \
        org.apache.hadoop:hadoop-client-api:$HADOOP_VERSION org.apache.hadoop:hadoop-client-runtime:$HADOOP_VERSION)
}

# spare_port FILE: a port that nobody listens on, the same one at each start: the locations of tables hold it.
spare_port() {
    local port
    if [ ! -s "$1" ]; then
        for ((port = 21000 + RANDOM % 9000; ; port++)); do
            port_open "$port" || break
        done
        echo "$port" >"$1"
    fi
    cat "$1"
}

# compile MAIN-CLASS: prints the folder of its classes, which are compiled again after a change.
compile() {
    local out=$AKKO_BUILD/sources/$NAME part
    if [ ! "$out" -nt "$LAKEHOUSE/Hdfs.java" ] || [ ! "$out" -nt "$LAKEHOUSE/$1.java" ]; then
        mkdir -p "$AKKO_BUILD/sources"
        part=$(mktemp -d "$AKKO_BUILD/sources/.$NAME.XXXXXX")
        AKKO_JAVA_RELEASE=17 "$AKKO_REPO/tools/javac" -d "$part" -cp "$CLASSES:$HADOOP/*" "$LAKEHOUSE/Hdfs.java" "$LAKEHOUSE/$1.java" >&2 ||
            die "$1.java does not compile"
        rm -rf "$out"
        mv "$part" "$out"
    fi
    printf '%s\n' "$out"
}

start_lakehouse() {
    local dir=$1 main=$2 classes package options=()
    shift 2
    classes=$(compile "$main")
    [ -e "$dir/loaded" ] || rm -rf "${dir:?}"/data/* # half made at a first start that failed
    for package in java.lang java.net java.util java.util.concurrent java.io java.nio sun.nio.ch; do
        options+=("--add-opens=java.base/$package=ALL-UNNAMED")
    done
    process_start "$dir/$NAME.pid" "$dir/server.log" "$(java17)" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "${options[@]}" \
        -Djava.io.tmpdir="$dir/tmp" -Dderby.stream.error.file="$dir/derby.log" -cp "$classes:$CLASSES:$HADOOP/*" "$main" "$@"
}
