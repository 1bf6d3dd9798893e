FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/ssc
RUN useradd --system --create-home --home-dir /var/lib/ssc ssc
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
RUN pip install --no-cache-dir -c constraints.txt -e .
COPY . .
ENV STATIC_ROOT=/app/static DEBUG=0
# Static files are collected at build time; the random key made for it is thrown away.
RUN SECRET_KEY=$(head -c 64 /dev/urandom | base64 -w 0) ALLOWED_HOSTS=localhost SITE_URL=https://localhost \
    VAR_DIR=/tmp/build python manage.py collectstatic --no-input && rm -rf /tmp/build
USER ssc
VOLUME /var/lib/ssc
EXPOSE 8000
CMD ["gunicorn", "ssc_platform.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--timeout", "60", "--access-logfile", "-"]
