# The image of linqbot: one static binary, no shell, run by an unprivileged user.
#
#   docker build --build-arg VERSION=1.2.3 --build-arg COMMIT="$(git rev-parse HEAD)" -t linqbot .
#   docker run --read-only -v linqbot:/data -p 8080:8080 --env-file linqbot.env linqbot
#
# Only /data is ever written, so the root file system may be read-only.
#
# To pin a base image, put its digest behind its tag, as in NAME:TAG@sha256:…. This prints it:
#
#   docker buildx imagetools inspect golang:1.26.8-bookworm --format '{{.Manifest.Digest}}'

FROM golang:1.26.8-bookworm AS build

WORKDIR /src

COPY . .

# The repository is no part of the context, so Go cannot find the commit by itself.
ARG VERSION=dev
ARG COMMIT=

# Go downloads the modules that the program is built from, and no test's. The caches keep them, and what is
# compiled, for the next build. They need BuildKit, which Docker has had on since 23.0, or Podman or Buildah.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X main.version=${VERSION} -X main.commit=${COMMIT}" \
        -o /out/linqbot ./cmd/linqbot \
    && mkdir /out/data

FROM gcr.io/distroless/static-debian12:nonroot

ARG VERSION=dev
ARG COMMIT=
LABEL org.opencontainers.image.title="linqbot" \
      org.opencontainers.image.description="Removes people from Linq group chats, asked from Slack" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${COMMIT}"

COPY --from=build /out/linqbot /linqbot

# A new named volume takes over the owner of the directory that it covers: without this, linqbot
# could not write to it.
COPY --from=build --chown=65532:65532 /out/data /data

# distroless' "nonroot", as a number: Kubernetes' runAsNonRoot cannot check a name.
USER 65532:65532
WORKDIR /data
VOLUME ["/data"]

# Three slashes: an absolute path.
ENV DATABASE_URL=sqlite:///data/linqbot.db

EXPOSE 8080

HEALTHCHECK --interval=30s --timeout=5s --retries=3 \
    CMD ["/linqbot", "healthcheck"]

ENTRYPOINT ["/linqbot"]
CMD ["serve"]
