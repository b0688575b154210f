package dev.lora4j.core.quantised.file;

import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.quantised.CodeBook;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of one quantised weight in a file.
 *
 * @param name name of the weight
 */
record WeightTensors(TensorStore store, String name) {
  Optional<TensorInfo> beside(String ending) {
    return Optional.ofNullable(store.tensors().get(name + ending));
  }

  private TensorInfo require(String ending) {
    return beside(ending)
        .orElseThrow(
            () ->
                damaged(
                    "needs the tensor "
                        + name
                        + ending
                        + " beside it, and the file has none. Get the whole file again"));
  }

  /** A tensor with the type and size of a part. */
  TensorInfo part(String ending, WeightForm.Part part, Shape shape, Set<String> others) {
    TensorInfo info = require(ending);
    others.add(info.name());
    if (info.dtype() != part.dtype() || info.shape().elements() != part.shape().elements()) {
      throw damaged(
          "of shape "
              + shape
              + " needs "
              + part.dtype()
              + " "
              + part.shape()
              + " in "
              + info.name()
              + ", found "
              + info.dtype()
              + " "
              + info.shape());
    }
    return as(info, part);
  }

  /** The codes, whose bytes may be stored as another type. */
  TensorInfo codes(TensorInfo info, WeightForm.Part part, Shape shape) {
    long bytes = part.dtype().bytes(part.shape().elements());
    if (info.length() != bytes) {
      throw damaged(
          "of shape " + shape + " takes " + bytes + " bytes, found " + info.length() + " bytes");
    }
    return as(info, part);
  }

  private static TensorInfo as(TensorInfo info, WeightForm.Part part) {
    return new TensorInfo(info.name(), part.dtype(), part.shape(), info.begin(), info.end());
  }

  /** The values of codes. */
  CodeBook book(String ending, int size, Set<String> others) {
    TensorInfo info = require(ending);
    others.add(info.name());
    if (info.dtype() != DType.F32 || info.shape().elements() != size) {
      throw damaged(
          "needs F32 ["
              + size
              + "] in "
              + info.name()
              + ", found "
              + info.dtype()
              + " "
              + info.shape());
    }
    float[] values =
        HostTensor.owning(DType.F32, Shape.of(size), store.bytes(info.name())).floats();
    try {
      return CodeBook.of(values);
    } catch (IllegalArgumentException e) {
      throw new TensorException(text("has the table " + info.name() + ": " + e.getMessage()), e);
    }
  }

  TensorException damaged(String trouble) {
    return new TensorException(text(trouble) + ".");
  }

  private String text(String trouble) {
    return store.path() + ": the quantised weight " + name + " " + trouble;
  }
}
