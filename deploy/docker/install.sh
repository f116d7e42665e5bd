# The steps of an image's build that all services share. Runs in /opt/jingqiao: sh install.sh packages | compiled | model
set -eu
case "$1" in
packages) # what is locked and nothing else (no pip), and a list of it in CycloneDX's format
    python -m venv --without-pip venv
    /opt/tools/bin/pip --python venv/bin/python install --quiet --require-hashes -r requirements.lock
    /opt/tools/bin/cyclonedx-py environment --output-reproducible --output-format JSON --output-file sbom.cdx.json venv/bin/python
    ;;
compiled) # by hash: the files' times are those of whoever built the image
    venv/bin/python -m compileall -q --invalidation-mode unchecked-hash app
    ;;
model) # a container finds it converted: its folders are read-only
    PYTHONPATH=app JINGQIAO_CACHE=/opt/jingqiao/models venv/bin/python -m matcher prepare
    rm -f models/*.lock
    ;;
esac
