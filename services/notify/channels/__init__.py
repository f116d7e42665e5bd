"""How deliveries reach people and programs: one module for each channel, all of the shape that `shape.py` says."""
