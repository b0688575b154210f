package dev.lora4j.core.safetensors;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Any bytes as an index of shards. */
class ShardIndexFuzzTest {
  @FuzzTest(maxDuration = "1h")
  void readsOrRefuses(byte[] file) {
    Path name = Path.of("fuzzed.index.json");
    Map<String, String> places;
    try {
      places = ShardIndex.read(new Inspection(name, Set.of()), new TestFiles.InMemory(file));
    } catch (SafetensorsException refusal) {
      return;
    }
    for (String shard : places.values()) {
      Path path = Path.of("folder").resolve(shard).normalize();
      if (!path.equals(Path.of("folder", shard)) || path.getNameCount() != 2) {
        throw new AssertionError("leads elsewhere: " + shard);
      }
    }
  }
}
