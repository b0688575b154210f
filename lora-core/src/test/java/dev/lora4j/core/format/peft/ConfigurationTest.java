package dev.lora4j.core.format.peft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.diffusers.DiffusersWriter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Layers whose names end in each other's, which PEFT's patterns do not tell apart by themselves.
 */
class ConfigurationTest {
  private static final String TOP = "transformer.proj_out";
  private static final String INNER = "transformer.blocks.0.proj_out";
  private static final String OTHER = "transformer.blocks.1.proj_out";
  private static final Family FAMILY =
      Family.of(
          "a base",
          new SiteCatalogue(
              List.of(
                  Site.linear(TOP, Shape.of(2, 2), true),
                  Site.linear(INNER, Shape.of(2, 2), true),
                  Site.linear(OTHER, Shape.of(2, 2), true))));

  @TempDir Path folder;

  private static Factors lora(int rank, double alpha) {
    return Factors.of(
        "lora",
        Map.of(
            "lora_down.weight", HostTensor.of(DType.F32, Shape.of(rank, 2), filled(2 * rank)),
            "lora_up.weight", HostTensor.of(DType.F32, Shape.of(2, rank), filled(2 * rank))),
        Map.of("alpha", Double.toString((float) alpha)));
  }

  private static double[] filled(int count) {
    double[] values = new double[count];
    java.util.Arrays.fill(values, 0.5);
    return values;
  }

  private static Adapter adapter(Map<String, Factors> sites) {
    Map<String, List<Factors>> lists = new TreeMap<>();
    sites.forEach((site, factors) -> lists.put(site, List.of(factors)));
    return new Adapter("a", lists, Map.of());
  }

  private JsonObject written(Map<String, Factors> sites) throws IOException {
    Path out = folder.resolve("peft");
    AdapterOutput.write(adapter(sites), FAMILY, new PeftWriter(), WriteOptions.EXACT, out);
    return JsonParser.parseString(Files.readString(out.resolve("adapter_config.json")))
        .getAsJsonObject();
  }

  @Test
  void targetNameDoesNotMatchLongerPaths() throws IOException {
    JsonObject config = written(Map.of(TOP, lora(1, 1)));
    Pattern targets = Pattern.compile(config.get("target_modules").getAsString());
    assertTrue(targets.matcher("proj_out").matches());
    assertFalse(targets.matcher("blocks.0.proj_out").matches());
  }

  @Test
  void rankPatternsGiveEachLayerItsRank() throws IOException {
    Map<String, Factors> sites = Map.of(TOP, lora(1, 4), INNER, lora(2, 3), OTHER, lora(2, 3));
    JsonObject config = written(sites);
    assertEquals(2, config.get("r").getAsInt());
    // As PEFT does it: the first pattern that the path ends in.
    for (Map.Entry<String, Factors> site : sites.entrySet()) {
      String path = site.getKey().substring("transformer.".length());
      int rank = config.get("r").getAsInt();
      for (Map.Entry<String, JsonElement> entry :
          config.getAsJsonObject("rank_pattern").entrySet()) {
        if (path.matches("(.*\\.)?(" + entry.getKey() + ")")) {
          rank = entry.getValue().getAsInt();
          break;
        }
      }
      assertEquals(site.getValue().tensor("lora_down.weight").shape().size(0), rank, path);
    }
  }

  @Test
  void differingAlphasReadBackUnchanged() {
    Map<String, Factors> sites = Map.of(TOP, lora(1, 0.3), INNER, lora(2, 0.7), OTHER, lora(2, 5));
    Path out = folder.resolve("peft");
    AdapterOutput.write(adapter(sites), FAMILY, new PeftWriter(), WriteOptions.EXACT, out);
    String identity = AdapterFiles.read(out, FAMILY).adapter().identity();
    assertEquals(adapter(sites).identity(), identity);
  }

  /** Without a configuration some versions of diffusers take the first rank for every alpha. */
  @Test
  void differingRanksAreWrittenForDiffusers() {
    assertTrue(configuration(Map.of(INNER, lora(1, 1), OTHER, lora(1, 1))).isEmpty());
    JsonObject config =
        JsonParser.parseString(
                configuration(Map.of(TOP, lora(1, 1), INNER, lora(2, 2), OTHER, lora(2, 2)))
                    .orElseThrow())
            .getAsJsonObject();
    assertEquals(2, config.get("transformer.lora_alpha").getAsInt());
    assertEquals("{\"proj_out\":1}", without(config.get("transformer.alpha_pattern")));
    assertEquals("{\"proj_out\":1}", without(config.get("transformer.rank_pattern")));
  }

  /** Of the patterns, those of layers that differ from the common value. */
  private static String without(JsonElement patterns) {
    JsonObject some = patterns.getAsJsonObject().deepCopy();
    some.asMap().values().removeIf(v -> v.getAsInt() == 2);
    return some.toString();
  }

  private Optional<String> configuration(Map<String, Factors> sites) {
    Path out = folder.resolve("diffusers.safetensors");
    AdapterOutput.write(adapter(sites), FAMILY, new DiffusersWriter(), WriteOptions.EXACT, out);
    try (Safetensors opened = Safetensors.open(out)) {
      return Optional.ofNullable(opened.metadata().get("lora_adapter_metadata"));
    }
  }

  @Test
  void severalPeftTypesForOneModelAreRefused() {
    Factors diff =
        Factors.of(
            "ia3",
            Map.of("ia3_l", HostTensor.of(Shape.of(2), 1f, 2f)),
            Map.of("on_input", "false"));
    AdapterException e =
        assertThrows(AdapterException.class, () -> written(Map.of(INNER, lora(1, 1), OTHER, diff)));
    assertTrue(e.getMessage().contains(OTHER) && e.getMessage().contains(INNER), e.getMessage());
    assertFalse(Files.exists(folder.resolve("peft")), "nothing may be left behind");
  }

  @Test
  void failedFolderLeavesNothingBehind() throws IOException {
    assertThrows(
        AdapterException.class,
        () ->
            written(
                Map.of(
                    INNER,
                    lora(1, 1),
                    OTHER,
                    Factors.of(
                        "diff",
                        Map.of("diff", HostTensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f)),
                        Map.of()))));
    try (java.util.stream.Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
