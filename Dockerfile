# Two images: `db` is a MariaDB, `runtime` holds every program of Lexmq. docker-compose.yml runs them; see docs/containers.md.

# VERSION says the same; the build stage compares them, because a label cannot be read from a file.
ARG VERSION=0.1.0
ARG REVISION=unknown

# ---- the database ----
FROM debian:bookworm-slim AS db
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends mariadb-server-core mariadb-client-core \
    # For backups; the package as a whole would bring Perl.
    && cd /tmp && apt-get download mariadb-client \
    && dpkg --fsys-tarfile mariadb-client_*.deb | tar -xC / ./usr/bin/mariadb-dump && rm mariadb-client_*.deb \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* \
    # The server makes an administrator for its socket that has the system user's name, so the number needs one.
    && groupadd -g 10001 lexmq \
    && useradd -u 10001 -g lexmq -M -d /nonexistent -s /usr/sbin/nologin lexmq \
    # A new volume takes owner and mode from the folder it is mounted over.
    && install -d -o lexmq -g lexmq -m 700 /var/lib/lexmq-db /secrets/db-root
COPY docker/db.cnf /etc/mysql/mariadb.conf.d/90-lexmq.cnf
COPY docker/db.sh /usr/local/bin/lexmq-db
COPY docker/log-lines.sh /usr/local/bin/lexmq-log-lines
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="lexmq-db" \
      org.opencontainers.image.description="MariaDB for Lexmq: makes its data folder at the first start" \
      org.opencontainers.image.licenses="GPL-2.0-only AND MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
USER 10001:10001
EXPOSE 3306
STOPSIGNAL SIGTERM
CMD ["lexmq-db"]

# ---- the database as a node of a cluster: deploy/galera.yml ----
FROM db AS galera
USER 0:0
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends galera-4 rsync lsof procps iproute2 \
    # How a node gets all data from another; the package as a whole would bring Perl and a system service.
    && cd /tmp && apt-get download mariadb-server \
    && dpkg --fsys-tarfile mariadb-server_*.deb | tar -xC / ./usr/bin/wsrep_sst_common ./usr/bin/wsrep_sst_rsync \
    && rm mariadb-server_*.deb && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*
COPY docker/galera.cnf /etc/mysql/mariadb.conf.d/91-galera.cnf
COPY docker/galera.sh /usr/local/bin/lexmq-db-galera
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="lexmq-db-galera" \
      org.opencontainers.image.description="MariaDB for Lexmq, as a node of a Galera cluster" \
      org.opencontainers.image.licenses="GPL-2.0-only AND MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
USER 10001:10001
EXPOSE 4444 4567 4568
CMD ["lexmq-db-galera"]

# ---- building ----
FROM debian:bookworm-slim AS build
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends gcc make pkg-config libc6-dev libzmq3-dev \
        libczmq-dev libmsgpack-dev libmariadb-dev libsodium-dev libutf8proc-dev libedit-dev zlib1g-dev libcsv-dev libpcre2-dev \
        libmicrohttpd-dev libseccomp-dev dict-wn wordnet-base \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
ARG VERSION
RUN test "$VERSION" = "$(cat VERSION)" || { echo "Dockerfile says version $VERSION, VERSION says $(cat VERSION)" >&2; exit 1; }
RUN make -j"$(nproc)" CFLAGS=-O2 programs && strip build/bin/*
# Nobody runs this stage; the labels are for whoever finds it among the images.
ARG REVISION
LABEL org.opencontainers.image.title="lexmq-build" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# ---- the programs ----
FROM debian:bookworm-slim AS runtime
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libzmq5 libczmq4 libmsgpackc2 libmariadb3 \
        libsodium23 libutf8proc2 libedit2 zlib1g libcsv3 libpcre2-8-0 libmicrohttpd12 libseccomp2 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* \
    && groupadd -g 10001 lexmq \
    && useradd -u 10001 -g lexmq -M -d /var/lib/lexmq/client -s /usr/sbin/nologin lexmq \
    # New volumes take owner and mode from here: a key folder is its service's alone, the public one everybody's to read.
    && install -d -m 755 /keys /secrets /var/lib/lexmq \
    && install -d -o lexmq -g lexmq -m 755 /keys/public \
    && install -d -o lexmq -g lexmq -m 700 /keys/gateway /keys/auth /keys/lookup /keys/history /keys/import /keys/migrate \
        /secrets/db-root /var/lib/lexmq/index /var/lib/lexmq/journal /var/lib/lexmq/client
COPY --from=build /usr/share/dictd/wn.index /usr/share/dictd/wn.dict.dz /usr/share/dictd/
COPY --from=build /usr/share/doc/dict-wn/copyright /usr/share/doc/dict-wn/copyright
COPY --from=build /usr/share/wordnet/noun.exc /usr/share/wordnet/verb.exc /usr/share/wordnet/adj.exc /usr/share/wordnet/adv.exc /usr/share/wordnet/
COPY --from=build /usr/share/doc/wordnet-base/copyright /usr/share/doc/wordnet-base/copyright
COPY --from=build /src/build/bin/ /usr/local/bin/
COPY sql/grants.sql /usr/local/share/lexmq/sql/
COPY sql/auth/ /usr/local/share/lexmq/sql/auth/
COPY sql/dict/ /usr/local/share/lexmq/sql/dict/
COPY sql/history/ /usr/local/share/lexmq/sql/history/
COPY dict/lexmq-wordbook.txt /usr/local/share/lexmq/dict/
COPY LICENSE /usr/share/doc/lexmq/copyright
COPY docker/init.sh /usr/local/bin/lexmq-init
COPY docker/log-lines.sh /usr/local/bin/lexmq-log-lines
COPY docker/health.sh /usr/local/bin/lexmq-health
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="lexmq" \
      org.opencontainers.image.description="An electronic dictionary as a service: gateway, workers, tools and client" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
# A container that is away has no name. libzmq looks names up on the thread that moves the messages, which must not stand still for
# the ten seconds that resolv.conf(5) has without these.
ENV LANG=C.UTF-8 HOME=/var/lib/lexmq/client RES_OPTIONS="timeout:1 attempts:1"
USER 10001:10001
EXPOSE 5555 5556 9464
CMD ["lexmq"]
