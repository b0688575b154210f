package dev.lora4j.core.nn;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;

/** Tensors of a checkpoint in safetensors, whose bytes are their numbers. */
record CheckpointTensors(TensorStore store) implements StoredTensors {
  @Override
  public Path path() {
    return store.path();
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return store.tensors();
  }

  @Override
  public Path fileOf(String name) {
    return store.fileOf(name);
  }

  @Override
  public long absoluteOffset(String name) {
    return store.absoluteOffset(name);
  }

  @Override
  public void read(String name, long offset, ByteBuffer into) {
    store.read(name, offset, into);
  }

  @Override
  public boolean encoded(String name) {
    return false;
  }

  @Override
  public void decode(String name, long from, float[] values) {
    throw new IllegalStateException("the tensor " + name + " is not encoded");
  }

  @Override
  public long row(String name) {
    return 1;
  }

  @Override
  public String form() {
    return "";
  }
}
