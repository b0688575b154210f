package dev.lora4j.studio.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AllocatorSettingsTest {
  private static Map<String, String> after(Map<String, String> environment, String... words) {
    Map<String, String> all = new HashMap<>(environment);
    AllocatorSettings.apply(all, List.of(words));
    return all;
  }

  @Test
  void mergeHasThoseOfTheLauncher() throws Exception {
    Map<String, String> launched =
        Map.of("MALLOC_ARENA_MAX", "1", "MALLOC_MMAP_THRESHOLD_", "33554432", "HOME", "/home/mo");
    Map<String, String> merge = after(launched, "merge", "a.safetensors");
    assertEquals(
        Map.of("MALLOC_ARENA_MAX", "4", "MALLOC_MMAP_THRESHOLD_", "8388608", "HOME", "/home/mo"),
        merge);
    assertEquals(launched, after(launched, "train", "merge"));
    String launcher = Files.readString(Path.of("../../lora4j"));
    for (String line :
        List.of(
            "[ \"$argument\" != merge ] || : \"${MALLOC_MMAP_THRESHOLD_=8388608}\"",
            "quickstart | merge) : \"${MALLOC_ARENA_MAX=4}\"",
            ": \"${MALLOC_ARENA_MAX=1}\" \"${MALLOC_MMAP_THRESHOLD_=33554432}\"")) {
      assertTrue(launcher.contains(line), line);
    }
  }

  @Test
  void whatTheUserHasSetStays() {
    Map<String, String> set = Map.of("MALLOC_ARENA_MAX", "2");
    assertEquals(set, after(set, "merge"));
    assertEquals(Map.of(), after(Map.of(), "merge"), "no launcher");
    assertEquals(Map.of(), after(Map.of()));
  }
}
