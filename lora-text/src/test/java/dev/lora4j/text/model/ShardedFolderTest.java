package dev.lora4j.text.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint in shards: the same model as in one file, or an error that says what is wrong. */
class ShardedFolderTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Path WHOLE = Path.of("src/test/resources/models/llama");
  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";
  private static final String NORM = "model.norm.weight";

  @TempDir private Path folder;
  private final Map<String, String> places = new TreeMap<>();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @BeforeEach
  void divide() throws IOException {
    Files.copy(WHOLE.resolve("config.json"), folder.resolve("config.json"));
    try (TensorStore store = TensorStore.open(WHOLE.resolve("model.safetensors"))) {
      for (String name : store.tensors().keySet()) {
        places.put(name, places.size() % 2 == 0 ? FIRST : SECOND);
      }
      for (String shard : List.of(FIRST, SECOND)) {
        write(store, shard, "");
      }
    }
    index();
  }

  /** Writes a shard, without one of its tensors. */
  private void write(TensorStore store, String shard, String without) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (TensorInfo info : store.tensors().values()) {
      if (shard.equals(places.get(info.name())) && !info.name().equals(without)) {
        writer.add(info.name(), info.dtype(), info.shape(), store.bytes(info.name()));
      }
    }
    writer.write(folder.resolve(shard));
  }

  private void index() throws IOException {
    JsonObject map = new JsonObject();
    places.forEach(map::addProperty);
    JsonObject all = new JsonObject();
    all.add("weight_map", map);
    Files.writeString(folder.resolve("model.safetensors.index.json"), all.toString());
  }

  private String refused() {
    try (Scope scope = ENGINE.scope("sharded")) {
      return String.valueOf(
          assertThrows(RuntimeException.class, () -> TextModel.load(scope, folder, DType.F32))
              .getMessage());
    }
  }

  @Test
  void shardedModelEqualsTheSingleFile() {
    try (Scope scope = ENGINE.scope("sharded")) {
      TextModel whole = TextModel.load(scope, WHOLE, DType.F32);
      TextModel parts = TextModel.load(scope, folder, DType.F32);
      assertTrue(whole.whole() && parts.whole());
      assertEquals(whole.sites().all(), parts.sites().all());
      for (String name : places.keySet()) {
        assertArrayEquals(
            whole.weights().tensor(name).floats(), parts.weights().tensor(name).floats(), name);
      }
    }
  }

  @Test
  void aShardThatIsMissingIsNamed() throws IOException {
    Files.delete(folder.resolve(SECOND));
    String said = refused();
    assertTrue(said.contains(SECOND), said);
  }

  @Test
  void tensorMissingInItsShardIsNamed() {
    try (TensorStore store = TensorStore.open(WHOLE.resolve("model.safetensors"))) {
      write(store, String.valueOf(places.get(NORM)), NORM);
    }
    String said = refused();
    assertTrue(said.contains(NORM) && said.contains(String.valueOf(places.get(NORM))), said);
  }

  @Test
  void aTensorThatTheIndexLacksIsNamed() throws IOException {
    places.remove(NORM);
    index();
    String said = refused();
    assertTrue(said.contains(NORM), said);
  }

  @Test
  void aTensorInTwoShardsIsNamed() throws IOException {
    Path index = folder.resolve("model.safetensors.index.json");
    String twice = "\"weight_map\":{\"" + NORM + "\":\"" + FIRST + "\",\"a\":\"" + FIRST + "\",";
    Files.writeString(index, Files.readString(index).replace("\"weight_map\":{", twice));
    String said = refused();
    assertTrue(said.contains(NORM) && said.contains("twice"), said);
  }
}
