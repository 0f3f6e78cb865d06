# One image for every role: docket serve, docket work, docket migrate.
#
# `docker build .` compiles it. A release takes a finished binary instead, and compiles nothing:
# `docker buildx build --build-context binary=FOLDER .`, where FOLDER holds `docket`.
FROM rust:1.95-bookworm@sha256:6258907abe69656e41cd992e0b705cdcfabcbbe3db374f92ed2d47121282d4a1 AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin docket \
    && install -D target/release/docket /out/docket

FROM scratch AS binary
COPY --from=build /out/docket /docket

FROM debian:bookworm-slim@sha256:7c7b2c966bc9ee8cedfeef67e0e279108992c77681fa595db4a9d65c06ccc587
# Tesseract reads scanned pages; certificates are for documents by URL and for buckets.
# More languages: tesseract-ocr-deu and so on, in an image that starts FROM this one (docs/install.md).
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates tesseract-ocr \
    && rm -rf /var/lib/apt/lists/* /var/cache/ldconfig /var/log/*.log /var/log/apt \
    && useradd --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin --no-log-init docket \
    && install -d -o docket -g docket -m 700 /data
COPY --chmod=755 deploy/container/healthcheck /usr/local/bin/healthcheck
COPY LICENSE THIRD_PARTY.md /usr/share/licenses/docket/
COPY --from=binary --chmod=755 /docket /usr/local/bin/docket
LABEL org.opencontainers.image.title="Docket" \
    org.opencontainers.image.description="Self-hosted server for asynchronous document jobs" \
    org.opencontainers.image.source="https://github.com/docket-server/docket" \
    org.opencontainers.image.licenses="Apache-2.0"
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
# The API; metrics and /health of every role, for the network of the containers only.
EXPOSE 8080 9090
ENV DOCKET_LISTEN=0.0.0.0:8080 DOCKET_METRICS_LISTEN=0.0.0.0:9090 DOCKET_DATA_DIR=/data DOCKET_LOG_FORMAT=json
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["docket"]
CMD ["serve"]
