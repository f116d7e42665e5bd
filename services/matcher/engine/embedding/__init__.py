"""Turns texts into vectors."""

from matcher.engine.embedding.contract import Embedder, Matrix, ModelUnavailable, Progress, Vector
from matcher.engine.embedding.loader import EngineName, load_embedder

__all__ = ["Embedder", "EngineName", "Matrix", "ModelUnavailable", "Progress", "Vector", "load_embedder"]
