FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 HOST=0.0.0.0 PORT=8000 TARIFFCALC_HOME=/data
WORKDIR /app

COPY requirements.txt ./
RUN pip install -r requirements.txt

COPY pyproject.toml README.md LICENSE wsgi.py gunicorn.conf.py ./
COPY tariffcalc tariffcalc
COPY rates rates
COPY trade_data trade_data
RUN pip install --no-deps . && useradd --create-home --uid 10001 tariffcalc && install -d -o tariffcalc /data

USER tariffcalc
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["gunicorn", "wsgi:app"]
