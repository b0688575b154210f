package dev.lora4j.core.quantised.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.quantised.BlockForm;
import dev.lora4j.core.quantised.Float8Form;
import dev.lora4j.core.quantised.Float8Form.Scaling;
import dev.lora4j.core.quantised.Nf4;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantised weights in files, whole and damaged. */
class QuantisedTensorsTest {
  private static final Shape SHAPE = Shape.of(6, 64);
  private static final String STATE = "l.weight.quant_state.bitsandbytes__nf4";
  private static final String JSON =
      "{\"quant_type\": \"nf4\", \"blocksize\": 64, \"dtype\": \"float32\", \"shape\": [6, 64],"
          + " \"nested_blocksize\": 256, \"nested_dtype\": \"float32\", \"nested_offset\": %s}";

  @TempDir private Path folder;

  private static float[] values() {
    SplittableRandom random = new SplittableRandom(9);
    float[] values = new float[(int) SHAPE.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The tensors of a weight as bitsandbytes writes them. */
  private static Map<String, HostTensor> fourBits() {
    QuantisedWeight weight = new Nf4(64, true).quantised(values(), SHAPE);
    BlockForm form = (BlockForm) weight.form();
    float offset = (float) weight.part(BlockForm.NESTED_OFFSET).doubles()[0];
    Map<String, HostTensor> all = new HashMap<>();
    all.put("l.weight", weight.part(BlockForm.CODES).reshape(Shape.of(192, 1)));
    all.put("l.weight.absmax", weight.part(BlockForm.SCALES));
    all.put("l.weight.nested_absmax", weight.part(BlockForm.NESTED_SCALES));
    all.put("l.weight.quant_map", HostTensor.of(Shape.of(16), form.book().values()));
    all.put(
        "l.weight.nested_quant_map",
        HostTensor.of(Shape.of(256), form.nested().orElseThrow().values()));
    all.put(STATE, text(JSON.formatted(offset)));
    all.put("l.bias", HostTensor.of(Shape.of(6), 1, 2, 3, 4, 5, 6));
    return all;
  }

  private static HostTensor text(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return HostTensor.owning(DType.U8, Shape.of(bytes.length), bytes);
  }

  private TensorStore store(Map<String, HostTensor> tensors) {
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach((name, t) -> writer.add(name, t.dtype(), t.shape(), t.bytes()));
    Path file = folder.resolve("model.safetensors");
    writer.write(file);
    return TensorStore.open(file);
  }

  private static float[] decoded(StoredTensors tensors, Shape shape) {
    float[] all = new float[(int) shape.elements()];
    int row = Math.toIntExact(tensors.row("l.weight"));
    for (int from = 0; from < all.length; from += row) {
      float[] some = new float[row];
      tensors.decode("l.weight", from, some);
      System.arraycopy(some, 0, all, from, row);
    }
    return all;
  }

  @Test
  void aWeightAppearsAsItsNumbers() {
    try (TensorStore store = store(fourBits())) {
      StoredTensors tensors = QuantisedTensors.of(store);
      assertEquals(Set.of("l.weight", "l.bias"), tensors.tensors().keySet());
      assertEquals(SHAPE, Objects.requireNonNull(tensors.tensors().get("l.weight")).shape());
      assertTrue(tensors.encoded("l.weight"));
      assertFalse(tensors.encoded("l.bias"));
      QuantisedWeight weight = new Nf4(64, true).quantised(values(), SHAPE);
      float[] plain = new float[values().length];
      weight.form().numbers(weight.parts(), SHAPE, 0, plain);
      assertArrayEquals(plain, decoded(tensors, SHAPE));
      assertEquals(
          weight.form(), tensors.quantised("l.weight").orElseThrow().form(), "the same form");
    }
  }

  @Test
  void otherFilesStayAsTheyAre() {
    try (TensorStore store =
        store(
            Map.of(
                "l.weight", HostTensor.of(SHAPE, values()),
                "l.SCB", HostTensor.of(Shape.of(6), 1, 2, 3, 4, 5, 6)))) {
      assertEquals(Set.of("l.weight", "l.SCB"), QuantisedTensors.of(store).tensors().keySet());
      assertTrue(QuantisedTensors.of(store).quantised("l.weight").isEmpty());
      assertEquals("", QuantisedTensors.of(store).form());
    }
  }

  private String refusal(Map<String, HostTensor> tensors) {
    try (TensorStore store = store(tensors)) {
      TensorException e = assertThrows(TensorException.class, () -> QuantisedTensors.of(store));
      assertTrue(e.getMessage().contains("model.safetensors: the quantised weight l"));
      return e.getMessage();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1, 2]|has in l.weight.quant_state.bitsandbytes__nf4 no JSON object of bitsandbytes",
        "{|no JSON object of bitsandbytes",
        "{}|no JSON object of bitsandbytes",
        "SET quant_type=\"fp4\"|is nf4 by its name, and fp4 by its description",
        "SET dtype=\"float99\"|was of type 'float99'; expected one of",
        "SET shape=[6, 128]|of shape [6, 128] takes 384 bytes, found 192 bytes",
        "SET shape=[6, -64]|has the size -64 in its shape",
        "SET shape=[]|and 0 sizes",
        "SET shape=[99999999999, 64]|has the size 99999999999 in its shape",
        "SET blocksize=0|has blocks of 0 numbers",
        "SET blocksize=128|needs U8 [3] in l.weight.absmax, found U8 [6]",
        "SET nested_blocksize=64|has scales in blocks of 64 as float32",
        "SET nested_offset=1e99|with the offset 1e99",
        "SET more=1|has fields in l.weight.quant_state.bitsandbytes__nf4 that are not known here: more",
      })
  void descriptionsAreChecked(String change, String message) {
    Map<String, HostTensor> all = fourBits();
    String json = JSON.formatted("0.5");
    if (change.startsWith("SET ")) {
      String key = change.substring(4, change.indexOf('='));
      String value = change.substring(change.indexOf('=') + 1);
      json = json.replaceFirst("\"" + key + "\": (\\[[^]]*]|[^,}]*)", "\"" + key + "\": " + value);
      json = json.contains(key) ? json : json.replace("}", ", \"" + key + "\": " + value + "}");
    } else {
      json = change;
    }
    all.put(STATE, text(json));
    String refusal = refusal(all);
    assertTrue(refusal.contains(message), refusal);
  }

  @ParameterizedTest
  @CsvSource({
    "l.weight.absmax,needs the tensor l.weight.absmax beside it",
    "l.weight.quant_map,needs the tensor l.weight.quant_map beside it",
    "l.weight.nested_absmax,needs the tensor l.weight.nested_absmax beside it",
    "l.weight.nested_quant_map,needs the tensor l.weight.nested_quant_map beside it",
  })
  void missingTensorsAreNamed(String name, String message) {
    Map<String, HostTensor> all = fourBits();
    all.remove(name);
    String refusal = refusal(all);
    assertTrue(refusal.contains(message), refusal);
  }

  @Test
  void tablesHaveNumbersAlone() {
    Map<String, HostTensor> all = fourBits();
    float[] table = new float[16];
    table[5] = Float.NaN;
    all.put("l.weight.quant_map", HostTensor.of(Shape.of(16), table));
    String refusal = refusal(all);
    assertTrue(
        refusal.contains("has the table l.weight.quant_map: A table of codes has numbers alone;"),
        refusal);
    all.put("l.weight.quant_map", HostTensor.of(Shape.of(15), new float[15]));
    assertTrue(refusal(all).contains("needs F32 [16] in l.weight.quant_map, found F32 [15]"));
  }

  @Test
  void eightBitsByRows() {
    byte[] codes = new byte[(int) SHAPE.elements()];
    new SplittableRandom(1).nextBytes(codes);
    Map<String, HostTensor> all = new HashMap<>();
    all.put("l.weight", HostTensor.owning(DType.I8, SHAPE, codes));
    all.put("l.SCB", HostTensor.of(Shape.of(6), 1, 2, 3, 4, 5, 6));
    all.put("l.weight_format", HostTensor.owning(DType.U8, Shape.of(), new byte[1]));
    try (TensorStore store = store(all)) {
      StoredTensors tensors = QuantisedTensors.of(store);
      assertEquals(Set.of("l.weight"), tensors.tensors().keySet());
      float[] numbers = decoded(tensors, SHAPE);
      assertEquals(codes[70] * 2f * (float) 7.874015718698502e-3, numbers[70]);
    }
    all.put("l.weight_format", HostTensor.owning(DType.U8, Shape.of(), new byte[] {2}));
    assertTrue(refusal(all).contains("is arranged for a kind of graphics card"));
    all.remove("l.weight_format");
    all.put("l.SCB", HostTensor.of(Shape.of(5), 1, 2, 3, 4, 5));
    assertTrue(refusal(all).contains("needs F32 [6] in l.SCB, found F32 [5]"));
  }

  @ParameterizedTest
  @CsvSource({
    "l.scale_weight,1,WEIGHT",
    "l.weight_scale,1,WEIGHT",
    "l.weight_scale,6,ROW",
    "l.weight_scale_inv,1,BLOCK",
    "none,0,NONE",
  })
  void smallFloatsWithTheirScales(String name, int count, Scaling scaling) {
    byte[] codes = new byte[(int) SHAPE.elements()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (i % 0x7e);
    }
    Map<String, HostTensor> all = new HashMap<>();
    all.put("l.weight", HostTensor.owning(DType.F8_E4M3, SHAPE, codes));
    all.put("l.scale_input", HostTensor.of(Shape.of(1), 3));
    all.put("scaled_fp8", HostTensor.owning(DType.F8_E4M3, Shape.of(0), new byte[0]));
    float[] scales = {2, 3, 4, 5, 6, 7};
    if (count > 0) {
      Shape shape = scaling == Scaling.BLOCK ? Shape.of(1, 1) : Shape.of(count);
      all.put(name, HostTensor.of(shape, Arrays.copyOf(scales, count)));
    }
    try (TensorStore store = store(all)) {
      StoredTensors tensors = QuantisedTensors.of(store);
      assertEquals(Set.of("l.weight"), tensors.tensors().keySet());
      Float8Form form = (Float8Form) tensors.quantised("l.weight").orElseThrow().form();
      assertSame(scaling, form.scaling());
      double[] plain = HostTensor.owning(DType.F8_E4M3, SHAPE, codes).doubles();
      float[] numbers = decoded(tensors, SHAPE);
      for (int i = 0; i < numbers.length; i++) {
        float scale = count == 0 ? 1 : scales[scaling == Scaling.ROW ? i / 64 : 0];
        assertEquals((float) plain[i] * scale, numbers[i]);
      }
    }
  }

  @Test
  void scalesThatFitNothingAreNamed() {
    Map<String, HostTensor> all = new HashMap<>();
    all.put("l.weight", HostTensor.owning(DType.F8_E4M3, SHAPE, new byte[384]));
    all.put("l.weight_scale", HostTensor.of(Shape.of(5), 1, 2, 3, 4, 5));
    assertTrue(refusal(all).contains("has scales of shape [5] in l.weight_scale; expected one"));
    all.put("l.weight_scale", HostTensor.of(Shape.of(1), Float.NaN));
    assertTrue(refusal(all).contains("has the scale NaN in l.weight_scale"));
  }
}
