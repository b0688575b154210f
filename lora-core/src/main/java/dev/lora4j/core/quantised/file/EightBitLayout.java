package dev.lora4j.core.quantised.file;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.StoredForm;
import dev.lora4j.core.quantised.RowForm;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Eight bits as bitsandbytes writes them: {@code L.weight} I8 [out, in], {@code L.SCB} F32 [out],
 * and {@code L.weight_format}, which is 0 for rows.
 */
final class EightBitLayout implements QuantisedLayout {
  private static final String WEIGHT = ".weight";

  @Override
  public Optional<Found> find(TensorStore store, TensorInfo tensor) {
    if (tensor.dtype() != DType.I8 || !tensor.name().endsWith(WEIGHT)) {
      return Optional.empty();
    }
    String layer = tensor.name().substring(0, tensor.name().length() - WEIGHT.length());
    WeightTensors tensors = new WeightTensors(store, layer);
    if (tensors.beside(".SCB").isEmpty()) {
      return Optional.empty();
    }
    Set<String> others = new TreeSet<>();
    tensors.beside(".weight_format").ifPresent(info -> format(tensors, info, others));
    Shape shape = tensor.shape();
    if (shape.rank() != 2) {
      throw tensors.damaged("has codes of shape " + shape + "; expected [out, in]");
    }
    RowForm form = new RowForm();
    TensorInfo scales = tensors.part(".SCB", form.parts(shape).get(1), shape, others);
    Map<String, TensorInfo> parts = Map.of(RowForm.CODES, tensor, RowForm.SCALES, scales);
    return Optional.of(
        new Found(new StoredForm(form, parts, Map.of()), DType.F16, shape, others, parts));
  }

  @Override
  public String type(Found weight) {
    return "int8";
  }

  @Override
  public QuantisedWeight rounded(Found weight, float[] values) {
    return new RowForm().rounded(values, weight.shape());
  }

  private static void format(WeightTensors tensors, TensorInfo info, Set<String> others) {
    others.add(info.name());
    byte[] format = tensors.store().bytes(info.name());
    if (format.length != 1 || format[0] != 0) {
      throw tensors.damaged(
          "is arranged for a kind of graphics card, and not by rows. Save the model again with a"
              + " newer bitsandbytes");
    }
  }
}
