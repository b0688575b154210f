package dev.lora4j.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Others are measured with what their users have. */
class PeerEnvironmentTest {
  @Test
  void peerAllocatorIsNotTuned() throws Exception {
    Set<String> set = new TreeSet<>();
    // All that the launcher exports for the C library's allocator.
    Matcher names =
        Pattern.compile("\\b(MALLOC_[A-Z_]+|GLIBC_TUNABLES)")
            .matcher(Files.readString(Path.of("../../lora4j")));
    while (names.find()) {
      set.add(names.group());
    }
    assertFalse(set.isEmpty());
    ProcessBuilder ours = PeerEnvironment.OURS.process(List.of("x"), 3);
    ProcessBuilder theirs = PeerEnvironment.THEIRS.process(List.of("x"), 3);
    for (String name : set) {
      assertFalse(theirs.environment().containsKey(name), name);
      assertEquals(System.getenv(name), ours.environment().get(name), name);
    }
    for (Map<String, String> each : List.of(ours.environment(), theirs.environment())) {
      assertEquals("3", each.get("OMP_NUM_THREADS"));
    }
  }
}
