# One image for the web server, the worker, the clock and the migrations; compose says which it is.
# `--target demo` adds the simulated platforms.

FROM python:3.11-slim AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/venv/bin:$PATH

FROM base AS dependencies
WORKDIR /build
COPY requirements/uv.txt requirements/production.txt requirements/local.txt ./
RUN python -m venv /uv && /uv/bin/pip install --no-cache-dir --require-hashes -r uv.txt \
 && python -m venv --without-pip /venv
RUN /uv/bin/uv pip sync --no-cache --compile-bytecode --python /venv/bin/python \
    --require-hashes production.txt

FROM dependencies AS demo-dependencies
RUN /uv/bin/uv pip sync --no-cache --compile-bytecode --python /venv/bin/python \
    --require-hashes local.txt

FROM base AS source
RUN groupadd --system --gid 10001 opsconsole \
 && useradd --system --uid 10001 --gid opsconsole --no-create-home --shell /usr/sbin/nologin opsconsole \
 && install --directory --owner=opsconsole --group=opsconsole /data /data/media /data/spool
WORKDIR /app
COPY manage.py ./
COPY templates templates
COPY locale locale
COPY opsconsole opsconsole
COPY channels channels
COPY inbox inbox
COPY campaigns campaigns
COPY guidelines guidelines
ENV MEDIA_ROOT=/data/media SPOOL_ROOT=/data/spool HOME=/tmp

FROM source AS demo
COPY --from=demo-dependencies /venv /venv
USER opsconsole
CMD ["python", "-m", "channels.sandbox", "--host", "0.0.0.0", "--port", "8001", "--data", "/data/sandbox.db", "--story"]

FROM source AS production
COPY --from=dependencies /venv /venv
# Nothing of the build's own settings stays in the image; collectstatic needs only that they parse.
RUN SECRET_KEY=build CREDENTIAL_KEYS=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgres://build@localhost/build REDIS_URL=redis://localhost \
    python manage.py collectstatic --noinput -v0
USER opsconsole
EXPOSE 8000
VOLUME /data/media /data/spool
CMD ["uvicorn", "opsconsole.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--timeout-graceful-shutdown", "2", "--no-access-log", "--no-proxy-headers", "--no-server-header"]
