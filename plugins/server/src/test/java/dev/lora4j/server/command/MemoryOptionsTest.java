package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.server.library.AdapterCache;
import dev.lora4j.server.library.HeldAdapter;
import dev.lora4j.server.schedule.QueueLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MemoryOptionsTest {
  @TempDir private static Path folder;
  private static RunningServer server;

  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  @BeforeAll
  static void open() throws IOException {
    Path adapters = folder.resolve("adapters");
    server = new RunningServer(folder.resolve("state"), adapters, QueueLimits.DEFAULT, 1);
    for (int i = 0; i < 8; i++) {
      RandomAdapters.write(
          adapters.resolve("t" + i), server.texts().base().family(), "_proj", i, 0.1f);
    }
    RandomAdapters.write(adapters.resolve("p"), server.pictures().family(), "attn2.to_q", 9, 0.1f);
    Files.writeString(adapters.resolve("broken.safetensors"), "no adapter");
    server.catalogue().library().refresh();
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @BeforeEach
  void forget() {
    caches().forEach(AdapterCache::clear);
  }

  private static List<AdapterCache> caches() {
    return server.catalogue().caches();
  }

  private void load(String... words) {
    MemoryOptions options = new MemoryOptions();
    new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("memory", mixin(options)))
        .parseArgs(words);
    options.require();
    options.load(
        Console.of(
            new PrintStream(told, true, StandardCharsets.UTF_8),
            new PrintStream(told, true, StandardCharsets.UTF_8)),
        server.catalogue());
  }

  private static CommandLine.Model.CommandSpec mixin(MemoryOptions options) {
    return CommandLine.Model.CommandSpec.forAnnotatedObject(options);
  }

  private static List<String> held(int base) {
    return caches().get(base).held().stream()
        .map(HeldAdapter::key)
        .map(key -> key.name())
        .sorted()
        .toList();
  }

  @Test
  void preloadedAdapterIsInMemoryOfTheBaseThatItFits() {
    load("--preload", "t1", "--preload", "p");
    assertEquals(List.of("p"), held(0));
    assertEquals(List.of("t1"), held(1));
  }

  @Test
  void pinnedAdapterStaysWhateverNeedsRoom() {
    load("--pin", "t0", "--preload", "all");
    assertTrue(held(1).contains("t0"), held(1).toString());
    assertTrue(caches().get(1).counts().evictions() > 0);
    String text = told.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("--adapter-memory has no room for more than"), text);
    caches().get(1).unpin(dev.lora4j.server.library.Tenant.SHARED, "t0");
  }

  @Test
  void whatFitsNoBaseIsToldOf() {
    Failure broken = assertThrows(Failure.class, () -> load("--preload", "broken"));
    assertTrue(broken.getMessage().startsWith("--preload: The adapter broken cannot be used"));
    Failure unknown = assertThrows(Failure.class, () -> load("--pin", "t"));
    assertTrue(
        unknown.getMessage().startsWith("--pin: There is no adapter t."), unknown.getMessage());
    assertThrows(Failure.class, () -> load("--adapter-memory=-1"));
  }
}
