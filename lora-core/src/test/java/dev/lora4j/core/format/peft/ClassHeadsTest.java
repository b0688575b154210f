package dev.lora4j.core.format.peft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.full.ModulesToSaveMethod;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.BaseUsage;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads of two layers, as RoBERTa has them: PEFT saves both or, of itself, none. */
class ClassHeadsTest {
  private static final String QUERY = "lm.encoder.query";
  private static final String POOLER = "lm.pooler.dense";
  private static final String DENSE = "lm.classifier.dense";
  private static final String OUT = "lm.classifier.out_proj";
  private static final Family FAMILY =
      Family.of(
          "a base",
          new SiteCatalogue(
              List.of(
                  Site.linear(QUERY, Shape.of(2, 2), true),
                  Site.linear(POOLER, Shape.of(2, 2), true),
                  Site.linear(DENSE, Shape.of(2, 2), true),
                  Site.linear(OUT, Shape.of(2, 2), true))));

  @TempDir Path folder;

  private JsonObject written(String task, String... saved) throws IOException {
    Map<String, List<Factors>> sites = new TreeMap<>();
    Map<String, HostTensor> lora =
        Map.of(
            "lora_down.weight", HostTensor.of(Shape.of(1, 2), 1f, 2f),
            "lora_up.weight", HostTensor.of(Shape.of(2, 1), 3f, 4f));
    sites.put(QUERY, List.of(Factors.of("lora", lora, Map.of("alpha", "1.0"))));
    for (String site : saved) {
      Map<String, HostTensor> values =
          Map.of(
              ModulesToSaveMethod.WEIGHT, HostTensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f),
              ModulesToSaveMethod.BIAS, HostTensor.of(Shape.of(2), 5f, 6f));
      sites.put(site, List.of(Factors.of(ModulesToSaveMethod.NAME, values, Map.of())));
    }
    Adapter adapter = new Adapter("a", sites, Map.of());
    Path out = folder.resolve("peft");
    WriteOptions options = WriteOptions.EXACT.madeFor(new BaseUsage("base", Optional.of(task)));
    AdapterOutput.write(adapter, FAMILY, new PeftWriter(), options, out);
    assertEquals(adapter.identity(), AdapterFiles.read(out, FAMILY).adapter().identity());
    return JsonParser.parseString(Files.readString(out.resolve("adapter_config.json")))
        .getAsJsonObject();
  }

  private static List<String> modules(JsonObject config) {
    JsonArray all = config.getAsJsonArray("modules_to_save");
    return all.asList().stream().map(e -> e.getAsString()).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SEQ_CLS", "TOKEN_CLS"})
  void completeHeadIsNamedAsOneModule(String task) throws IOException {
    JsonObject config = written(task, DENSE, OUT, POOLER);
    assertEquals(List.of("classifier", "pooler.dense"), modules(config));
    assertEquals(task, config.get("task_type").getAsString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"SEQ_CLS", "TOKEN_CLS"})
  void incompleteHeadOmitsTheTaskType(String task) throws IOException {
    JsonObject config = written(task, OUT, POOLER);
    assertEquals(List.of("classifier.out_proj", "pooler.dense"), modules(config));
    assertTrue(config.get("task_type").isJsonNull());
    assertEquals("base", config.get("base_model_name_or_path").getAsString());
  }
}
