package dev.lora4j.core.bake;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.quantised.BlockForm;
import dev.lora4j.core.quantised.Float8Form;
import dev.lora4j.core.quantised.Float8Form.Scaling;
import dev.lora4j.core.quantised.Fp4;
import dev.lora4j.core.quantised.Int8;
import dev.lora4j.core.quantised.Nf4;
import dev.lora4j.core.quantised.RowForm;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Files of other programs with a quantised weight in them. */
enum QuantisedFile {
  NF4("nf4"),
  NF4_DOUBLE("nf4"),
  FP4("fp4"),
  INT8("int8"),
  FP8("F8_E4M3"),
  FP8_ROWS("F8_E4M3"),
  FP8_BLOCKS("F8_E4M3"),
  FP8_WIDE("F8_E5M2");

  private final String type;

  QuantisedFile(String type) {
    this.type = type;
  }

  /** Name of the type in reports. */
  String type() {
    return type;
  }

  /** Writes a file once more with one of its matrices in this form. */
  void write(Path from, String weight, Path to) {
    try (TensorStore store = TensorStore.open(from)) {
      SafetensorsWriter writer = new SafetensorsWriter().metadata(store.metadata());
      store
          .tensors()
          .values()
          .forEach(
              info -> {
                HostTensor tensor =
                    HostTensor.owning(info.dtype(), info.shape(), store.bytes(info.name()));
                Map<String, HostTensor> all =
                    info.name().equals(weight)
                        ? tensors(weight.replaceFirst("\\.weight$", ""), tensor)
                        : Map.of(info.name(), tensor);
                all.forEach((name, t) -> writer.add(name, t.dtype(), t.shape(), t.bytes()));
              });
      writer.write(to);
    }
  }

  private Map<String, HostTensor> tensors(String layer, HostTensor weight) {
    float[] values = new float[(int) weight.shape().elements()];
    weight.floats(values, 0);
    Shape shape = weight.shape();
    return switch (this) {
      case NF4 -> fourBits(layer, new Nf4(64, false).quantised(values, shape), shape);
      case NF4_DOUBLE -> fourBits(layer, new Nf4(64, true).quantised(values, shape), shape);
      case FP4 -> fourBits(layer, new Fp4(64, false).quantised(values, shape), shape);
      case INT8 -> {
        QuantisedWeight rows = new Int8().quantised(values, shape);
        yield Map.of(
            layer + ".weight", rows.part(RowForm.CODES), layer + ".SCB", rows.part(RowForm.SCALES));
      }
      case FP8 -> eightBits(layer, ".scale_weight", DType.F32, values, shape, Scaling.WEIGHT);
      case FP8_ROWS -> eightBits(layer, ".weight_scale", DType.BF16, values, shape, Scaling.ROW);
      case FP8_BLOCKS ->
          eightBits(layer, ".weight_scale_inv", DType.F32, values, shape, Scaling.BLOCK);
      case FP8_WIDE -> eightBits(layer, ".weight_scale", DType.F16, values, shape, Scaling.WEIGHT);
    };
  }

  private Map<String, HostTensor> fourBits(String layer, QuantisedWeight weight, Shape shape) {
    String name = layer + ".weight";
    BlockForm form = (BlockForm) weight.form();
    Map<String, HostTensor> all = new LinkedHashMap<>();
    // As in a file whose storage type is BF16.
    HostTensor codes = weight.part(BlockForm.CODES);
    all.put(name, HostTensor.of(DType.BF16, Shape.of(codes.shape().size(0) / 2, 1), codes.bytes()));
    all.put(name + ".absmax", weight.part(BlockForm.SCALES));
    all.put(name + ".quant_map", HostTensor.of(Shape.of(16), form.book().values()));
    String nested = "";
    if (form.nested().isPresent()) {
      all.put(name + ".nested_absmax", weight.part(BlockForm.NESTED_SCALES));
      float[] book = form.nested().get().values();
      all.put(name + ".nested_quant_map", HostTensor.of(Shape.of(256), book));
      nested =
          String.format(
              Locale.ROOT,
              ",\"nested_blocksize\":256,\"nested_dtype\":\"float32\",\"nested_offset\":%s",
              weight.part(BlockForm.NESTED_OFFSET).doubles()[0]);
    }
    byte[] state =
        String.format(
                "{\"quant_type\":\"%s\",\"blocksize\":64,\"dtype\":\"float32\",\"shape\":%s%s}",
                type, shape, nested)
            .getBytes(StandardCharsets.UTF_8);
    all.put(
        name + ".quant_state.bitsandbytes__" + type,
        HostTensor.owning(DType.U8, Shape.of(state.length), state));
    return all;
  }

  private Map<String, HostTensor> eightBits(
      String layer, String scale, DType stored, float[] values, Shape shape, Scaling scaling) {
    DType codes = this == FP8_WIDE ? DType.F8_E5M2 : DType.F8_E4M3;
    Float8Form form = new Float8Form(codes, scaling);
    HostTensor scales = form.scales(values, shape);
    HostTensor kept = HostTensor.of(stored, scales.shape(), scales.doubles());
    QuantisedWeight weight =
        form.rounded(values, shape, HostTensor.of(DType.F32, scales.shape(), kept.doubles()));
    return Map.of(
        layer + ".weight",
        HostTensor.of(codes, shape, weight.part(Float8Form.CODES).bytes()),
        layer + scale,
        kept,
        layer + ".input_scale",
        HostTensor.of(Shape.of(1), 0.5f));
  }
}
