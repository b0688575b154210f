package dev.lora4j.mixers.deltas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lora4j.spi.ExtensionIndex;
import dev.lora4j.spi.Extensions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Where this jar is missing, the message has to name it. */
class StandardPluginsTest {
  @Test
  void installedMixersAreListed() throws IOException {
    Set<String> here = new TreeSet<>();
    for (URL url :
        Collections.list(
            StandardPluginsTest.class.getClassLoader().getResources(ExtensionIndex.PATH))) {
      try (InputStream in = url.openStream()) {
        ExtensionIndex.read(in).stream()
            .filter(i -> i.type().startsWith("dev.lora4j.mixers."))
            .forEach(i -> here.add(i.point() + " " + i.name() + " lora4j-mixers"));
      }
    }
    assertFalse(here.isEmpty());
    try (InputStream in = Extensions.class.getResourceAsStream("standard-plugins.txt");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      Set<String> listed =
          lines
              .lines()
              .filter(line -> line.endsWith(" lora4j-mixers"))
              .collect(Collectors.toCollection(TreeSet::new));
      assertEquals(here, listed);
    }
  }
}
