# One image for every role: docket serve, docket work, docket migrate.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin docket

FROM debian:bookworm-slim
# Tesseract reads scanned pages; certificates are for documents by URL and for buckets.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates tesseract-ocr \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data docket \
    && install -d -o docket -g docket -m 700 /data
COPY --from=build /src/target/release/docket /usr/local/bin/docket
USER docket
WORKDIR /data
VOLUME /data
EXPOSE 8080
ENV DOCKET_LISTEN=0.0.0.0:8080 DOCKET_DATA_DIR=/data DOCKET_LOG_FORMAT=json
STOPSIGNAL SIGTERM
ENTRYPOINT ["docket"]
CMD ["serve"]
