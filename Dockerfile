# The service as a container image. README, "Run it in a container", says how it is started.
# The build stage makes an environment of the pinned packages and our wheel; the image is that
# environment on a Python, and nothing else: it runs as nobody, and writes to its home only.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements-build.txt ./
RUN python -m venv tools && tools/bin/pip install --require-hashes --only-binary :all: -r requirements-build.txt
COPY requirements.txt ./
RUN python -m venv --without-pip /opt/handover && tools/bin/pip --python /opt/handover/bin/python install --require-hashes --only-binary :all: -r requirements.txt
COPY pyproject.toml README.md sbom.cdx.json ./
COPY app app
COPY migrations migrations
COPY openapi openapi
RUN tools/bin/pip wheel --no-deps --no-build-isolation --wheel-dir dist .
RUN tools/bin/pip --python /opt/handover/bin/python install --no-deps dist/case_handover-*.whl
RUN tools/bin/pip --python /opt/handover/bin/python check && mkdir -m 0700 -p home/handover

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Case Handover" \
      org.opencontainers.image.description="Hand a family's child protection case from one local authority to another"
COPY --from=build /opt/handover /opt/handover
COPY --from=build --chown=10001:10001 /build/home /srv
ENV PATH=/opt/handover/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/srv/handover \
    CASE_HANDOVER_HOME=/srv/handover \
    CASE_HANDOVER_HOST=0.0.0.0
USER 10001:10001
WORKDIR /srv/handover
VOLUME /srv/handover
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s CMD ["handover", "health"]
ENTRYPOINT ["handover"]
CMD ["serve"]
