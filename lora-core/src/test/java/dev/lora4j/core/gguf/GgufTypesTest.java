package dev.lora4j.core.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.gguf.GgufException.Kind;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A file of the reference writer, and what the reference makes of it ({@code
 * golden/gguf/types.py}).
 */
class GgufTypesTest {
  private static final Path FOLDER = Path.of("src/test/resources/dev/lora4j/core/gguf");

  private static GgufFile file() {
    return GgufFile.open(FOLDER.resolve("types.gguf"));
  }

  static Stream<GgufType> dequantised() {
    return Arrays.stream(GgufType.values()).filter(t -> t.block().isPresent());
  }

  @ParameterizedTest
  @MethodSource("dequantised")
  void numbersAreThoseOfTheReferenceBitForBit(GgufType type) {
    GgufWeight weight = GgufWeight.of("w", type.name());
    GgufWeights weights = new GgufWeights(file(), List.of(weight));
    float[] expected = expected(type.name());
    float[] found = new float[expected.length];
    weights.decode("w", 0, found);
    int special = 0;
    for (int i = 0; i < found.length; i++) {
      boolean same =
          Float.isNaN(expected[i])
              ? Float.isNaN(found[i])
              : Float.floatToRawIntBits(expected[i]) == Float.floatToRawIntBits(found[i]);
      assertTrue(same, type + "[" + i + "]: " + expected[i] + " is " + found[i]);
      special += Float.isFinite(found[i]) ? 0 : 1;
    }
    boolean scaled = type != GgufType.F32 && type != GgufType.F16 && type != GgufType.BF16;
    assertTrue(!scaled || special > 0, "the golden has infinite scales");
  }

  private static float[] expected(String name) {
    try (TensorStore golden = TensorStore.open(FOLDER.resolve("types.safetensors"))) {
      var info = Objects.requireNonNull(golden.tensors().get(name));
      float[] values = new float[Math.toIntExact(info.shape().elements())];
      HostTensor.of(info.dtype(), info.shape(), golden.read(name)).floats(values, 0);
      return values;
    }
  }

  /** Rows of heads in pairs, as {@code reshape(heads, width / 2, 2).swapaxes(1, 2)} parts them. */
  @Test
  void pairedRowsAreParted() {
    GgufFile file = file();
    GgufWeights weights =
        new GgufWeights(
            file,
            List.of(
                GgufWeight.of("plain", "Q8_0"),
                GgufWeight.of("parted", "Q8_0").withPairedHeads(3)));
    int row = 64;
    float[] plain = new float[24 * row];
    float[] parted = new float[24 * row];
    weights.decode("plain", 0, plain);
    weights.decode("parted", 0, parted);
    int[] order = {0, 2, 4, 6, 1, 3, 5, 7};
    for (int i = 0; i < 24; i++) {
      int from = (i / 8 * 8 + order[i % 8]) * row;
      assertEquals(
          Arrays.hashCode(Arrays.copyOfRange(plain, from, from + row)),
          Arrays.hashCode(Arrays.copyOfRange(parted, i * row, (i + 1) * row)),
          "row " + i);
    }
    float[] some = new float[5 * row];
    weights.decode("parted", 7L * row, some);
    assertEquals(
        Arrays.hashCode(Arrays.copyOfRange(parted, 7 * row, 12 * row)), Arrays.hashCode(some));
    GgufException refusal =
        assertThrows(
            GgufException.class,
            () -> new GgufWeights(file, List.of(GgufWeight.of("w", "Q8_0").withPairedHeads(5))));
    assertEquals(Kind.WRONG_VALUE, refusal.kind(), refusal.getMessage());
  }

  @Test
  void addedNumberIsTakenAway() {
    GgufWeights weights = new GgufWeights(file(), List.of(GgufWeight.of("w", "F16").withAdded(1)));
    assertTrue(weights.encoded("w"));
    float[] expected = expected("F16");
    float[] found = new float[expected.length];
    weights.decode("w", 0, found);
    for (int i = 0; i < found.length; i++) {
      assertEquals(expected[i] - 1, found[i]);
    }
  }

  @Test
  void valuesAreThoseOfTheWriter() {
    GgufMetadata metadata = file().metadata();
    assertEquals("llama", metadata.text("general.architecture").orElseThrow());
    assertEquals(255, metadata.whole("test.u8", 0, 300).orElseThrow());
    assertEquals(-128, metadata.whole("test.i8", -200, 0).orElseThrow());
    assertEquals(65_535, metadata.whole("test.u16", 0, 70_000).orElseThrow());
    assertEquals(-32_768, metadata.whole("test.i16", -40_000, 0).orElseThrow());
    assertEquals("4294967295", described(metadata, "test.u32"));
    assertEquals("-2147483648", described(metadata, "test.i32"));
    assertEquals("18446744073709551615", described(metadata, "test.u64"));
    assertEquals("-9223372036854775808", described(metadata, "test.i64"));
    assertEquals(1e-5, metadata.real("test.f32").orElseThrow());
    assertEquals(0.1, metadata.real("test.f64").orElseThrow());
    assertEquals(true, metadata.flag("test.bool").orElseThrow());
    assertEquals("na\u00efve \ud83e\udd8a", metadata.text("test.string").orElseThrow());
    assertEquals(List.of("a", "", "\u2581b"), metadata.texts("test.texts"));
    assertEquals(List.of(1, -2, 3), metadata.wholes("test.numbers", -5, 5));
    assertEquals(List.of(0.5f, -1.5f), metadata.reals("test.reals"));
    assertEquals(List.of(), metadata.texts("test.nothing"));
    for (String key : List.of("test.u64", "test.f32", "test.string")) {
      GgufException wrong =
          assertThrows(GgufException.class, () -> metadata.whole(key, 0, Integer.MAX_VALUE));
      assertEquals(Kind.WRONG_VALUE, wrong.kind());
      assertTrue(wrong.getMessage().contains('"' + key + '"'), wrong.getMessage());
    }
  }

  private static String described(GgufMetadata metadata, String key) {
    return metadata.find(key).orElseThrow().described();
  }

  @Test
  void arraysMayBeNested() {
    byte[] bytes =
        GgufBuilder.file(2, 0, 1)
            .key("a", GgufValueType.ARRAY)
            .word(GgufValueType.ARRAY.number())
            .doubleWord(2)
            .word(GgufValueType.U8.number())
            .doubleWord(2)
            .bytes(1, 2)
            .word(GgufValueType.STRING.number())
            .doubleWord(1)
            .text("x")
            .bytes();
    GgufMetadata metadata = GgufContract.check(bytes).orElseThrow().metadata();
    GgufValue.Values outer = (GgufValue.Values) metadata.find("a").orElseThrow();
    assertEquals("an array of 2 of type U8", outer.elements().get(0).described());
    assertEquals(
        List.of(new GgufValue.Text("x")), ((GgufValue.Values) outer.elements().get(1)).elements());
  }

  @Test
  void tensorsHaveTheirShapesAndTypes() {
    GgufFile file = file();
    assertEquals(3, file.version());
    assertEquals(
        dequantised().collect(Collectors.toSet()),
        file.tensors().values().stream().map(GgufTensor::type).collect(Collectors.toSet()));
    assertEquals(Shape.of(24, 256), file.tensor("Q4_K").shape());
    assertEquals(Shape.of(24, 64), file.tensor("MXFP4").shape());
    GgufException absent = assertThrows(GgufException.class, () -> file.tensor("nothing"));
    assertEquals(Kind.NO_SUCH_TENSOR, absent.kind());
  }

  @Test
  void typeThatIsNotReadIsRefusedByName(@TempDir Path folder) throws IOException {
    byte[] bytes = GgufBuilder.file(3, 1, 0).tensor("w", 16, 0, 256).data(66);
    Path path = Files.write(folder.resolve("m.gguf"), bytes);
    GgufFile file = GgufFile.open(path);
    assertEquals(GgufType.IQ2_XXS, file.tensor("w").type());
    GgufException refusal =
        assertThrows(
            GgufException.class, () -> new GgufWeights(file, List.of(GgufWeight.of("w", "w"))));
    assertEquals(Kind.UNREADABLE_TYPE, refusal.kind());
    assertTrue(refusal.getMessage().contains("IQ2_XXS"), refusal.getMessage());
  }

  @Test
  void anInterruptDoesNotEndTheOpening() {
    Thread.currentThread().interrupt();
    int found = file().tensors().size();
    assertTrue(Thread.interrupted(), "the thread keeps its interrupt");
    assertEquals(file().tensors().size(), found);
  }
}
