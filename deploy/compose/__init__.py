"""The platform in containers: what `make up`, `make down` and `make logs` do around compose.yaml.

Runs on any Python from 3.11 without packages; `trial` alone runs inside an image.
"""
