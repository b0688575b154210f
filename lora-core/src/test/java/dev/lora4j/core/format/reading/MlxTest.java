package dev.lora4j.core.format.reading;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters of MLX-LM: a folder with adapters.safetensors and adapter_config.json. */
class MlxTest {
  private static final String Q = "model.layers.0.self_attn.q_proj";
  private static final String WORDS = "model.embed_tokens";
  private static final int IN = 4;
  private static final int OUT = 6;
  private static final Family BASE =
      Family.of(
          "a base",
          new SiteCatalogue(
              List.of(
                  Site.linear("lm." + Q, Shape.of(OUT, IN), true),
                  Site.embedding("lm." + WORDS, 10, IN))));

  @TempDir Path folder;

  @BeforeEach
  void configuration() throws IOException {
    say("\"lora_parameters\": {\"rank\": 2, \"dropout\": 0.0, \"scale\": 20.0}");
  }

  private void say(String fields) throws IOException {
    Files.writeString(
        folder.resolve("adapter_config.json"),
        "{\"model\": \"m\", \"num_layers\": 16, \"iters\": 100, " + fields + "}");
  }

  private static AdapterMaker maker() {
    return new AdapterMaker().add(Q + ".lora_a", IN, 2).add(Q + ".lora_b", 2, OUT);
  }

  private LoadedAdapter read(AdapterMaker maker) {
    maker.write(folder.resolve("adapters.safetensors"));
    return AdapterFiles.read(folder, BASE);
  }

  private String refused(AdapterMaker maker) {
    return String.valueOf(assertThrows(AdapterException.class, () -> read(maker)).getMessage());
  }

  private static double alpha(Factors factors) {
    return Double.parseDouble(Objects.requireNonNull(factors.settings().get("alpha")));
  }

  private static double[] tensor(AdapterMaker maker, String role) {
    return Objects.requireNonNull(maker.tensors().get(Q + role)).doubles();
  }

  private static double alpha(LoadedAdapter read) {
    return alpha(read.adapter().at("lm." + Q).get(0));
  }

  /** {@code scale * (lora_b^T lora_a^T)}, as mlx_lm.fuse adds it to the weight. */
  private static double[] fused(AdapterMaker maker, double scale) {
    double[] a = tensor(maker, ".lora_a");
    double[] b = tensor(maker, ".lora_b");
    double[] delta = new double[OUT * IN];
    for (int o = 0; o < OUT; o++) {
      for (int i = 0; i < IN; i++) {
        for (int r = 0; r < 2; r++) {
          delta[o * IN + i] += scale * b[r * OUT + o] * a[i * 2 + r];
        }
      }
    }
    return delta;
  }

  private static double[] delta(Factors factors) {
    HostTensor down = factors.tensor("lora_down.weight");
    HostTensor up = factors.tensor("lora_up.weight");
    assertEquals(Shape.of(2, IN), down.shape());
    assertEquals(Shape.of(OUT, 2), up.shape());
    double scale = alpha(factors) / 2;
    double[] delta = new double[OUT * IN];
    for (int o = 0; o < OUT; o++) {
      for (int i = 0; i < IN; i++) {
        for (int r = 0; r < 2; r++) {
          delta[o * IN + i] += scale * up.doubles()[o * 2 + r] * down.doubles()[r * IN + i];
        }
      }
    }
    return delta;
  }

  @Test
  void deltaIsThatOfMlxFuse() {
    AdapterMaker maker = maker();
    LoadedAdapter read = read(maker);
    assertEquals("[mlx]", read.dialects().toString());
    assertEquals(2, read.account().converted().size(), read.account().summary());
    assertEquals(List.of(), read.warnings());
    assertArrayEquals(fused(maker, 20), delta(read.adapter().at("lm." + Q).get(0)), 1e-5);
  }

  /** As MLX-LM had it until the spring of 2024. */
  @Test
  void alphaCountsInAdditionToTheScale() throws IOException {
    say("\"lora_parameters\": {\"rank\": 2, \"alpha\": 16.0, \"dropout\": 0.0, \"scale\": 10.0}");
    assertEquals(2 * 10 * 16 / 2.0, alpha(read(maker())));
  }

  @Test
  void lengthsOfDoraAreRead() throws IOException {
    say(
        "\"fine_tune_type\": \"dora\","
            + " \"lora_parameters\": {\"rank\": 2, \"dropout\": 0.0, \"scale\": 5.0}");
    Factors factors = read(maker().add(Q + ".m", OUT)).adapter().at("lm." + Q).get(0);
    assertEquals("dora", factors.method());
    assertTrue(factors.tensors().containsKey("lora_magnitude_vector"));
    assertEquals("10.0", factors.settings().get("alpha"));
  }

  @Test
  void layersAreInferredWithoutABase() {
    maker().write(folder.resolve("adapters.safetensors"));
    LoadedAdapter read = AdapterFiles.read(folder);
    assertEquals(Shape.of(OUT, IN), read.family().sites().find(Q).orElseThrow().weight());
  }

  @Test
  void fileWithoutItsConfigurationIsRefused() throws IOException {
    Files.delete(folder.resolve("adapter_config.json"));
    assertTrue(refused(maker()).contains("give the folder with both files"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "\"fine_tune_type\": \"full\"; mlx_lm.fuse",
        "\"fine_tune_type\": \"of_tomorrow\"; lora and dora can be read",
        "\"train\": true; no lora_parameters",
        "\"lora_parameters\": {\"rank\": 2}; has no scale",
        "\"lora_parameters\": {\"scale\": \"x\"}; a finite number",
        "\"lora_parameters\": {\"scale\": 1e999}; a finite number",
        "\"lora_parameters\": {\"scale\": 0}; nothing would change",
        "\"lora_parameters\": {\"rank\": 0, \"alpha\": 2, \"scale\": 1}; a rank from 1 on",
        "\"lora_parameters\": {\"scale\": 1, \"of_tomorrow\": 3}; of_tomorrow 3"
      })
  void unreadableConfigurationsAreRefusedWithTheirReason(String fields, String said)
      throws IOException {
    say(fields);
    String text = refused(maker());
    assertTrue(text.contains(said), text);
  }

  @Test
  void adaptersOfEmbeddingsAreRefused() {
    String text = refused(maker().add(WORDS + ".lora_a", 10, 2).add(WORDS + ".lora_b", 2, IN));
    assertTrue(text.contains(WORDS) && text.contains("head of the same table"), text);
  }

  @Test
  void factorsOfExpertsAreRefused() {
    AdapterMaker maker =
        new AdapterMaker().add(Q + ".lora_a", 3, 2, IN).add(Q + ".lora_b", 3, OUT, 2);
    assertTrue(refused(maker).contains("it should be a matrix"));
  }

  @Test
  void anArchiveOfNumpyIsNamed() throws IOException {
    Files.writeString(folder.resolve("adapters.npz"), "PK");
    AdapterException e =
        assertThrows(
            AdapterException.class, () -> AdapterFiles.read(folder, BASE, ReadOptions.STRICT));
    assertTrue(String.valueOf(e.getMessage()).contains("adapters.npz"), e.getMessage());
  }
}
