package dev.lora4j.text.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.format.writing.BaseUsage;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What adapters say of the base that they are for. */
class BaseUsageTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static BaseUsage use(String model, Path into, String more) throws IOException {
    Path from = Path.of("src/test/resources/models", model);
    Files.createDirectories(into);
    Files.copy(from.resolve("model.safetensors"), into.resolve("model.safetensors"));
    String config = Files.readString(from.resolve("config.json"));
    Files.writeString(into.resolve("config.json"), config.replaceFirst("\\{", "{" + more));
    try (Scope scope = ENGINE.scope("base")) {
      return TextModel.load(scope, into, DType.F32).use();
    }
  }

  /** A model that was made of another one still names that in its configuration. */
  @Test
  void folderNamesTheBaseDespiteItsConfiguration() throws IOException {
    Path tuned = folder.resolve("tuned");
    BaseUsage use = use("llama", tuned, "\"_name_or_path\": \"somebody/parent\",");
    assertEquals(new BaseUsage(tuned.toString(), Optional.of("CAUSAL_LM")), use);
  }

  @Test
  void repositoryNameComesFromItsCacheFolder() throws IOException {
    Path cached = folder.resolve("hub/models--some-body--tiny_t5.v1/snapshots/0123abc");
    BaseUsage use = use("t5", cached, "");
    assertEquals(new BaseUsage("some-body/tiny_t5.v1", Optional.of("SEQ_2_SEQ_LM")), use);
  }

  @Test
  void taskIsClassificationWhereClassesExist() throws IOException {
    assertEquals(Optional.of("SEQ_CLS"), use("bert", folder.resolve("a"), "").task());
    assertEquals(Optional.empty(), use("bert-plain", folder.resolve("b"), "").task());
    assertEquals(List.of("good", "bad", "neither"), TextModelOutline.labels(folder.resolve("a")));
    assertEquals(List.of(), TextModelOutline.labels(folder.resolve("b")));
  }
}
