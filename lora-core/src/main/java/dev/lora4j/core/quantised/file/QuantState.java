package dev.lora4j.core.quantised.file;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Description of a weight in four bits by bitsandbytes: a JSON text in a tensor of bytes.
 *
 * @param dtype type that the weight had before
 * @param block numbers with one scale
 * @param nested of scales that are rounded too
 */
record QuantState(
    WeightTensors tensors,
    String kind,
    DType dtype,
    Shape shape,
    int block,
    Optional<Nested> nested) {
  private static final int LONGEST = 1 << 16;
  private static final int NESTED_BLOCK = 256;
  private static final Set<String> KEYS =
      Set.of(
          "quant_type",
          "blocksize",
          "dtype",
          "shape",
          "nested_blocksize",
          "nested_dtype",
          "nested_offset");
  private static final Map<String, DType> TYPES =
      Map.of("float32", DType.F32, "float16", DType.F16, "bfloat16", DType.BF16);

  /** Scales that are rounded. */
  record Nested(float offset) {}

  static QuantState read(WeightTensors tensors, TensorInfo info) {
    if (info.dtype() != DType.U8 || info.length() > LONGEST) {
      throw tensors.damaged(
          "has no JSON text in " + info.name() + ", but " + info.dtype() + " " + info.shape());
    }
    String text = new String(tensors.store().bytes(info.name()), StandardCharsets.UTF_8);
    try {
      return read(tensors, info, JsonParser.parseString(text).getAsJsonObject());
    } catch (RuntimeException e) {
      throw e instanceof TensorException told
          ? told
          : tensors.damaged("has in " + info.name() + " no JSON object of bitsandbytes");
    }
  }

  private static QuantState read(WeightTensors tensors, TensorInfo info, JsonObject json) {
    Set<String> unknown = new TreeSet<>(json.keySet());
    unknown.removeAll(KEYS);
    if (!unknown.isEmpty()) {
      throw tensors.damaged(
          "has fields in "
              + info.name()
              + " that are not known here: "
              + String.join(", ", unknown));
    }
    String name = json.get("dtype").getAsString();
    DType dtype = TYPES.get(name);
    if (dtype == null) {
      throw tensors.damaged("was of type '" + name + "'; expected one of " + TYPES.keySet());
    }
    long[] sizes = new long[json.getAsJsonArray("shape").size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = json.getAsJsonArray("shape").get(i).getAsLong();
      if (sizes[i] < 1 || sizes[i] > Integer.MAX_VALUE) {
        throw tensors.damaged("has the size " + sizes[i] + " in its shape");
      }
    }
    int block = json.get("blocksize").getAsInt();
    if (block < 1 || sizes.length == 0) {
      throw tensors.damaged("has blocks of " + block + " numbers, and " + sizes.length + " sizes");
    }
    return new QuantState(
        tensors,
        json.get("quant_type").getAsString(),
        dtype,
        Shape.of(sizes),
        block,
        nested(tensors, json));
  }

  private static Optional<Nested> nested(WeightTensors tensors, JsonObject json) {
    JsonElement offset = json.get("nested_offset");
    if (offset == null) {
      return Optional.empty();
    }
    int block = json.get("nested_blocksize").getAsInt();
    String type = json.get("nested_dtype").getAsString();
    if (block != NESTED_BLOCK || !type.equals("float32") || !Float.isFinite(offset.getAsFloat())) {
      throw tensors.damaged(
          "has scales in blocks of "
              + block
              + " as "
              + type
              + " with the offset "
              + offset
              + "; expected blocks of 256 as float32, and a number");
    }
    return Optional.of(new Nested(offset.getAsFloat()));
  }

  /** Refuses another kind than that of the tensor's name. */
  void require(String named) {
    if (!kind.equals(named)) {
      throw tensors.damaged("is " + named + " by its name, and " + kind + " by its description");
    }
  }
}
