package dev.lora4j.core.quantised.file;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.StoredForm;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.quantised.Float8Form;
import dev.lora4j.core.quantised.Float8Form.Scaling;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Eight bits as F8_E4M3 or F8_E5M2: alone; with ComfyUI's scale, {@code L.scale_weight} or {@code
 * L.weight_scale}, of the weight or of its rows; or with {@code L.weight_scale_inv} for blocks of
 * 128 by 128, as DeepSeek and Qwen have them. Scales of inputs, which these programs use for
 * products in 8 bits, are not: products are computed with the numbers.
 */
final class Float8Layout implements QuantisedLayout {
  private static final String WEIGHT = ".weight";
  private static final List<String> SCALES = List.of(".scale_weight", ".weight_scale");
  private static final String BLOCK_SCALES = ".weight_scale_inv";
  private static final List<String> UNUSED = List.of(".scale_input", ".input_scale");

  /** ComfyUI's sign that a model has scales, with the names of its layers after its own prefix. */
  private static final String MARK = "scaled_fp8";

  @Override
  public Optional<Found> find(TensorStore store, TensorInfo tensor) {
    boolean small = tensor.dtype() == DType.F8_E4M3 || tensor.dtype() == DType.F8_E5M2;
    if (!small || !tensor.name().endsWith(WEIGHT) || tensor.shape().rank() < 2) {
      return Optional.empty();
    }
    String layer = tensor.name().substring(0, tensor.name().length() - WEIGHT.length());
    WeightTensors tensors = new WeightTensors(store, layer);
    Set<String> others = new TreeSet<>();
    UNUSED.forEach(u -> tensors.beside(u).ifPresent(info -> others.add(info.name())));
    Map<String, TensorInfo> mapped = new HashMap<>();
    Map<String, HostTensor> given = new HashMap<>();
    Scaling scaling = scaling(tensors, tensor);
    Float8Form form = new Float8Form(tensor.dtype(), scaling);
    for (WeightForm.Part part : form.parts(tensor.shape())) {
      if (part.name().equals(Float8Form.CODES)) {
        mapped.put(part.name(), tensors.codes(tensor, part, tensor.shape()));
      } else {
        given.put(part.name(), scales(tensors, scaleOf(tensors).orElseThrow(), part));
      }
    }
    Map<String, TensorInfo> changing = new HashMap<>(mapped);
    scaleOf(tensors)
        .ifPresent(
            info -> {
              others.add(info.name());
              changing.put(Float8Form.SCALES, info);
            });
    StoredForm stored = new StoredForm(form, mapped, given);
    return Optional.of(new Found(stored, DType.F16, tensor.shape(), others, changing));
  }

  @Override
  public String type(Found weight) {
    return ((Float8Form) weight.form().form()).type().toString();
  }

  /* The scales as they can be stored come first: codes are of what the reader will multiply by. */
  @Override
  public QuantisedWeight rounded(Found weight, float[] values) {
    Float8Form form = (Float8Form) weight.form().form();
    HostTensor exact = form.scales(values, weight.shape());
    DType stored = Objects.requireNonNull(weight.changing().get(Float8Form.SCALES)).dtype();
    HostTensor scales =
        HostTensor.of(
            DType.F32,
            exact.shape(),
            HostTensor.of(stored, exact.shape(), exact.doubles()).doubles());
    return form.rounded(values, weight.shape(), scales);
  }

  @Override
  public boolean sign(String name) {
    return name.equals(MARK) || name.endsWith("." + MARK);
  }

  private static Optional<TensorInfo> scaleOf(WeightTensors tensors) {
    return SCALES.stream()
        .flatMap(s -> tensors.beside(s).stream())
        .findFirst()
        .or(() -> tensors.beside(BLOCK_SCALES));
  }

  private static Scaling scaling(WeightTensors tensors, TensorInfo codes) {
    Optional<TensorInfo> scale = scaleOf(tensors);
    if (scale.isEmpty()) {
      return Scaling.NONE;
    }
    Shape shape = scale.get().shape();
    boolean blocks = scale.get().name().endsWith(BLOCK_SCALES);
    if (blocks && codes.shape().rank() == 2) {
      return Scaling.BLOCK;
    }
    long count = shape.elements();
    if (!blocks && count == 1) {
      return Scaling.WEIGHT;
    }
    if (!blocks && count == codes.shape().size(0) && shape.size(0) == count) {
      return Scaling.ROW;
    }
    throw tensors.damaged(
        "of shape "
            + codes.shape()
            + " has scales of shape "
            + shape
            + " in "
            + scale.get().name()
            + "; expected one, one for each row, or one for each block of 128 by 128");
  }

  /** Scales in F32; there are few. */
  private static HostTensor scales(WeightTensors tensors, TensorInfo info, WeightForm.Part part) {
    boolean numbers =
        info.dtype() == DType.F32 || info.dtype() == DType.BF16 || info.dtype() == DType.F16;
    if (!numbers || info.shape().elements() != part.shape().elements()) {
      throw tensors.damaged(
          "needs numbers of shape "
              + part.shape()
              + " in "
              + info.name()
              + ", found "
              + info.dtype()
              + " "
              + info.shape());
    }
    double[] values =
        HostTensor.owning(info.dtype(), part.shape(), tensors.store().bytes(info.name())).doubles();
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw tensors.damaged("has the scale " + value + " in " + info.name());
      }
    }
    return HostTensor.of(DType.F32, part.shape(), values);
  }
}
