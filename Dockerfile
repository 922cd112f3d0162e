# The library's processes: web, worker, scheduler and set-up all run from this image.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/library

# Recognises the text of scans; the library runs without, and says what is missing.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ocrmypdf \
        tesseract-ocr-tur tesseract-ocr-ara tesseract-ocr-swe tesseract-ocr-eng tesseract-ocr-fra \
    && rm -rf /var/lib/apt/lists/*

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

# Files, static files and an embedded index are kept in a volume, which this user owns.
RUN useradd --system --uid 10001 --user-group --no-create-home library \
    && install -d -o library -g library /var/lib/library
COPY . .

ENV DJANGO_SETTINGS_MODULE=cms.settings.production VAR_DIR=/var/lib/library
USER library
VOLUME /var/lib/library
EXPOSE 8000
CMD ["gunicorn", "cms.wsgi", "--bind=0.0.0.0:8000", "--threads=4", "--worker-tmp-dir=/dev/shm"]
