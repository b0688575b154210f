package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.metadata.RecordedBaseModel;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.AdapterMaker;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** For which kind of base an adapter of each method is taken. */
class KindOfBaseTest {
  private static final String KEY =
      "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.";

  /** Rows of the layer in Stable Diffusion 1 and 2; columns tell them apart. */
  private static final int ROWS = 640;

  @TempDir private Path folder;

  private static AdapterMaker layer(String method, int in, int out) {
    AdapterMaker maker = new AdapterMaker();
    return switch (method) {
      case "loha" ->
          maker
              .add(KEY + "hada_w1_a", out, 2)
              .add(KEY + "hada_w1_b", 2, in)
              .add(KEY + "hada_w2_a", out, 2)
              .add(KEY + "hada_w2_b", 2, in)
              .number(KEY + "alpha", 2);
      case "lokr" ->
          maker
              .add(KEY + "lokr_w1", 8, 8)
              .add(KEY + "lokr_w2_a", out / 8, 2)
              .add(KEY + "lokr_w2_b", 2, in / 8)
              .number(KEY + "alpha", 2);
      case "ia3" -> maker.add(KEY + "weight", 1, in).whole(KEY + "on_input", 1);
      case "diff" -> maker.add(KEY + "diff", out, in);
      default -> throw new IllegalArgumentException(method);
    };
  }

  private Examination read(AdapterMaker maker) {
    Path file = folder.resolve("a.safetensors");
    maker.write(file);
    return AdapterFiles.examine(file, ReadOptions.STRICT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"loha", "lokr", "ia3", "diff"})
  void baseFamilyFollowsFromLayerSizes(String method) {
    Examination first = read(layer(method, 768, ROWS));
    assertEquals("sd15", first.family().name(), first.problems().toString());
    assertEquals(List.of(), first.problems());
    Examination second = read(layer(method, 1024, ROWS));
    assertEquals("sd21", second.family().name(), second.problems().toString());
    assertEquals(List.of(), second.problems());
  }

  @ParameterizedTest
  @ValueSource(strings = {"loha", "lokr", "ia3", "diff"})
  void layersThatFitNoKindClaimNone(String method) {
    Examination found = read(layer(method, 48, 96));
    assertEquals("", found.family().name());
    assertFalse(found.known());
  }

  @Test
  void nonFiniteValuesKeepTheFamily() {
    AdapterMaker maker = layer("diff", 768, ROWS);
    maker.add(KEY + "diff", HostTensor.of(Shape.of(ROWS, 768), notFinite(ROWS * 768)));
    Examination found = read(maker);
    assertEquals("sd15", found.family().name());
    assertTrue(found.problems().get(0).contains("not finite"), found.problems().toString());
  }

  private static float[] notFinite(int count) {
    float[] values = new float[count];
    Arrays.fill(values, Float.NaN);
    return values;
  }

  @Test
  void familyInMetadataContradictedByLayersIsWarned() {
    Examination found = read(layer("diff", 1024, ROWS).say("ss_base_model_version", "sd_v1"));
    assertEquals("sd21", found.family().name());
    assertTrue(
        found.warnings().stream()
            .anyMatch(
                w -> w.contains("trained on Stable Diffusion 1, but its layers are those of")),
        found.warnings().toString());
    assertEquals(
        List.of(),
        read(layer("diff", 1024, ROWS).say("ss_base_model_version", "sd_v2_v")).warnings());
  }

  @Test
  void baseNameInHeaderIsSanitised() {
    Path file = folder.resolve("b.safetensors");
    String hash = "0123456789ab".repeat(6).substring(0, 64);
    layer("diff", 768, ROWS)
        .say("ss_sd_model_name", "in\nk\u202e")
        .say("ss_new_sd_model_hash", hash)
        .write(file);
    RecordedBaseModel mark = RecordedBaseModel.of(AdapterFiles.metadata(file));
    assertEquals("in?k? (SHA-256 0123456789ab...)", mark.text());
    assertEquals(Optional.of(hash), mark.hash());
    layer("diff", 768, ROWS).say("ss_new_sd_model_hash", "../" + hash).write(file);
    assertEquals(Optional.empty(), RecordedBaseModel.of(AdapterFiles.metadata(file)).hash());
  }
}
